# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: Apache-2.0
# How scripts/bench measures: CPU time of one process for each operation, contenders by turns, medians, ratios first.

now() { printf '%s' "${EPOCHREALTIME/,/.}"; }
median() { sort -g | awk '{ value[NR] = $1 } END { if (NR) print value[int((NR + 1) / 2)]; else print "-" }'; }

# cpu_of PID: nanoseconds that all its threads have run. The kernel's own figure; ticks of 10 ms would be too coarse.
cpu_of() { cat "/proc/$1/task/"*/schedstat | awk '{ total += $1 } END { printf "%.0f\n", total }'; }

# openssl_conf VERSION: a configuration that holds programs without such an option to tls12 or tls13.
openssl_conf() {
  local file=$work/openssl-$1.cnf protocol=TLSv1.3
  [ "$1" = tls13 ] || protocol=TLSv1.2
  printf 'openssl_conf = all\n[all]\nssl_conf = tls\n[tls]\nsystem_default = version\n[version]\nMinProtocol = %s\nMaxProtocol = %s\n' \
    "$protocol" "$protocol" >"$file"
  printf '%s' "$file"
}

# drive TOOL VERSION COMMAND...: runs it; "OPERATIONS ERRORS RESUMED".
drive() {
  local tool=$1 version=$2
  shift 2
  OPENSSL_CONF=$(openssl_conf "$version") "$@" >"$work/out" 2>&1 </dev/null || true
  awk -v tool="$tool" -f scripts/bench-peers.awk "$work/out"
}

# A contender's turn: records microseconds of CPU for each operation, and operations a second. Errors above 1 in 100 void it,
# and full handshakes above 1 in 10 where sessions were to be resumed (wants_resumed).
wants_resumed=''
# record NAME CPU_NS SECONDS OPERATIONS ERRORS RESUMED
record() {
  awk -v cpu="$2" -v s="$3" -v n="$4" -v errors="$5" -v resumed="$6" -v wanted="$wants_resumed" 'BEGIN {
    if (n < 10 || errors * 100 > n || (wanted && resumed * 10 < n * 9)) exit 1
    printf "%.3f %.1f\n", cpu / n / 1000, n / s }' >>"$work/$1.turns" ||
    printf '%s: %s operations, %s errors, %s resumed\n' "$1" "$4" "$5" "$6" >>"$work/void"
}

# server_turn NAME PID TOOL VERSION COMMAND...: what the server with that PID spends while the command drives it.
server_turn() {
  local name=$1 pid=$2 before began
  shift 2
  before=$(cpu_of "$pid") began=$(now)
  local outcome operations errors resumed
  outcome=$(drive "$@")
  read -r operations errors resumed <<<"$outcome"
  record "$name" "$(($(cpu_of "$pid") - before))" "$(awk -v a="$began" -v b="$(now)" 'BEGIN { print b - a }')" \
    "$operations" "$errors" "$resumed"
}

# generator_turn NAME TOOL VERSION COMMAND...: what the command itself spends (wait4).
generator_turn() {
  local name=$1 began outcome operations errors resumed
  shift
  began=$(now)
  local TIMEFORMAT='%U %S'
  { time outcome=$(drive "$@"); } 2>"$work/time"
  read -r operations errors resumed <<<"$outcome"
  record "$name" "$(awk '{ printf "%.0f", ($1 + $2) * 1e9 }' "$work/time")" \
    "$(awk -v a="$began" -v b="$(now)" 'BEGIN { print b - a }')" "$operations" "$errors" "$resumed"
}

# by_turns FUNCTION NAME...: every contender in every pair, forwards and backwards by turns.
by_turns() {
  local turn=$1 pair name backwards
  shift
  rm -f "$work"/*.turns
  for pair in $(seq "$pairs"); do
    backwards=$(printf '%s\n' "$@" | tac)
    for name in $(if ((pair % 2)); then printf '%s\n' "$@"; else printf '%s\n' "$backwards"; fi); do "$turn" "$name"; done
  done
}

column_of() { if [ -s "$work/$1.turns" ]; then cut -d' ' -f"$2" "$work/$1.turns" | median; else printf -- '-\n'; fi; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (a + 0 > 0 && b + 0 > 0) printf "%.2f", a / b; else printf "-" }'; }

# comparison WHAT GOAL UNIT NAME...: the first contender is ours; one line: ratios, CPU, rates.
comparison() {
  local what=$1 goal=$2 unit=$3 name ours best='' line='' mark=''
  shift 3
  ours=$(column_of "$1" 1)
  for name in "${@:2}"; do
    local theirs
    theirs=$(column_of "$name" 1)
    line+=$(printf ' %5s' "$(ratio "$ours" "$theirs")")
    [ "$theirs" = - ] || best=$(printf '%s\n' ${best:+"$best"} "$theirs" | sort -g | head -n1)
  done
  if [ -n "$best" ] && [ "$ours" != - ] && [ "$goal" != - ]; then
    mark=$(awk -v a="$ours" -v b="$best" -v g="$goal" 'BEGIN { print a <= g * b ? "ok" : "above " g }')
  fi
  line+=' |'
  for name in "$@"; do line+=$(printf ' %9s' "$(column_of "$name" 1)"); done
  line+=" $unit |"
  for name in "$@"; do line+=$(printf ' %8s' "$(column_of "$name" 2 | cut -d. -f1)"); done
  printf '%-34s%s /s  %s\n' "$what" "$line" "$mark"
}

# columns TITLE NAME...: the head of a table.
columns() {
  local title=$1 name line=''
  shift
  for name in "${@:2}"; do line+=$(printf ' /%.4s' "$name"); done
  line+=' |'
  for name in "$@"; do line+=$(printf ' %9.9s' "$name"); done
  line+='    |'
  for name in "$@"; do line+=$(printf ' %8.8s' "$name"); done
  printf '%-34s%s\n' "$title" "$line"
}

voids() { if [ -s "$work/void" ]; then sed 's/^/not counted: /' "$work/void" >&2; rm "$work/void"; fi; }

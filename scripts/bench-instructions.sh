# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: Apache-2.0
# The part `instructions` of scripts/bench: how many instructions a full handshake and its request take a server, by callgrind. Unlike
# time they do not depend on what else runs; what the kernel does is not among them.

counted_rate=10   # a second: a server that callgrind looks at is some fifty times slower

# count_instructions SERVER KIND VERSION SECONDS: of the whole process, which serves counted_rate x SECONDS connections and ends; into
# `instructions`, which stays empty when not all of them were served.
count_instructions() {
  local name=callgrind.$1.$4 port=${port_of[$1.counted]} clients=()
  [ "$2" = ec ] || clients=(--clients "$work/ca.crt")
  local command=("$benches/bench_responder" "$port" "$work/ec.crt" "$work/ec.key" --load "${clients[@]}")
  if [ "$1" = nginx ]; then
    nginx_counted "$2" >"$work/counted.conf"
    command=(nginx -p "$work" -c "$work/counted.conf")
  fi
  start "$name" valgrind --tool=callgrind "--callgrind-out-file=$work/$name" "${command[@]}"
  wait_for_port "$port"
  "$benches/load_engine" "127.0.0.1:$port" --path "/object/64$query" --transactions 1 -c 16 -d "$4" --warm-up 0 --tls "$3" \
    --arrivals constant --rate "$counted_rate" --cert "$work/client.crt" --key "$work/client.key" >"$work/$name.driven" 2>&1
  kill -INT "${pid_of[$name]}"
  wait "${pid_of[$name]}" || true
  unset 'children[-1]'
  instructions=''
  local operations errors
  read -r operations errors _ <<<"$(awk -v tool=load_engine -f scripts/bench-peers.awk "$work/$name.driven")"
  if [ "$operations" != $((counted_rate * $4)) ] || [ "$errors" != 0 ]; then
    printf '%s: %s of %s operations, %s errors\n' "$name" "$operations" $((counted_rate * $4)) "$errors" >>"$work/void"
    return
  fi
  instructions=$(awk '/^(summary|totals):/ { total = $2 } END { print total }' "$work/$name")
}

# count_each SERVER KIND VERSION: thousands of instructions for a connection, into `thousands`; what it takes to begin and to end is in
# both runs.
count_each() {
  local few=2 many=7 of_few
  count_instructions "$@" "$few"
  of_few=$instructions
  count_instructions "$@" "$many"
  thousands=$(awk -v a="$of_few" -v b="$instructions" -v n=$((counted_rate * (many - few))) \
    'BEGIN { if (a && b) printf "%.0f\n", (b - a) / n / 1000; else print "-" }')
}

part_instructions() {
  if [ ! -x "$benches/load_engine" ]; then complain "instructions: load_engine is not built"; missed=1; return; fi
  start_servers
  port_of[hairpin.counted]=$((first_port + 50)) port_of[nginx.counted]=$((first_port + 51))
  heading "instructions of a server for a full handshake and its request, P-256, in thousands (callgrind)"
  printf '%-34s %5s | %9s %9s\n' '' /ngin hairpin nginx
  local kind version ours theirs what instructions thousands
  for kind in ec mutual; do
    for version in tls13 tls12; do
      count_each hairpin "$kind" "$version"
      ours=$thousands
      count_each nginx "$kind" "$version"
      theirs=$thousands
      what=handshake
      [ "$kind" = ec ] || what='mutual TLS'
      printf '%-34s %5s | %9s %9s\n' "$what, ${version/tls1/1.}" "$(ratio "$ours" "$theirs")" "$ours" "$theirs"
    done
  done
  voids
}

# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: Apache-2.0
# The part `site` of scripts/bench: the numbers that were promised for runs in the lab, with a limit each.

# took STATUS COMMAND...: how long it took; another exit status is a failure of the benchmark.
took() {
  local wanted=$1 began ended status=0
  shift
  began=$(now)
  "$@" >"$work/out" 2>&1 || status=$?
  ended=$(now)
  [ "$status" -eq "$wanted" ] || { complain "status $status instead of $wanted: $*"; tail -n 20 "$work/out" >&2; return 1; }
  awk -v a="$began" -v b="$ended" 'BEGIN { printf "%.2f\n", b - a }'
}

repeated() { for _ in $(seq "$pairs"); do "$@"; done | median; }

# row WHAT VALUE UNIT at-most|at-least LIMIT
row() {
  local verdict
  verdict=$(awk -v v="$2" -v l="$5" -v how="$4" 'BEGIN { print (how == "at-most" ? v <= l : v >= l) ? "ok" : "MISSED" }')
  [ "$verdict" = ok ] || missed=1
  printf '%-52s %12s %-8s %-8s %8s   %s\n' "$1" "$2" "$3" "${4/-/ }" "$5" "$verdict"
}

lab_up() {
  took 0 as_root "$hairpin" lab up --name bench
  as_root "$hairpin" lab down --name bench >/dev/null 2>&1
}
site() { took "$1" as_root "$hairpin" lab run --name bench --mode "$2" --snat "$3" --out "$work/run-$RANDOM$RANDOM"; }

# Resident memory of an agent that serves nothing, MB.
idle_agent() {
  "$hairpin" agent --name bench --listen "unix:$work/agent.sock" -q >/dev/null 2>&1 &   # else it holds the pipe to us open
  agent=$!
  sleep 1
  awk '/^VmRSS:/ { printf "%.1f\n", $2 / 1024 }' "/proc/$agent/status"
  kill "$agent"
  wait "$agent" || true
}

# Millions of packets a second, by the slowest of the benchmark's decoder-and-flow-table rows.
packets() {
  "$build/tests/bench/bench_packets" --benchmark_filter=FlowTable --benchmark_format=csv 2>/dev/null |
    awk -F, '/^name,/ { for (i = 1; i <= NF; i++) if ($i == "items_per_second") column = i; next }
             column && $column > 0 && (!least || $column < least) { least = $column }
             END { printf "%.2f\n", least / 1e6 }'
}

# A column of the benchmark's row for 10,000 virtual servers.
f5_import() {
  "$build/tests/bench/bench_f5" --benchmark_filter=/10000 --benchmark_format=csv 2>/dev/null |
    awk -F, -v name="$1" '/^name,/ { for (i = 1; i <= NF; i++) { gsub(/"/, "", $i); if ($i == name) column = i }; next }
                          column && /10000/ { printf "%.2f\n", $column / (name == "cpu_time" ? 1000 : 1) }'
}

part_site() {
  heading "runs in the lab; median of $pairs"
  row "lab up, default site" "$(repeated lab_up)" s at-most 2
  row "lab run, default site, broken (fastl4, no SNAT)" "$(repeated site 1 fastl4 none)" s at-most 10
  row "lab run, default site, mended (fastl4, automap)" "$(repeated site 0 fastl4 automap)" s at-most 10
  row "lab run, full proxy, broken (standard, no SNAT)" "$(repeated site 1 standard none)" s at-most 10
  row "lab run, full proxy, mended (standard, automap)" "$(repeated site 0 standard automap)" s at-most 10
  row "idle agent, resident memory" "$(idle_agent)" MB at-most 20
  row "packet decoder and flow table, one core" "$(packets)" Mpps at-least 2
  row "read 10,000 F5 virtual servers (25 MB), one core" "$(f5_import cpu_time)" s at-most 1
  row "read 10,000 F5 virtual servers, peak memory" "$(f5_import peak_MiB)" MiB at-most 300
}

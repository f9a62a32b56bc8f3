# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: Apache-2.0
# The part `steady` of scripts/bench: how far the generator's highest rate is repeated, and how late it is at half of it.

# field NAME: of the engine's last line of JSON.
field() { awk -v name="\"$1\"" '{ count = split($0, pair, /[,{}] ?/); for (i = 1; i <= count; i++) { split(pair[i], part, /: ?/); if (part[1] == name) print part[2] } }' "$work/out"; }

# engine SECONDS MORE...: the load generator against nginx.
engine() {
  local port=${port_of[nginx.$row_kind]} command=("$benches/load_engine")
  command+=("127.0.0.1:$port" --path "/object/${sizes[1]}" -d "$1" --warm-up 1 -c "$row_connections" --transactions "$row_transactions")
  if [ "$row_kind" = plain ]; then command+=(--plain); else command+=(--tls tls13); fi
  "${command[@]}" "${@:2}" >"$work/out" 2>&1 </dev/null || true
}

# spread FILE: median, and how far the farthest is from it, in per cent.
spread() {
  sort -g "$1" | awk '{ v[NR] = $1 } END {
    middle = v[int((NR + 1) / 2)]; low = middle - v[1]; high = v[NR] - middle
    if (middle > 0) printf "%d %.1f\n", middle, 100 * (low > high ? low : high) / middle; else print "0 100.0" }'
}

# pauses RATE: how late a loop on each core sees moments at that rate that has nothing else to do, p99.9; the worst of them.
pauses() {
  local core started=()
  for core in $(seq "$(nproc)"); do
    "$benches/bench_pauses" "$1" "$seconds" >"$work/pauses.$core" &
    started+=("$!")
  done
  wait "${started[@]}"
  sort -g "$work"/pauses.* | tail -n1
}

# steadiness WHAT KIND CONNECTIONS TRANSACTIONS: five times the highest rate of a closed loop, then half of it at a constant rate.
steadiness() {
  local what=$1 repeat middle distance cpu
  row_kind=$2 row_connections=$3 row_transactions=$4
  rm -f "$work"/{rates,cpus,lags,percents,machine}
  for repeat in $(seq "$steady_repeats"); do
    engine "$seconds"
    field rate >>"$work/rates"
    field cpu_us_per_transaction >>"$work/cpus"
  done
  read -r middle distance <<<"$(spread "$work/rates")"
  read -r _ cpu <<<"$(awk '{ print $1 * 1000 }' "$work/cpus" >"$work/cpus.ns"; spread "$work/cpus.ns")"
  for repeat in $(seq "$steady_repeats"); do
    engine "$seconds" --arrivals constant --rate "$((middle / 2))"
    field lateness_us >>"$work/lags"
    field lateness_percent >>"$work/percents"
    pauses "$((middle / 2))" >>"$work/machine"
  done
  awk -v what="$what" -v rate="$middle" -v distance="$distance" -v cpu="$cpu" -v percent="$(sort -g "$work/percents" | head -n1)" -v lags="$(sort -g "$work/lags" | tr '\n' ' ')" \
    -v pauses="$(sort -g "$work/machine" | tr '\n' ' ')" 'BEGIN {
    count = split(lags, lag, " "); split(pauses, pause, " "); middle = int((count + 1) / 2)
    if (rate <= 0) { printf "%-28s not measured\n", what; exit }
    word = lag[middle] < 1000 ? "ok" : pause[middle] >= 1000 ? "not punctual: the machine" : "above 1 ms"
    printf "%-28s %7d /s ±%5.1f %%  %5.1f %% | %7d /s p%-5s %6d %6d %6d | %6d %6d %6d  %s\n", what, rate, distance, cpu, rate / 2, percent, \
      lag[1], lag[middle], lag[count], pause[1], pause[middle], pause[count], word }'
}

part_steady() {
  start_servers
  local steady_repeats=5
  [ -z "$is_quick" ] || steady_repeats=2
  heading "the generator: its highest rate $steady_repeats times, and how late it is at half of it (server: nginx)"
  printf '%-28s %s\n' "" "median, farthest from it, and of CPU | half: send lag (of so many), us: least, median, most | the machine's own, p99.9"
  steadiness "full handshake, 1.3, P-256" ec 16 1
  steadiness "request over TLS 1.3, ${sizes[1]} B" ec 64 0
  steadiness "request without TLS, ${sizes[1]} B" plain 64 0
}

# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: Apache-2.0
# The parts `responder` and `idle` of scripts/bench: what a server spends on the same work.

# One row: the driver, the kind of server, TLS version, and the object; used by turn_of_server.
row_tool='' row_kind='' row_version='' row_size=''
steady_rate=1000   # a second, for a row in which all serve as many

turn_of_server() {
  local port=${port_of[$1.$row_kind]} scheme=https
  [ "$row_kind" != plain ] || scheme=http
  local target="$scheme://127.0.0.1:$port/object/$row_size$query" command=()
  case $row_tool in
    wrk-close) command=(wrk -t1 -c16 "-d$seconds" -H 'Connection: close' "$target") ;;
    wrk) command=(wrk -t1 -c64 "-d$seconds" "$target") ;;
    s_time) command=(openssl s_time -connect "127.0.0.1:$port" "${s_time_way[@]}" -time "$seconds" "-${row_version/tls1/tls1_}"
                     -cert "$work/client.crt" -key "$work/client.key") ;;
    load_engine) command=("$benches/load_engine" "127.0.0.1:$port" --path "/object/$row_size$query" --transactions 1 -c 16 -d "$seconds"
                          --warm-up 0 --tls "$row_version" --cert "$work/client.crt" --key "$work/client.key" "${engine_way[@]}") ;;
    load_engine-rate) command=("$benches/load_engine" "127.0.0.1:$port" --path "/object/$row_size$query" -c 64 -d "$seconds" --warm-up 0 --plain
                               --arrivals constant --rate "$steady_rate") ;;
  esac
  server_turn "$1" "$(server_pid "$1" "$row_kind")" "${row_tool%-*}" "$row_version" "${command[@]}"
}

# compare_servers WHAT TOOL KIND VERSION SIZE NAME...
compare_servers() {
  local what=$1
  row_tool=$2 row_kind=$3 row_version=$4 row_size=$5
  shift 5
  by_turns turn_of_server "$@"
  comparison "$what" 1.0 us "$@"
}

# With client certificates and with resumption wrk cannot drive: the engine of hairpin, else s_time (which resumes TLS 1.2 only).
compare_sessions() {
  local version tool=s_time
  [ ! -x "$benches/load_engine" ] || tool=load_engine
  for version in tls13 tls12; do
    s_time_way=(-new) engine_way=()
    compare_servers "mutual TLS, full, ${version/tls1/1.}, P-256" "$tool" mutual "$version" 64 hairpin nginx haproxy
    s_time_way=(-reuse) engine_way=(--resume) wants_resumed=1
    if [ "$tool" = load_engine ] || [ "$version" = tls12 ]; then
      compare_servers "resumed, ${version/tls1/1.}, P-256" "$tool" resumed "$version" 64 hairpin nginx haproxy
    fi
    wants_resumed=''
  done
}

part_responder() {
  start_servers
  heading "responder: CPU of the server for each operation, and how many there were"
  columns "" hairpin nginx haproxy
  local version size
  for version in tls13 tls12; do
    compare_servers "full handshake, ${version/tls1/1.}, P-256" wrk-close ec "$version" 64 hairpin nginx haproxy
    compare_servers "full handshake, ${version/tls1/1.}, RSA-2048" wrk-close rsa "$version" 64 hairpin nginx haproxy
  done
  compare_sessions
  for size in "${sizes[@]}"; do
    local others=(nginx haproxy)
    [ "$size" -le 16384 ] || others=(nginx)   # more than HAProxy returns by itself
    compare_servers "request over TLS 1.3, $size B" wrk ec tls13 "$size" hairpin "${others[@]}"
    compare_servers "request without TLS, $size B" wrk plain tls13 "$size" hairpin "${others[@]}"
  done
  if [ -x "$benches/load_engine" ]; then
    compare_servers "without TLS, all at $steady_rate/s, $size B" load_engine-rate plain tls13 "$size" hairpin "${others[@]}"
  fi
  voids
}

resident_kb() { awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"; }

# hold NAME: resident memory for each of 10,000 connections that made one request and rest, into `held`; or why there were fewer.
hold() {
  local pid before wanted=10000 holder
  [ -z "$is_quick" ] || wanted=3000
  pid=$(server_pid "$1" ec)
  before=$(resident_kb "$pid")
  "$benches/bench_hold" "${port_of[$1.ec]}" "$wanted" "/object/64$query" >"$work/held" 2>&1 </dev/null &
  holder=$!
  children+=("$holder")
  while kill -0 "$holder" 2>/dev/null && ! grep -q '^held' "$work/held"; do sleep 0.2; done
  held=$(awk -v a="$before" -v b="$(resident_kb "$pid")" -v w="$wanted" '
    /^held/ { n = $2; sub(/^held [0-9]+ /, ""); why = $0 }
    END { if (n < w) printf "- (%d of %d connections; %s)", n, w, why; else printf "%.1f", (b - a) / n }' "$work/held")
  kill "$holder" 2>/dev/null || true
  wait "$holder" 2>/dev/null || true
  unset 'children[-1]'
}

part_idle() {
  start_servers
  heading "memory: resident kB for each of $([ -z "$is_quick" ] && echo 10,000 || echo 3,000) resting connections, TLS 1.3, P-256"
  local name held
  for name in hairpin nginx haproxy; do
    hold "$name"
    printf '%-34s %9s kB' "$name" "$held"
    if [ "$name" = hairpin ]; then awk -v v="$held" 'BEGIN { printf "%s", (v + 0 > 0 && v <= 24 ? "   ok" : "   above 24") }'; fi
    printf '\n'
  done
}

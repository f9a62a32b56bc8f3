# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: Apache-2.0
# The part `generator` of scripts/bench: what a load generator spends on the same work, all against the same nginx.

row_way='' engine_more=() s_time_more=()

# turn_of_generator NAME: its own words for the row.
turn_of_generator() {
  local port=${port_of[nginx.$row_kind]} scheme=https command=() tool=$1
  [ "$row_kind" != plain ] || scheme=http
  local target="$scheme://127.0.0.1:$port/object/$row_size" s_time=(openssl s_time -connect "127.0.0.1:$port" -time "$seconds")
  case $1.$row_way in
    hairpin.*) tool=load_engine command=("$benches/load_engine" "127.0.0.1:$port" --path "/object/$row_size" -d "$seconds" --warm-up 0) ;;&
    hairpin.keep) command+=(-c 64) ;;
    hairpin.*) command+=(-c 16 --transactions 1) ;;&
    hairpin.resumed) command+=(--resume) ;;
    wrk.keep) command=(wrk -t1 -c64 "-d$seconds" "$target") ;;
    wrk.*) command=(wrk -t1 -c16 "-d$seconds" -H 'Connection: close' "$target") ;;
    wrk2.*) tool=wrk command=(wrk2 -t1 -c64 -R1000000 "-d$seconds" "$target") ;;
    h2load.*) command=(h2load --h1 -t1 -c64 "-D$seconds" "$target") ;;
    s_time.resumed) command=("${s_time[@]}" -reuse) ;;
    s_time.*) command=("${s_time[@]}" -new) ;;
  esac
  case $1 in
    hairpin) if [ "$row_kind" = plain ]; then command+=(--plain); else command+=(--tls "$row_version" "${engine_more[@]}"); fi ;;
    s_time) command+=("-${row_version/tls1/tls1_}" "${s_time_more[@]}") ;;
  esac
  generator_turn "$1" "$tool" "$row_version" "${command[@]}"
}

# compare_generators WHAT GOAL WAY KIND VERSION SIZE NAME...
compare_generators() {
  local what=$1 goal=$2
  row_way=$3 row_kind=$4 row_version=$5 row_size=$6
  shift 6
  by_turns turn_of_generator "$@"
  comparison "$what" "$goal" us "$@"
}

# The other tools are measured where somebody has installed them by hand: Debian has no package.
by_hand() { command -v "$1" >/dev/null && printf '%s\n' "$1"; true; }

# OpenSSL's own speed for AES-128-GCM in records of 16 KB, bytes for each second of CPU.
cipher_speed() {
  openssl speed -mr -seconds "$seconds" -bytes 16384 -evp aes-128-gcm 2>/dev/null | awk -F: '/^\+F:/ { printf "%.0f\n", $NF }'
}

# Bulk over TLS as a share of what the cipher and bare sockets, as many as the generator has, would cost one after the other, all of
# CPU time.
bulk_share() {
  local size=${sizes[-1]} name=$1 speed bare ours pair
  for pair in $(seq "$pairs"); do
    cipher_speed >>"$work/speed.turns"
    "$benches/bench_bare" "${port_of[nginx.plain]}" "/object/$size" "$seconds" 64 >>"$work/bare.turns"
  done
  speed=$(median <"$work/speed.turns") bare=$(median <"$work/bare.turns") ours=$(column_of "$name" 1)
  awk -v size="$size" -v us="$ours" -v speed="$speed" -v bare="$bare" 'BEGIN {
    if (us + 0 <= 0 || speed <= 0 || bare <= 0) { print "bulk: not measured"; exit }
    bound = 1 / (1 / speed + 1 / bare); got = size / us * 1e6
    printf "%-34s %5.2f of 1/(1/cipher + 1/sockets) | %.0f, %.0f, %.0f MB for each second of CPU  %s\n", "bulk over TLS 1.3, " size " B", \
      got / bound, got / 1e6, speed / 1e6, bare / 1e6, (got >= 0.7 * bound ? "ok" : "below 0.7") }'
}

part_generator() {
  if [ ! -x "$benches/load_engine" ]; then
    heading "generator: $benches/load_engine is not built"
    return
  fi
  start_servers
  heading "generator: its own CPU for each operation, and how many there were (server: nginx)"
  local version size with_certificate=(--cert "$work/client.crt" --key "$work/client.key")
  columns "nobody verifies" hairpin wrk s_time
  for version in tls13 tls12; do
    local goal=1.0
    [ "$version" != tls13 ] || goal=0.85
    compare_generators "full handshake, ${version/tls1/1.}, P-256" "$goal" full ec "$version" 64 hairpin wrk s_time
    compare_generators "full handshake, ${version/tls1/1.}, RSA-2048" "$goal" full rsa "$version" 64 hairpin wrk s_time
    wants_resumed=1
    local resuming=(hairpin)
    [ "$version" = tls13 ] || resuming+=(s_time)   # which disconnects before it has read a ticket of TLS 1.3
    compare_generators "resumed, ${version/tls1/1.}, P-256" 1.0 resumed resumed "$version" 64 "${resuming[@]}"
    wants_resumed=''
  done
  columns "both verify the chain" hairpin s_time
  engine_more=(--check full --ca "$work/ca.crt" --name bench.example) s_time_more=(-CAfile "$work/ca.crt" -verify 3)
  compare_generators "full handshake, 1.3, P-256" 0.85 full ec tls13 64 hairpin s_time
  engine_more+=("${with_certificate[@]}") s_time_more+=("${with_certificate[@]/#--/-}")
  compare_generators "mutual TLS, full, 1.3, P-256" 0.85 full mutual tls13 64 hairpin s_time
  engine_more=() s_time_more=()
  local others
  mapfile -t others < <(printf 'wrk\nh2load\n'; by_hand wrk2)
  columns "keep-alive" hairpin "${others[@]}"
  for size in "${sizes[@]}"; do
    compare_generators "request over TLS 1.3, $size B" 1.0 keep ec tls13 "$size" hairpin "${others[@]}"
    [ "$size" != "${sizes[-1]}" ] || bulk_share hairpin
    compare_generators "request without TLS, $size B" 1.0 keep plain tls13 "$size" hairpin "${others[@]}"
  done
  voids
}

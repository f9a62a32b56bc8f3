# shellcheck shell=bash disable=SC2154,SC2034
# SPDX-License-Identifier: Apache-2.0
# The servers that scripts/bench compares: hairpin's responder, nginx and HAProxy, one thread each, with the same certificates,
# the same objects, no log, no access control, and tickets only where resumption is measured.

first_port=${HAIRPIN_BENCH_PORT:-24440}
declare -A port_of=() pid_of=()
sizes=(64 1024 16384 1048576)
[ -z "$is_quick" ] || sizes=(64 16384)
query='?nonce=0123456789abcdef'
kinds=(ec rsa mutual resumed)

make_certificates() {
  local name
  (
    cd "$work"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -subj '/CN=bench' -days 2
    printf 'subjectAltName=DNS:bench.example,IP:127.0.0.1\n' >names
    for name in ec rsa client; do
      local key=(ec -pkeyopt ec_paramgen_curve:P-256)
      [ "$name" != rsa ] || key=(rsa:2048)
      openssl req -newkey "${key[@]}" -nodes -keyout "$name.key" -out "$name.csr" -subj "/CN=$name.bench.example"
      openssl x509 -req -in "$name.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -out "$name.crt" -days 2 -extfile names
      cat "$name.crt" "$name.key" >"$name.pem"
    done
  ) >"$work/certificates.log" 2>&1 || { cat "$work/certificates.log" >&2; return 1; }
}

make_objects() {
  local size
  mkdir -p "$work/www/object"
  for size in "${sizes[@]}"; do head -c "$size" /dev/zero | tr '\0' h >"$work/www/object/$size"; done
}

nginx_begin() {
  printf 'daemon off; master_process off; worker_processes 1; pid %s/%s.pid; error_log %s/nginx.log;\n' "$work" "$1" "$work"
  printf 'events { worker_connections 25000; multi_accept on; }\nhttp { access_log off; sendfile on; keepalive_timeout 600s;\n'
  printf 'keepalive_requests 1000000000; ssl_protocols TLSv1.2 TLSv1.3; root %s/www; client_body_temp_path %s/body;\n' "$work" "$work"
}

# nginx_server PORT KIND
nginx_server() {
  local pair=ec
  [ "$2" != rsa ] || pair=rsa
  printf 'server { listen 127.0.0.1:%s ssl backlog=4096; ssl_certificate %s/%s.crt; ssl_certificate_key %s/%s.key;\n' \
    "$1" "$work" "$pair" "$work" "$pair"
  [ "$2" != mutual ] || printf 'ssl_verify_client on; ssl_client_certificate %s/ca.crt;\n' "$work"
  [ "$2" = resumed ] || printf 'ssl_session_tickets off;\n'
  printf '}\n'
}

nginx_conf() {
  nginx_begin nginx
  local kind
  for kind in "${kinds[@]}"; do nginx_server "${port_of[nginx.$kind]}" "$kind"; done
  printf 'server { listen 127.0.0.1:%s backlog=4096; }\n}\n' "${port_of[nginx.plain]}"
}

# nginx_counted KIND: one server alone, for the part `instructions`.
nginx_counted() {
  nginx_begin counted
  nginx_server "${port_of[nginx.counted]}" "$1"
  printf '}\n'
}

haproxy_conf() {
  printf 'global\n  nbthread 1\n  no strict-limits\n  maxconn 12000\n  tune.bufsize 32768\n  tune.ssl.cachesize 0\n'
  printf 'defaults\n  mode http\n  timeout client 600s\n  timeout http-keep-alive 600s\n  timeout http-request 600s\nfrontend all\n'
  local kind key more size
  for kind in "${kinds[@]}"; do
    key=ec more=''
    [ "$kind" != rsa ] || key=rsa
    [ "$kind" = resumed ] || more=' no-tls-tickets'
    [ "$kind" != mutual ] || more+=" verify required ca-file $work/ca.crt"
    printf '  bind 127.0.0.1:%s ssl crt %s/%s.pem%s\n' "${port_of[haproxy.$kind]}" "$work" "$key" "$more"
  done
  printf '  bind 127.0.0.1:%s\n' "${port_of[haproxy.plain]}"
  for size in "${sizes[@]}"; do
    [ "$size" -le 16384 ] || continue
    printf '  http-request return status 200 content-type text/plain file %s/www/object/%s if { path /object/%s }\n' "$work" "$size" "$size"
  done
}

# start NAME COMMAND...: in the background, with its PID in pid_of.
start() {
  local name=$1
  shift
  "$@" >"$work/$name.log" 2>&1 </dev/null &
  pid_of[$name]=$!
  children+=("$!")
}

wait_for_port() {
  local tries
  for tries in $(seq 100); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return 0; fi
    sleep 0.05
  done
  complain "nothing listens on port $1 after $((tries / 20)) s"
  tail -n 5 "$work"/*.log >&2
  return 1
}

start_servers() {
  [ ${#pid_of[@]} -eq 0 ] || return 0
  make_certificates
  make_objects
  local server kind port=$first_port
  for server in hairpin nginx haproxy; do
    for kind in "${kinds[@]}" plain; do port_of[$server.$kind]=$((port++)); done
  done
  ulimit -n "$(ulimit -Hn)"
  nginx_conf >"$work/nginx.conf"
  haproxy_conf >"$work/haproxy.cfg"
  start nginx nginx -p "$work" -c "$work/nginx.conf"
  start haproxy haproxy -db -q -f "$work/haproxy.cfg"
  start hairpin.ec "$benches/bench_responder" "${port_of[hairpin.ec]}" "$work/ec.crt" "$work/ec.key" --load
  start hairpin.rsa "$benches/bench_responder" "${port_of[hairpin.rsa]}" "$work/rsa.crt" "$work/rsa.key" --load
  start hairpin.mutual "$benches/bench_responder" "${port_of[hairpin.mutual]}" "$work/ec.crt" "$work/ec.key" --load --clients "$work/ca.crt"
  start hairpin.resumed "$benches/bench_responder" "${port_of[hairpin.resumed]}" "$work/ec.crt" "$work/ec.key" --load --resume
  port_of[hairpin.plain]=${port_of[hairpin.ec]}   # told by the first byte
  pid_of[hairpin.plain]=${pid_of[hairpin.ec]}
  for port in "${port_of[@]}"; do wait_for_port "$port"; done
}

# server_pid NAME KIND
server_pid() { printf '%s' "${pid_of[$1.$2]:-${pid_of[$1]:-}}"; }

# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: Apache-2.0
# What every fault of scripts/chaos needs: labs that stay up between rounds, runs on them, the truth about each site (a
# run that nobody disturbed), and the claims. A claim that does not hold is a line in `objections`.

service_port=444
agents=(client1 oc01 oc02 bigip)
declare -A reference_ms=() whole_bundle=() idle_descriptors=()

now_ms() { printf '%s' $((${EPOCHREALTIME/./} / 1000)); }

sleep_ms() { [ "$1" -le 0 ] || sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }

object() { objections+=("$*"); }

# dice NAME BELOW: a number from 0 up to BELOW, the same for the same seed, fault, round and name.
dice() {
  local drawn
  drawn=$(printf '%s/%s/%s/%s' "$seed" "$fault" "$round" "$1" | cksum)
  printf '%s' $((${drawn%% *} * $2 >> 32))
}

choose_victim() { victim=${agents[$(dice victim ${#agents[@]})]}; }

# -- labs

holder_of() { cut -d' ' -f1 "$folder/holder" 2>/dev/null; }
agent_pid() { pgrep -P "$(holder_of)" -x "agent-$1"; }
descriptors_of() { find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l; }
in_network_of() { nsenter --net="/proc/$(agent_pid "$1")/ns/net" "${@:2}"; }

# use_lab CONTROL SNAT: brings it up unless it is, and once tests it undisturbed.
use_lab() {
  lab=chaos-$1-$2 control=$1 folder=/run/hairpin/lab/chaos-$1-$2
  healthy_status=0
  [ "$2" = automap ] || healthy_status=1
  if ! kill -0 "$(holder_of)" 2>/dev/null; then
    "$hairpin" lab up --name "$lab" --mode fastl4 --snat "$2" --control "$1" >/dev/null 2>"$work/lab.err" ||
      { cat "$work/lab.err" >&2; return 1; }
    count_syns || return
    remember_idle
  fi
  [ -n "${reference_ms[$lab]:-}" ] || take_reference
}

take_reference() {
  start_run
  await_end 60
  [ "$status" -eq "$healthy_status" ] || { complain "an undisturbed run of $lab ended with $status"; return 1; }
  [ "$(syns)" -gt 0 ] || { complain "the SYN counters of $lab do not count"; return 1; }
  cp "$work/run.json" "$work/$lab.json"
  reference_ms[$lab]=$run_ms
  whole_bundle[$lab]=$(files_of_bundle)
  bundle_bytes=$(du -sb "$bundle" | cut -f1)
}

# Counts, on every host that may open connections, the SYNs that leave it for the service.
count_syns() {
  local host
  for host in client1 oc01 oc02; do
    in_network_of "$host" nft -f - <<RULES || return
table inet chaos {
  counter syns {}
  chain out {
    type filter hook output priority 0
    tcp flags & (syn | ack) == syn tcp dport $service_port counter name syns
  }
}
RULES
  done
}
syns() {
  local host
  for host in client1 oc01 oc02; do
    in_network_of "$host" nft list counter inet chaos syns
  done | awk '$1 == "packets" { sum += $2 } END { print sum + 0 }'
}

# What an agent has while it has nothing to do: each must come back to that.
remember_idle() {
  local host
  for host in "${agents[@]}"; do idle_descriptors[$lab/$host]=$(descriptors_of "$(agent_pid "$host")"); done
}

forget_labs() {
  local each
  for each in /run/hairpin/lab/chaos-*; do
    [ ! -d "$each" ] || "$hairpin" lab down "${each##*/}" >/dev/null 2>&1 || true
  done
}

# -- runs

# start_run: in the background; `run` is its process. A shell starts background commands with SIGINT ignored.
start_run() {
  bundle=${bundle_wanted:-$work/bundle}
  rm -rf "$work/bundle" "$work/run.json"
  local command=("$hairpin" run -t "$folder/topology.yaml" --json --out "$bundle")
  if [ "$control" = tcp ]; then
    command=("$hairpin" lab exec --name "$lab" mgmt -- "${command[@]}" --pki "$folder/pki")
  fi
  run_began=$(now_ms)
  env --default-signal=INT "${command[@]}" >"$work/run.json" 2>"$work/run.err" </dev/null &
  run=$!
}

is_running() { kill -0 "$run" 2>/dev/null; }

# wait_for_instant: until the instant of this round, from the start of the run.
wait_for_instant() {
  instant=$(dice instant "${reference_ms[$lab]}")
  sleep_ms $((run_began + instant - $(now_ms)))
}

# await_end SECONDS: `status` and `run_ms` of the run. One that has to be killed has failed.
await_end() {
  local limit=$(($(now_ms) + $1 * 1000))
  while is_running && [ "$(now_ms)" -lt "$limit" ]; do sleep 0.01; done
  if is_running; then
    object "the run did not end within $1 s"
    kill -KILL "$run"
  fi
  status=0
  wait "$run" || status=$?
  run_ms=$(($(now_ms) - run_began))
}

# keep_round DIRECTORY
keep_round() {
  mkdir -p "$1"
  cp -r "$work/run.json" "$work/run.err" "$work/bundle" "$folder"/*.log "$1/" 2>/dev/null || true
}

# -- claims

# judge_the_run: what it says is true: nothing that is well is called broken, nothing that is broken is called well, and
# only a run that saw everything passes. Its bundle is judged the same.
judge_the_run() {
  local line expected="0 3 4" judged=0
  [ "$snat" = automap ] || expected="1 3 4"
  [[ " $expected " == *" $status "* ]] || object "exit status $status, where one of $expected is right"
  if ! jq -se 'length == 1 and .[0].schema == "hairpin.run/1"' "$work/run.json" >/dev/null 2>&1; then
    object "no result on stdout"
    return 0
  fi
  while IFS= read -r line; do object "$line"; done < <(
    jq -rn --slurpfile truth "$work/$lab.json" --slurpfile now "$work/run.json" --argjson status "$status" \
      -f scripts/chaos-verdicts.jq 2>&1)
  "$hairpin" judge -q "$bundle" >/dev/null 2>&1 || judged=$?
  [ "$judged" -eq "$status" ] || object "hairpin judge says $judged of the bundle, the run said $status"
}

files_of_bundle() { (cd "$bundle" && find . -type f | sort); }

# expect_no_half_bundle: what a run left that did not finish is refused, or it is whole.
expect_no_half_bundle() {
  local judged=0
  [ -e "$bundle" ] || return 0
  "$hairpin" judge -q "$bundle" >/dev/null 2>&1 || judged=$?
  [ "$judged" -eq 2 ] && return
  [ "$judged" -eq "$healthy_status" ] || object "hairpin judge says $judged of what a run left that did not finish"
  [ "$(files_of_bundle)" = "${whole_bundle[$lab]}" ] || object "hairpin judge takes a half-written bundle for a whole one"
}

# what_is_busy: why an agent is not idle, a line each.
what_is_busy() {
  local host pid port
  port=$(printf ':%04X' "$service_port")
  for host in "${agents[@]}"; do
    pid=$(agent_pid "$host") || { echo "the agent of $host does not run"; continue; }
    if awk -v port="$port" '$4 == "0A" && $2 ~ port "$" { found = 1 } END { exit !found }' \
      "/proc/$pid/net/tcp" "/proc/$pid/net/tcp6"; then
      echo "$host still listens on the service's port"
    fi
    [ "$(wc -l <"/proc/$pid/net/packet")" -le 1 ] || echo "$host still captures"
    [ "$(descriptors_of "$pid")" -le "${idle_descriptors[$lab/$host]}" ] ||
      echo "$host has $(descriptors_of "$pid") descriptors, ${idle_descriptors[$lab/$host]} when idle"
  done
}

# expect_idle MILLISECONDS: by then nothing of the run is left on any host.
expect_idle() {
  local limit=$(($(now_ms) + $1)) busy
  while busy=$(what_is_busy) && [ -n "$busy" ] && [ "$(now_ms)" -lt "$limit" ]; do sleep 0.05; done
  [ -z "$busy" ] || object "after $1 ms: ${busy//$'\n'/; }"
}

# expect_clean_run: the agents are free: an undisturbed run ends as the first one did.
expect_clean_run() {
  start_run
  await_end 60
  [ "$status" -eq "$healthy_status" ] || object "the next run ended with $status, where $healthy_status is right: $(tail -n 1 "$work/run.err")"
}

# expect_nothing_left: no process, network namespace or file of ours. Everybody else is in other namespaces.
expect_nothing_left() {
  local others
  # shellcheck disable=SC2009
  others=$(ps -eo comm= | grep -vxE 'bash|chaos|ps|grep|env|unshare' || true)
  [ -z "$others" ] || object "still running: ${others//$'\n'/ }"
  [ "$(lsns -n -t net -o NS | sort -u | wc -l)" -le 1 ] || object "$(lsns -n -t net -o NS,PID,COMMAND | tail -n +2)"
  [ -z "$(ls -A "$TMPDIR")" ] || object "left in the folder for temporary files: $(ls -A "$TMPDIR")"
  [ -z "$(ls -A /run/hairpin/lab 2>/dev/null)" ] || object "left in /run/hairpin/lab: $(ls -A /run/hairpin/lab)"
}

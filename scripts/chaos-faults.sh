# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: Apache-2.0
# The faults of scripts/chaos. `fault_NAME` is one round: a run on a site, the fault at its instant, and the claims. What
# has to be undone, whatever happens in between, is said with `undo_later`.

# A fault a line: name, then what it does.
fault_rows="
agent-killed            one agent is killed; the lab starts a new one
agents-killed           the balancer's agent and a member's are killed: nobody sees where a connection goes
agent-paused            one agent does not run for a while, shorter than any limit
agent-stopped           one agent stops for longer than the limits and goes on after the run
coordinator-killed      the run is killed; agents are free again within 2 s
coordinator-interrupted Ctrl-C: no SYN later than 250 ms, exit status 130
coordinator-terminated  SIGTERM: no SYN later than 250 ms, exit status 143
control-cut             one agent's management network drops everything
agent-descriptors       one agent may open no more descriptors
coordinator-descriptors the run may open no more descriptors
capture-drops           one agent's captures lose packets
disk-full               the bundle's file system is full before the bundle is
holder-killed           the whole site dies under the run
"
mapfile -t faults < <(awk 'NF { print $1 }' <<<"$fault_rows")

summary_of() { awk -v name="$1" '$1 == name { sub(/^[^ ]+ +/, ""); print }' <<<"$fault_rows"; }
list_faults() { awk NF <<<"$fault_rows"; }
is_fault() { [ -n "$(summary_of "$1")" ]; }

undo=()
undo_later() { undo=("$*" "${undo[@]}"); }
# restore_everything: after each round, also one that broke half way.
restore_everything() {
  local command
  # shellcheck disable=SC2086
  for command in "${undo[@]}"; do $command 2>/dev/null || true; done
  undo=()
  if [ -n "${run:-}" ] && is_running; then kill -KILL "$run"; fi
  wait "${run:-}" 2>/dev/null || true
}

# kill_agent HOST: the lab restarts one that has lived for two seconds.
kill_agent() {
  local pid
  pid=$(agent_pid "$1") || return 0
  kill -KILL "$pid"
}
let_agents_age() {
  local host
  for host in "${agents[@]}"; do
    while [ "$(ps -o etimes= -p "$(agent_pid "$host")")" -lt 3 ]; do sleep 0.1; done
  done
}

fault_agent-killed() {
  use_lab unix "$snat" || return
  let_agents_age
  choose_victim
  start_run
  wait_for_instant
  kill_agent "$victim"
  await_end 30
  judge_the_run
  expect_idle 2000
}

fault_agents-killed() {
  use_lab unix "$snat" || return
  let_agents_age
  victim="bigip and oc0$(($(dice member 2) + 1))"
  start_run
  wait_for_instant
  kill_agent bigip
  kill_agent "${victim##* }"
  await_end 30
  judge_the_run
  expect_idle 2000
}

# stop_agent HOST: until the round ends, or `kill -CONT`.
stop_agent() {
  stopped=$(agent_pid "$1")
  undo_later kill -CONT "$stopped"
  kill -STOP "$stopped"
}

fault_agent-paused() {
  local pause
  use_lab unix "$snat" || return
  choose_victim
  pause=$((300 + $(dice pause 2700)))
  start_run
  wait_for_instant
  stop_agent "$victim"
  sleep_ms "$pause"
  kill -CONT "$stopped"
  victim+=", for $pause ms"
  await_end 60
  judge_the_run
  expect_idle 2000
}

fault_agent-stopped() {
  use_lab unix "$snat" || return
  choose_victim
  start_run
  wait_for_instant
  stop_agent "$victim"
  await_end 60
  kill -CONT "$stopped"
  judge_the_run
  expect_idle 2000
}

fault_coordinator-killed() {
  use_lab unix "$snat" || return
  victim=''
  start_run
  wait_for_instant
  kill -KILL "$run" 2>/dev/null || true
  { wait "$run"; } 2>/dev/null || true   # the shell would say that it was killed
  expect_idle 2000
  expect_no_half_bundle
  expect_clean_run
}

# interrupt SIGNAL STATUS
interrupt() {
  local before after
  use_lab unix "$snat" || return
  victim=''
  start_run
  wait_for_instant
  kill "-$1" "$run" 2>/dev/null || true
  sleep_ms 220   # reading the counters takes the rest
  before=$(syns)
  await_end 10
  sleep_ms 300
  after=$(syns)
  [ "$before" -eq "$after" ] || object "$((after - before)) SYNs later than 250 ms after the signal"
  if [ "$status" -eq "$healthy_status" ]; then
    judge_the_run   # it was over before the signal came
  else
    [ "$status" -eq "$2" ] || object "exit status $status, where $2 is right"
    expect_no_half_bundle
  fi
  expect_idle 2000
}
fault_coordinator-interrupted() { interrupt INT 130; }
fault_coordinator-terminated() { interrupt TERM 143; }

# Both directions, in the network of the coordinator: neither end is told.
cut_control_of() {
  local address
  address=$(sed -n "s/^ *$1: .*agent: \"\([0-9.]*\):[0-9]*\".*/\1/p" "$folder/topology.yaml")
  undo_later restore_control
  "$hairpin" lab exec --name "$lab" mgmt -- nft -f - <<RULES
table inet chaos-cut {
  chain out {
    type filter hook output priority 0
    ip daddr $address drop
  }
  chain in {
    type filter hook input priority 0
    ip saddr $address drop
  }
}
RULES
}
restore_control() { "$hairpin" lab exec --name "$lab" mgmt -- nft delete table inet chaos-cut; }

fault_control-cut() {
  use_lab tcp "$snat" || return
  choose_victim
  start_run
  wait_for_instant
  cut_control_of "$victim"
  await_end 60
  restore_control
  judge_the_run
  expect_idle 20000   # an agent gives up a silent coordinator after 15 s
}

# starve PROCESS: it may have at most two descriptors more than it has.
starve() {
  local now limit
  now=$(prlimit --pid "$1" --nofile --noheadings -o SOFT | tr -d ' ')
  limit=$(($(descriptors_of "$1") + $(dice spare 3)))
  undo_later prlimit --pid "$1" "--nofile=$now:"
  prlimit --pid "$1" "--nofile=$limit:"
}

fault_agent-descriptors() {
  local starved
  use_lab unix "$snat" || return
  choose_victim
  starved=$(agent_pid "$victim")
  start_run
  wait_for_instant
  starve "$starved"
  await_end 60
  restore_everything
  judge_the_run
  expect_idle 2000
}

fault_coordinator-descriptors() {
  use_lab unix "$snat" || return
  victim=''
  start_run
  sleep_ms 50   # the program's own libraries are no part of this
  wait_for_instant
  starve "$run" 2>/dev/null || true
  await_end 60
  judge_unless_unwritten
  expect_idle 2000
}

# judge_unless_unwritten: a bundle that cannot be written is an error that says so, and no bundle.
judge_unless_unwritten() {
  if [ "$status" -ne 70 ] && [ "$status" -ne 2 ]; then
    judge_the_run
    return
  fi
  grep -q 'could not' "$work/run.err" || object "exit status $status without a word"
  expect_no_half_bundle
}

# Segments with a wrong checksum: every capture sees them, no kernel answers.
flood() {
  in_network_of client1 perl -MSocket=:DEFAULT,IPPROTO_TCP -e '
    my ($to, $port, $count) = @ARGV;
    socket(my $raw, AF_INET, SOCK_RAW, IPPROTO_TCP) or die $!;
    my $address = pack_sockaddr_in(0, inet_aton($to));
    send($raw, pack("nnNNnnnn", 1 + $_ % 1000, $port, $_, 0, 0x5010, 1000, 0, 0), 0, $address) for 1 .. $count;
  ' "$1" "$service_port" "$2"
}

fault_capture-drops() {
  local hosts=(bigip oc01 oc02) towards
  use_lab unix "$snat" || return
  victim=${hosts[$(dice victim 3)]}
  towards=10.137.2.22
  [ "$victim" != oc01 ] || towards=10.137.2.21
  start_run
  wait_for_instant
  stop_agent "$victim"
  flood "$towards" 40000
  kill -CONT "$stopped"
  await_end 60
  judge_the_run
  expect_idle 2000
  count_provoked "$(jq '[.findings[] | select(.cause == "vantage.drops")] | length' "$work/run.json" 2>/dev/null)"
}

provoked=0
# count_provoked DROPS: not every round can: a run may be over, or not yet capture.
count_provoked() {
  [ "$round" -gt 1 ] || provoked=0
  [ "${1:-0}" -eq 0 ] || provoked=$((provoked + 1))
  note="packets were lost in $provoked of $round rounds"
}

fault_disk-full() {
  local bundle_wanted=$work/disk/bundle size
  use_lab unix "$snat" || return
  victim=''
  size=$((4096 + $(dice size "$bundle_bytes")))
  instant="any, a disk of $size bytes,"
  mkdir -p "$work/disk"
  mount -t tmpfs -o "size=$size" chaos-disk "$work/disk"
  undo_later umount "$work/disk"
  start_run
  await_end 60
  judge_unless_unwritten
  expect_idle 2000
}

fault_holder-killed() {
  local all each
  use_lab unix "$snat" || return
  victim=''
  mapfile -t all < <(holder_of; pgrep -P "$(holder_of)")
  start_run
  wait_for_instant
  kill -KILL "${all[0]}"
  await_end 30
  judge_the_run
  for each in "${all[@]}"; do ! kill -0 "$each" 2>/dev/null || object "process $each of the lab lives on"; done
  ! "$hairpin" lab list | grep -q "^$lab " || object "lab list still shows $lab"
  use_lab unix "$snat" || object "the next lab of the same name does not come up"
  expect_idle 2000
}

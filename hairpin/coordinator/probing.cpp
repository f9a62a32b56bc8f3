// SPDX-License-Identifier: Apache-2.0
#include "hairpin/coordinator/probing.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.hpp"
#include "checks/monitors.hpp"
#include "net/together.hpp"

namespace hairpin {
namespace {

constexpr int kPhases = 5;

}  // namespace

Probing::Probing(Mission& mission) : mission_(mission), random_(mission.options.seed) {}

std::set<std::string> Probing::able() const {
  std::set<std::string> hosts;
  for (const auto& [host, link] : mission_.links)
    if (link->is_open()) hosts.insert(host);
  return hosts;
}

std::vector<Trip> Probing::trips() {
  flows_ = sort_into_flows(mission_.collected.observations.packets);
  return correlate(mission_.collected.observations, flows_, mission_.roster);
}

net::Task<bool> Probing::run_round() {
  const auto seen = tally(mission_.plan, trips());
  auto round = next_round(mission_.plan, seen, ++round_, able(), mission_.options.seed);
  if (round) leave_out_what_does_not_fit(*round);
  if (!round || round->is_empty() || mission_.is_over()) co_return false;
  co_await execute(std::move(*round));
  co_await gather(mission_);
  co_return true;
}

/// A rest that would outlast --limit is not begun.
void Probing::leave_out_what_does_not_fit(Round& round) const {
  const auto left = mission_.deadline - std::chrono::steady_clock::now();
  std::erase_if(round.idles, [&](std::size_t index) { return mission_.plan.idles[index].idle > left; });
}

net::Task<> Probing::run_first_round() { static_cast<void>(co_await run_round()); }

net::Task<> Probing::run() {
  bool goes_on = true;
  while (goes_on) goes_on = co_await run_round();  // not in the condition: g++ 12 then makes an illegal instruction
}

bool Probing::is_turned_away() { return are_all_turned_away(trips()); }

std::map<std::string, Probing::Work> Probing::by_host(const Round& round) const {
  std::map<std::string, Work> works;
  for (const auto& burst : round.bursts)
    works[mission_.plan.sources[burst.source].source].bursts.push_back(burst);
  for (const auto index : round.directs) works[mission_.plan.directs[index].source].directs.push_back(index);
  for (const auto index : round.idles)
    works[mission_.plan.sources[mission_.plan.idles[index].source].source].idles.push_back(index);
  return works;
}

net::Task<> Probing::execute(Round round) {
  if (round.pause > milliseconds(0)) co_await net::sleep_for(round.pause);
  if (round.is_exclusive) {
    for (const auto& burst : round.bursts) co_await execute_burst(burst);
    round.bursts.clear();
  }
  std::vector<net::Task<>> hosts;
  for (auto& [host, work] : by_host(round)) hosts.push_back(execute_on_host(host, std::move(work)));
  co_await net::together(std::move(hosts));
}

net::Task<> Probing::execute_on_host(std::string, Work work) {
  for (const auto& burst : work.bursts) co_await execute_burst(burst);
  for (const auto index : work.directs) co_await execute_direct(index);
  for (const auto index : work.idles) co_await execute_idle(index);
}

net::Task<> Probing::execute_burst(Burst burst) {
  const auto& planned = mission_.plan.sources[burst.source];
  const Target target{planned.pool, planned.virtual_server, {}, planned.vip};
  const Manner manner(milliseconds(0), burst.hold);
  std::vector<ProbeObservation> done;
  while (done.size() < burst.attempts && !ends_early(done)) {
    auto attempting = attempt(planned.source, target, manner);
    auto observation = co_await std::move(attempting);
    if (!observation) co_return;
    done.push_back(std::move(*observation));
  }
}

net::Task<> Probing::execute_idle(std::size_t index) {
  const auto& idle = mission_.plan.idles[index];
  const auto& planned = mission_.plan.sources[idle.source];
  const Target target{planned.pool, planned.virtual_server, {}, planned.vip};
  const Manner manner(idle.idle, milliseconds(0));
  auto attempting = attempt(planned.source, target, manner);
  static_cast<void>(co_await std::move(attempting));
}

net::Task<> Probing::execute_direct(std::size_t index) {
  const auto& planned = mission_.plan.directs[index];
  const Target target{planned.pool, planned.virtual_server, planned.member, planned.endpoint};
  auto attempting = attempt(planned.source, target, Manner());
  static_cast<void>(co_await std::move(attempting));  // the schedule reads it from the observations
}

net::Task<> Probing::keep_pace(std::string host) {
  std::uniform_int_distribution<int> jitter(0, 20);  // so that sources do not run in lock step
  auto& last = last_attempt_[host];
  const auto due = last + kBetweenConnections + milliseconds(jitter(random_));
  const auto now = std::chrono::steady_clock::now();
  if (due > now) co_await net::sleep_for(due - now);
  last_attempt_[host] = std::chrono::steady_clock::now();
}

ProbeWanted Probing::wanted_for(const Target& target) {
  ProbeWanted wanted;
  wanted.order.trip = TripId::random();
  wanted.order.target = target;
  wanted.order.run = mission_.run;
  const auto* pool = mission_.topology.pool(target.pool);
  const auto* server = pool != nullptr ? pool->virtual_server(target.virtual_server) : nullptr;
  if (server == nullptr) return wanted;
  wanted.order.depth = server->depth;
  wanted.order.server_name = pool->fqdn;
  wanted.order.path = server->path;
  wanted.is_plaintext = is_plaintext(*server, !target.member.empty());
  wanted.shows_site = target.member.empty() && ends_tls(*server);
  return wanted;
}

net::Task<std::optional<ProbeObservation>> Probing::attempt(std::string host, Target target, Manner manner) {
  co_await keep_pace(host);
  auto* link = mission_.ready(host);
  if (link == nullptr || mission_.is_over()) co_return std::nullopt;
  auto wanted = wanted_for(target);
  wanted.order.idle = manner.idle;
  wanted.order.hold = manner.hold;
  wanted.order.question = manner.question;
  if (manner.question && target.member.empty())
    wanted.order.identity_header = server_of(mission_.topology, target.pool, target.virtual_server).expect.identity_header;
  // Only what is asked after the handshake tells whether a certificate was taken.
  if (manner.question && wanted.order.depth == Depth::tls) wanted.order.depth = Depth::http;
  wanted.order.attempt = ++attempts_[{host, target}];
  show(host, target);
  const auto limit = wanted.order.limit * kPhases + manner.idle + milliseconds(2'000);
  auto asked = link->ask(control::Action::probe, to_json(wanted), limit);
  const auto answer = co_await std::move(asked);
  if (!answer) {
    if (link->is_open()) mission_.progress.say(fmt::format("{}: {}", host, describe(answer.error())));
    co_return std::nullopt;
  }
  auto observation = from_json<ProbeObservation>(*answer, "probe");
  if (!observation || observation->trip != wanted.order.trip) co_return std::nullopt;
  observation->host = host;  // by the connection, not by what the agent calls itself
  observation->target = target;
  mission_.collected.observations.probes.push_back(*observation);
  co_return std::move(*observation);
}

void Probing::show(const std::string& host, const Target& target) {
  const auto& to = target.member.empty() ? target.virtual_server : target.member;
  mission_.progress.update(fmt::format("{} connections; {} to {}, attempt {}",
                                       mission_.collected.observations.probes.size() + 1, host, to,
                                       attempts_[{host, target}]));
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
// What a run asks about certificates, sessions and shared connections, after its trips.
#include <fmt/format.h>

#include <algorithm>

#include "base/json.hpp"
#include "hairpin/coordinator/probing.hpp"
#include "net/together.hpp"

namespace hairpin {
namespace {

constexpr milliseconds kShowLimit{5'000};

/// A whole TLS session with it is wanted, and the source has something of the site's to show or to verify with.
bool is_about_certificates(const Topology& topology, const std::string& source, const VirtualServer& server) {
  const auto* host = topology.host(source);
  const bool is_tls = server.protocol == Protocol::https || server.protocol == Protocol::tls;
  return host && host->tls && is_tls && server.depth >= Depth::tls;
}

}  // namespace

net::Task<> Probing::ask_about_certificates() {
  std::set<std::string> hosts;
  for (const auto& planned : mission_.plan.sources) hosts.insert(planned.source);
  for (const auto& planned : mission_.plan.directs) hosts.insert(planned.source);
  std::vector<net::Task<>> asking;
  for (const auto& host : hosts) asking.push_back(ask_members(host));
  co_await net::together(std::move(asking));
  // One source at a time, so that nobody's rotor is turned by another.
  for (std::size_t i = 0; i < mission_.plan.sources.size(); ++i) {
    const auto& planned = mission_.plan.sources[i];
    const auto& server = server_of(mission_.topology, planned.pool, planned.virtual_server);
    if (!planned.skip_reason.empty() || !is_about_certificates(mission_.topology, planned.source, server)) continue;
    auto through = ask_through(i);
    co_await std::move(through);
  }
  auto verifying = ask_whether_members_are_verified();
  co_await std::move(verifying);
  auto sessions = ask_about_sessions();
  co_await std::move(sessions);
  auto connections = ask_about_connections();
  co_await std::move(connections);
}

/// One source of each VIP that a member has answered: without that control nothing that comes after would prove anything.
std::vector<std::size_t> Probing::one_answered_source_of_each_vip() const {
  std::vector<std::size_t> sources;
  std::set<Endpoint> asked;
  for (std::size_t i = 0; i < mission_.plan.sources.size(); ++i) {
    const auto& planned = mission_.plan.sources[i];
    const auto& server = server_of(mission_.topology, planned.pool, planned.virtual_server);
    if (!planned.skip_reason.empty() || asked.contains(planned.vip)) continue;
    if (!is_about_certificates(mission_.topology, planned.source, server) || !mission_.ready(planned.source)) continue;
    if (!was_answered(planned)) continue;
    asked.insert(planned.vip);
    sources.push_back(i);
  }
  return sources;
}

/// Where the balancer opens TLS of its own to members that show the site's certificates.
net::Task<> Probing::ask_whether_members_are_verified() {
  for (const auto i : one_answered_source_of_each_vip()) {
    const auto& planned = mission_.plan.sources[i];
    if (server_of(mission_.topology, planned.pool, planned.virtual_server).expect.tls_mode != TlsMode::reencrypt) continue;
    auto asking = ask_with_foreign_certificates(i);
    co_await std::move(asking);
  }
}

net::Task<> Probing::ask_about_sessions() {
  for (const auto i : one_answered_source_of_each_vip()) {
    auto asking = ask_with_sessions(i);
    co_await std::move(asking);
  }
}

/// Members give sessions for that time. Each session goes to as many connections as reach every member in turn; one connection more, and
/// the next session is another member's.
net::Task<> Probing::ask_with_sessions(std::size_t source) {
  const auto& planned = mission_.plan.sources[source];
  const Target target{planned.pool, planned.virtual_server, {}, planned.vip};
  const auto members = planned.members.size();
  control::Show giving;
  giving.gives_sessions = true;
  auto changing = serve_as(planned.members, giving);
  const bool has_changed = co_await std::move(changing);
  for (std::size_t i = 0; i < session_rounds(members) * (members + 1) && has_changed; ++i) {
    const auto question = i % (members + 1) == 0 ? TlsQuestion::member_session : TlsQuestion::member_resumed;
    auto asking = attempt(planned.source, target, Manner(question));
    static_cast<void>(co_await std::move(asking));
  }
  auto restoring = serve_as(planned.members, control::Show());
  static_cast<void>(co_await std::move(restoring));
}

/// Each member's responder shows what nobody can trust: as many connections as reach every member in turn.
net::Task<> Probing::ask_with_foreign_certificates(std::size_t source) {
  const auto& planned = mission_.plan.sources[source];
  const Target target{planned.pool, planned.virtual_server, {}, planned.vip};
  control::Show foreign;
  foreign.is_site = false;
  auto changing = serve_as(planned.members, foreign);
  const bool has_changed = co_await std::move(changing);
  for (std::size_t i = 0; i < planned.members.size() && has_changed; ++i) {  // an answer of the site's own would prove nothing
    auto asking = attempt(planned.source, target, Manner(TlsQuestion::foreign_certificate));
    static_cast<void>(co_await std::move(asking));
  }
  auto restoring = serve_as(planned.members, control::Show());
  static_cast<void>(co_await std::move(restoring));
}

/// Behind a balancer that ends TLS, members keep connections open for that time, and every source sends requests in turn.
net::Task<> Probing::ask_about_connections() {
  std::map<Endpoint, std::vector<std::size_t>> asking;
  for (std::size_t i = 0; i < mission_.plan.sources.size(); ++i) {
    const auto& planned = mission_.plan.sources[i];
    const auto& server = server_of(mission_.topology, planned.pool, planned.virtual_server);
    const bool is_of_kind = ends_tls(server) && server.protocol == Protocol::https && planned.skip_reason.empty();
    if (is_of_kind && is_about_certificates(mission_.topology, planned.source, server) && was_answered(planned)) asking[planned.vip].push_back(i);
  }
  for (const auto& [vip, sources] : asking) {
    auto sharing = ask_in_turn(sources);
    co_await std::move(sharing);
  }
}

net::Task<> Probing::ask_in_turn(std::vector<std::size_t> sources) {
  const auto& members = mission_.plan.sources[sources.front()].members;
  const auto requests = sharing_rounds(members.size(), sources.size()) * sources.size();
  control::Show keeping;
  keeping.keeps_connections = true;
  auto changing = serve_as(members, keeping);
  const bool has_changed = co_await std::move(changing);
  for (std::size_t i = 0; i < requests && has_changed; ++i) {
    const auto& planned = mission_.plan.sources[sources[i % sources.size()]];
    const Target target{planned.pool, planned.virtual_server, {}, planned.vip};
    auto asking = attempt(planned.source, target, Manner(TlsQuestion::kept_open));
    static_cast<void>(co_await std::move(asking));
  }
  auto restoring = serve_as(members, control::Show());
  static_cast<void>(co_await std::move(restoring));
}

net::Task<bool> Probing::serve_as(std::vector<std::string> members, control::Show show) {
  bool is_done = true;
  for (const auto& member : members) {
    auto* link = mission_.ready(member);
    if (link == nullptr) continue;
    auto asked = link->ask(control::Action::show, to_json(show), kShowLimit);
    const auto answer = co_await std::move(asked);
    if (!answer && link->is_open()) mission_.progress.say(fmt::format("{}: {}", member, describe(answer.error())));
    is_done = is_done && answer.has_value();
  }
  co_return is_done;
}

/// The balancer has handed a question of this source to a member, which answered.
bool Probing::was_answered(const PlannedSource& planned) const {
  const auto& probes = mission_.collected.observations.probes;
  return std::any_of(probes.begin(), probes.end(), [&](const ProbeObservation& probe) {
    return probe.host == planned.source && probe.target.endpoint == planned.vip && probe.question == TlsQuestion::usual && probe.answer;
  });
}

net::Task<> Probing::ask_members(std::string host) {
  for (const auto& planned : mission_.plan.directs) {
    const auto& server = server_of(mission_.topology, planned.pool, planned.virtual_server);
    if (planned.source != host || is_plaintext(server, true) || !is_about_certificates(mission_.topology, host, server)) continue;
    const Target target{planned.pool, planned.virtual_server, planned.member, planned.endpoint};
    bool is_lost = true;  // silence is asked again: a path may lose packets
    for (std::uint32_t asked = 0; asked < kEqualTrips && is_lost; ++asked) {
      auto asking = attempt(host, target, Manner(TlsQuestion::usual));
      const auto answer = co_await std::move(asking);
      is_lost = answer && answer->end == End::silent;
    }
  }
}

/// Where the balancer ends TLS it is the one that is asked; elsewhere every member has its own say.
net::Task<> Probing::ask_through(std::size_t source) {
  const auto& planned = mission_.plan.sources[source];
  const Target target{planned.pool, planned.virtual_server, {}, planned.vip};
  if (ends_tls(server_of(mission_.topology, planned.pool, planned.virtual_server))) {
    for (const auto question : {TlsQuestion::usual, TlsQuestion::without_certificate}) {
      auto asking = attempt(planned.source, target, Manner(question));
      static_cast<void>(co_await std::move(asking));
    }
    co_return;
  }
  std::uint32_t failed = 0;  // one after the other: the path's checks say why
  for (std::uint32_t asked = 0; asked < planned.attempt_budget && failed < kEqualTrips && !has_met_all(planned);) {
    for (std::size_t i = 0; i < planned.members.size() && asked < planned.attempt_budget; ++i, ++asked) {
      auto asking = attempt(planned.source, target, Manner(TlsQuestion::usual));
      const auto answer = co_await std::move(asking);
      if (!answer) co_return;
      failed = answer->ended_in == Phase::connect ? failed + 1 : 0;
    }
    co_await gather(mission_);
  }
}

/// Every member that has answered the source was asked.
bool Probing::has_met_all(const PlannedSource& planned) {
  std::set<std::string> met, asked;
  for (const auto& trip : trips()) {
    const auto& probe = *trip.probe;
    if (probe.host != planned.source || probe.target.endpoint != planned.vip || trip.member.empty()) continue;
    if (probe.question && probe.end != End::silent)
      asked.insert(trip.member);
    else if (!probe.question && trip.is_answered())
      met.insert(trip.member);
  }
  return std::includes(asked.begin(), asked.end(), met.begin(), met.end());
}

net::Task<> Probing::sample(std::size_t source, bool is_question) {
  const auto& planned = mission_.plan.sources[source];
  const auto& server = server_of(mission_.topology, planned.pool, planned.virtual_server);
  const Target target{planned.pool, planned.virtual_server, {}, planned.vip};
  Manner manner;
  if (is_question && is_about_certificates(mission_.topology, planned.source, server)) manner.question = TlsQuestion::usual;
  auto attempting = attempt(planned.source, target, manner);
  const auto made = co_await std::move(attempting);
  if (!made || made->end != End::local) co_return;
  std::erase_if(mission_.collected.observations.probes, [&](const ProbeObservation& probe) { return probe.trip == made->trip; });
}

}  // namespace hairpin

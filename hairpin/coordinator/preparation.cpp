// SPDX-License-Identifier: Apache-2.0
#include "hairpin/coordinator/preparation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"
#include "checks/monitors.hpp"
#include "hairpin/coordinator/host_readiness.hpp"
#include "net/together.hpp"

namespace hairpin {
namespace {

constexpr milliseconds kPrepareLimit{10'000};
constexpr milliseconds kFactsLimit{5'000};
constexpr milliseconds kFinishLimit{5'000};

bool names_certificates(const Topology& topology) {
  return std::any_of(topology.hosts.begin(), topology.hosts.end(), [](const Host& host) { return host.tls.has_value(); });
}

/// What a host listens to, and whether it asks for client certificates. It never requires them: the
/// balancer's monitors have none, and a member that they find down proves nothing about the path.
std::vector<control::Listen> listeners_of(const Mission& mission, const std::string& host) {
  std::vector<control::Listen> all;
  for (const auto& planned : mission.plan.listeners) {
    if (planned.host != host) continue;
    control::Listen listen;
    listen.port = planned.port;
    listen.idle = planned.idle;
    listen.serves_load = mission.options.is_for_load;
    listen.resumes_sessions = mission.options.resumes_sessions;
    listen.requests_client_certificate = names_certificates(mission.topology);
    for (const auto& pool : mission.topology.pools)
      for (const auto& server : pool.virtual_servers)
        if (server.member_port == planned.port && mission.topology.is_member(pool, host)) {
          listen.requests_client_certificate |=
              server.expect.mutual_tls.value_or(MutualTls::none) != MutualTls::none;
          if (!server.expect.identity_header.empty()) listen.identity_header = server.expect.identity_header;
        }
    all.push_back(listen);
  }
  return all;
}

template <class T>
void add_once(std::vector<T>& all, const T& value) {
  if (std::find(all.begin(), all.end(), value) == all.end()) all.push_back(value);
}

/// The names that a source is asked for: of every pool to which it may open connections.
std::vector<std::string> names_of(const Mission& mission, const std::string& host) {
  std::vector<std::string> names;
  for (const auto& pool : mission.topology.pools) {
    const auto& sources = pool.sources;
    const bool is_source = std::find(sources.begin(), sources.end(), host) != sources.end();
    if (is_source && !pool.fqdn.empty()) add_once(names, pool.fqdn);
  }
  return names;
}

control::Watch watch_of(const Mission& mission, const Host& host) {
  control::Watch watch;
  // A balancer that hands connections to somebody whom the topology does not know shows it by their openings.
  if (host.is_load_balancer) watch.clients = mission.plan.addresses;
  watch.ports = mission.plan.ports;
  for (const auto& [vip, members] : mission.roster.members_of) {
    add_once(watch.vips, vip);
    add_once(watch.addresses, vip.address);
    for (const auto& member : members) {
      add_once(watch.members, member);
      add_once(watch.addresses, member.address);
    }
  }
  return watch;
}

void note_prepared(Mission& mission, AgentLink& link, const Prepared& prepared) {
  std::vector<std::string> problems;
  bool lacks_privilege = false;
  for (const auto& listener : prepared.listeners) {
    if (listener.error.empty()) continue;
    problems.push_back(printable(listener.error));
    lacks_privilege |= listener.lacks_privilege;
    link.facts.state = AgentState::refused;
  }
  for (auto facts : prepared.captures) {
    facts.host = link.name();
    if (!facts.error.empty()) problems.push_back(printable(facts.error));
    lacks_privilege |= facts.lacks_privilege;
    mission.collected.observations.captures.push_back(std::move(facts));
  }
  mission.collected.listeners.emplace(link.name(), prepared.listeners);
  if (lacks_privilege) link.facts.state = AgentState::no_privilege;
  if (link.facts.detail.empty()) link.facts.detail = fmt::format("{}", fmt::join(problems, "; "));
}

net::Task<> prepare_one(Mission& mission, AgentLink& link, const RunCredentials& credentials) {
  control::Prepare wanted;
  wanted.host = link.name();
  wanted.listen = listeners_of(mission, link.name());
  wanted.watch = watch_of(mission, link.host());
  wanted.names = names_of(mission, link.name());
  wanted.routes_to = mission.plan.addresses;
  wanted.is_for_load = mission.options.is_for_load && !mission.options.prepare_only;  // which shows whether captures see anything
  wanted.load_key = mission.load_key;
  auto issued = credentials.issue(mission.topology, link.host());
  if (!issued) {
    link.facts.state = AgentState::refused;
    link.facts.detail = describe(issued.error());
    co_return link.close();
  }
  wanted.credentials = std::move(*issued);
  wanted.site = credentials.site_of(link.host());
  auto asked = link.ask(control::Action::prepare, to_json(wanted), kPrepareLimit);
  const auto answer = co_await std::move(asked);
  if (!answer) {
    if (!link.is_open()) co_return;
    link.facts.state = AgentState::refused;
    link.facts.detail = printable(describe(answer.error()));
    co_return link.close();
  }
  const auto prepared = from_json<Prepared>(*answer, "prepare");
  if (prepared) co_return note_prepared(mission, link, *prepared);
  link.facts.state = AgentState::refused;
  link.facts.detail = describe(prepared.error());
  link.close();
}

net::Task<> ask_facts_of(Mission& mission, AgentLink& link, bool is_before) {
  const FactsWanted wanted{is_before};
  auto asked = link.ask(control::Action::facts, to_json(wanted), kFactsLimit);
  const auto answer = co_await std::move(asked);
  if (!answer) co_return;
  auto facts = from_json<HostFacts>(*answer, "facts");
  if (!facts) co_return;
  facts->host = link.name();
  facts->is_before = is_before;
  if (const auto elsewhere = is_before ? stands_elsewhere(link.host(), *facts) : std::string(); !elsewhere.empty()) {
    link.facts.state = AgentState::refused;
    link.facts.detail = printable(elsewhere);
    mission.progress.say(fmt::format("{}: {}", link.name(), elsewhere));
    co_return link.close();
  }
  mission.collected.observations.hosts.push_back(std::move(*facts));
}

net::Task<> finish_one(Mission& mission, AgentLink& link) {
  auto asked = link.ask(control::Action::finish, boost::json::object(), kFinishLimit);
  const auto answer = co_await std::move(asked);
  if (!answer) co_return;
  const auto finished = from_json<Finished>(*answer, "finish");
  if (!finished) co_return;
  auto& captures = mission.collected.observations.captures;
  std::erase_if(captures, [&](const CaptureFacts& facts) { return facts.host == link.name(); });
  for (auto facts : finished->captures) {
    facts.host = link.name();
    captures.push_back(std::move(facts));
  }
}

/// One task for each agent that can be asked, all beside each other.
template <class MakeTask>
net::Task<> on_all(Mission& mission, const MakeTask& make_task) {
  std::vector<net::Task<>> tasks;
  for (const auto& [host, link] : mission.links)
    if (link->is_open()) tasks.push_back(make_task(*link));
  return net::together(std::move(tasks));
}

/// "3 of 4 agents ready", and a line for each that is not.
void say_who_is_ready(Mission& mission) {
  std::size_t ready = 0;
  for (const auto& [host, link] : mission.links) {
    const auto& facts = link->facts;
    if (facts.state == AgentState::ready) ++ready;
    if (!facts.detail.empty())
      mission.progress.say(
          fmt::format("{}: {}: {}", host, boost::describe::enum_to_string(facts.state, "?"), facts.detail));
  }
  mission.progress.say(fmt::format("{} of {} agents ready", ready, mission.links.size()));
}

}  // namespace

net::Task<> prepare_agents(Mission& mission, const RunCredentials& credentials) {
  mission.progress.update("preparing: listeners, captures and their proof");
  const auto prepare = [&](AgentLink& link) { return prepare_one(mission, link, credentials); };
  co_await on_all(mission, prepare);
  if (!mission.options.prepare_only) say_who_is_ready(mission);  // it has a table for that
}

net::Task<> await_members(Mission& mission, bool is_expected) {
  const auto until = std::chrono::steady_clock::now() + mission.options.member_wait;
  bool is_said = false;
  for (;;) {
    co_await gather(mission);
    const auto& observations = mission.collected.observations;
    auto waiting = members_awaiting_monitor(mission.topology, mission.roster, observations);
    if (mission.is_over() || std::chrono::steady_clock::now() >= until) co_return;
    if (waiting.empty() && !(is_expected && !has_monitor(mission.topology, mission.roster, observations)))
      co_return;
    if (waiting.empty()) waiting.emplace_back("any member");
    if (!is_said)
      mission.progress.say(
          fmt::format("waiting until the balancer's monitor has found {}", fmt::join(waiting, ", ")));
    is_said = true;
    constexpr milliseconds kBetweenLooks{100};
    co_await net::sleep_for(kBetweenLooks);
  }
}

net::Task<> ask_facts(Mission& mission, bool is_before) {
  const auto ask = [&](AgentLink& link) { return ask_facts_of(mission, link, is_before); };
  co_await on_all(mission, ask);
}

net::Task<> finish_agents(Mission& mission) {
  const auto finish = [&](AgentLink& link) { return finish_one(mission, link); };
  co_await on_all(mission, finish);
  auto& observations = mission.collected.observations;
  const auto packets = mission.collected.frames.decode_new(observations.hosts);
  observations.packets.insert(observations.packets.end(), packets.begin(), packets.end());
  for (auto& facts : observations.captures) mission.collected.frames.count_into(facts);
}

}  // namespace hairpin

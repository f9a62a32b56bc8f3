// SPDX-License-Identifier: Apache-2.0
#include "hairpin/coordinator/balancer_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "hairpin/coordinator/mission.hpp"
#include "net/together.hpp"

namespace hairpin {
namespace {

using bigip::Question;
using bigip::What;

constexpr milliseconds kAnswerLimit{5'000};
constexpr milliseconds kBetweenLooks{100};
constexpr std::uint32_t kMostQuestions = 1'000;  ///< of one run, to one balancer
constexpr std::size_t kMostAtOnce = 8;           ///< client and virtual server, of one look
constexpr std::size_t kMostNames = 64, kMostSources = 64;
constexpr std::size_t kMostReasons = 8;

using ClientLeg = std::pair<IpAddress, Endpoint>;

}  // namespace

/// One balancer, the way to it, and what it has said.
struct BalancerWatch::Asked {
  std::unique_ptr<bigip::Line> line;
  bigip::Known known;
  std::size_t next_probe = 0;       ///< the first of the run's probes that nobody has asked for
  bool is_silent = false;           ///< it is asked no more
  bool is_over = false;             ///< the probing is
  bool is_watching = false;

  void note(const std::string& words) {
    auto& missing = known.facts.missing;
    if (missing.size() < kMostReasons && std::find(missing.begin(), missing.end(), words) == missing.end()) missing.push_back(words);
  }
  net::Task<> ask(Question question, bool is_before);
  net::Task<> ask_all(const Mission& mission, bool is_before);
  net::Task<> follow(const Mission& mission);
  net::Task<> finish(const Mission& mission);
  void hand_over(Mission& mission);
};

net::Task<> BalancerWatch::Asked::ask(Question question, bool is_before) {
  auto& facts = known.facts;
  if (is_silent || facts.asked >= kMostQuestions) co_return;
  ++facts.asked;
  auto asking = line->ask(question, kAnswerLimit);
  const auto answer = co_await std::move(asking);
  if (!answer) {
    is_silent = answer.error().is_for_all;
    co_return note(answer.error().words);
  }
  if (answer->is_cut) note("an answer was longer than is read: " + bigip::tmsh_words(question).value_or(""));
  const bool is_empty = answer->is_cut && answer->text.empty();  // one line without an end
  if (is_empty) co_return;
  if (bigip::understand(known, question, answer->text, line->form(), system_clock().wall(), is_before)) ++facts.answered;
  else note("its answer was not understood: " + bigip::tmsh_words(question).value_or(""));
}

/// Which unit it is, how services stand, what it counted; afterwards whom persistence keeps where.
net::Task<> BalancerWatch::Asked::ask_all(const Mission& mission, bool is_before) {
  std::vector<Question> questions{{What::unit, {}, {}, {}}, {What::resets, {}, {}, {}}};
  std::set<std::string> virtuals, pools;
  std::set<IpAddress> sources;
  for (const auto& pool : mission.topology.pools) {
    if (pool.load_balancer != known.facts.host) continue;
    for (const auto& server : pool.virtual_servers) {
      if (!server.f5_virtual.empty() && virtuals.size() < kMostNames) virtuals.insert(server.f5_virtual);
      if (!server.f5_pool.empty() && pools.size() < kMostNames) pools.insert(server.f5_pool);
    }
    for (const auto& name : pool.sources)
      for (const auto& address : mission.topology.host(name)->addresses)
        if (!is_before && sources.size() < kMostSources) sources.insert(address);
  }
  for (const auto& name : virtuals) questions.push_back({What::virtual_server, name, {}, {}});
  for (const auto& name : pools) questions.push_back({What::pool, name, {}, {}});
  for (const auto& source : sources) questions.push_back({What::persistence, {}, source, {}});
  for (auto& question : questions) {
    if (mission.is_stopped) co_return;
    auto asking = ask(std::move(question), is_before);
    co_await std::move(asking);
  }
}

/// The connections of whoever has probed since the last look, through a VIP of this balancer or of its other unit.
net::Task<> BalancerWatch::Asked::follow(const Mission& mission) {
  const auto& probes = mission.collected.observations.probes;
  if (next_probe > probes.size()) next_probe = 0;  // the run started over
  std::set<ClientLeg> legs;
  for (; next_probe < probes.size() && legs.size() < kMostAtOnce; ++next_probe) {
    const auto& probe = probes[next_probe];
    if (probe.target.member.empty() && probe.local) legs.insert({probe.local->address, probe.target.endpoint});
  }
  for (const auto& [client, server] : legs) {
    if (mission.is_stopped) co_return;
    Question question{What::connections, {}, client, server};
    auto asking = ask(std::move(question), false);
    co_await std::move(asking);
  }
}

net::Task<> BalancerWatch::Asked::finish(const Mission& mission) {
  auto following = follow(mission);
  co_await std::move(following);
  auto asking = ask_all(mission, false);
  co_await std::move(asking);
}

/// Of the connections those of the run's own probes: what else these sources do is nobody's business here.
void BalancerWatch::Asked::hand_over(Mission& mission) {
  auto& observations = mission.collected.observations;
  std::set<std::pair<Endpoint, Endpoint>> ours;
  for (const auto& probe : observations.probes)
    if (probe.local) ours.insert({*probe.local, probe.target.endpoint});
  for (auto& seen : known.connections)
    if (ours.contains({seen.client, seen.virtual_server})) observations.connections.push_back(std::move(seen));
  observations.balancers.push_back(std::move(known.facts));
}

BalancerWatch::BalancerWatch() = default;
BalancerWatch::BalancerWatch(BalancerWatch&&) noexcept = default;
BalancerWatch& BalancerWatch::operator=(BalancerWatch&&) noexcept = default;
BalancerWatch::~BalancerWatch() = default;

Result<BalancerWatch> BalancerWatch::make(const Topology& topology) {
  BalancerWatch watch;
  for (const auto& host : topology.hosts) {
    if (!host.state) continue;
    auto line = bigip::make_line(*host.state);
    if (!line) return line.error();
    auto asked = std::make_unique<Asked>();
    asked->line = std::move(*line);
    asked->known.facts.host = host.name;
    asked->known.facts.through = to_string(*host.state);
    watch.asked_.push_back(std::move(asked));
  }
  return watch;
}

net::Task<> BalancerWatch::look_before(Mission& mission) {
  std::vector<net::Task<>> tasks;
  for (const auto& asked : asked_) tasks.push_back(asked->ask_all(mission, true));
  co_await net::together(std::move(tasks));
  for (const auto& asked : asked_)
    if (asked->is_silent) mission.progress.say(fmt::format("{}: {}", asked->known.facts.host, asked->known.facts.missing.back()));
}

void BalancerWatch::watch(const net::Executor& executor, Mission& mission) {
  for (const auto& asked : asked_) {
    asked->is_watching = true;
    net::spawn(executor, follow(mission, *asked));
  }
}

net::Task<> BalancerWatch::follow(Mission& mission, Asked& asked) {
  while (!asked.is_over && !asked.is_silent && !mission.is_stopped) {
    auto following = asked.follow(mission);
    co_await std::move(following);
    co_await net::sleep_for(kBetweenLooks);
  }
  asked.is_watching = false;
}

net::Task<> BalancerWatch::look_after(Mission& mission) {
  for (const auto& asked : asked_) asked->is_over = true;
  const auto is_watching = [](const auto& asked) { return asked->is_watching; };
  while (std::any_of(asked_.begin(), asked_.end(), is_watching)) co_await net::sleep_for(kBetweenLooks);
  std::vector<net::Task<>> tasks;
  for (const auto& asked : asked_) tasks.push_back(asked->finish(mission));
  co_await net::together(std::move(tasks));
  for (const auto& asked : asked_) asked->hand_over(mission);
}

}  // namespace hairpin

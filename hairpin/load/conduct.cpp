// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/conduct.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/histogram.hpp"
#include "base/text.hpp"
#include "hairpin/coordinator/preparation.hpp"
#include "hairpin/load/lost_source.hpp"
#include "net/together.hpp"

namespace hairpin {
namespace {

constexpr milliseconds kPrepareLimit{15'000};
/// Nobody has agreed yet whom the preparation asks: one connection a source and try, so few that it is no load of anybody.
constexpr milliseconds kBetweenTries{250}, kLongestBetweenTries{5'000};
constexpr std::size_t kMostQuestions = 48;
/// Loads that count, and are sampled; trials and the reference are not.
constexpr std::string_view kFinal = "final", kRepeat = "repeat";

std::optional<nanoseconds> p99_of(const LoadObservation& load) {
  const auto histogram = Histogram::decode(load.times.response);
  if (!histogram || !histogram->is_settled(99)) return {};
  return histogram->percentile(99);
}

}  // namespace

LoadConduct::LoadConduct(Mission& mission, const LoadOptions& options, LoadResults& results)
    : mission_(mission), options_(options), results_(results) {}

/// By one of the sources; there may be others.
void LoadConduct::refuse(const std::string& why) { under_way_.refused += (under_way_.refused.empty() ? "" : "; ") + why; }

void LoadConduct::give_up(const std::string& why) {
  if (results_.impossible.empty()) results_.impossible = why;
}

/// The virtual server, its VIP, and who loads it.
bool LoadConduct::choose() {
  const auto scope = load_scope(mission_.topology, mission_.plan, options_);
  if (!scope) return give_up(describe(scope.error())), false;
  scope_ = *scope;
  pool_ = scope->pool;
  server_ = scope->server;
  target_ = scope->target;
  for (const auto& host : scope->sources) {
    if (mission_.ready(host)) {
      hosts_.push_back(host);
    } else if (!options_.from.empty()) {
      return give_up(printable(host) + " (--from) has no agent that is ready"), false;
    } else {
      mission_.progress.say(host + " makes no load: its agent is not ready");
    }
  }
  if (hosts_.empty()) return give_up("no source of this virtual server has an agent that is ready"), false;
  return is_all_ours();
}

/// Any member may get a share of the load, so each has to be a responder of this run: a service must not be loaded by chance.
bool LoadConduct::is_all_ours() {
  for (const auto& member : pool_->members)
    if (!mission_.ready(member))
      return give_up(member + " is a member and has no agent that is ready: what is no responder of ours is not loaded"), false;
  return true;
}

net::Task<> LoadConduct::run() {
  co_await await_members(mission_, false);
  if (!choose() || mission_.options.prepare_only) co_return;
  results_.shape = shape_of(options_);
  results_.shape.rate = options_.rate.value_or(0);
  if (options_.most) {
    co_await search();
    if (mission_.is_over() || !results_.impossible.empty() || results_.final) co_return;
  }
  co_await make_final();
  if (results_.final && options_.has_direct && !mission_.is_over()) co_await reference();
}

/// The load that counts, as often as it was asked for.
net::Task<> LoadConduct::make_final() {
  for (std::uint32_t made = 0; made < options_.repeats && !mission_.is_over(); ++made) {
    const std::string purpose = made == 0 ? std::string(kFinal) : fmt::format("{} {}", kRepeat, made + 1);
    auto making = make(purpose, results_.shape, through_balancer());
    auto load = co_await std::move(making);
    if (!load) {
      give_up(under_way_.refused);
      if (made > 0) mission_.progress.say(purpose + " was not made: " + under_way_.refused);
      co_return;
    }
    if (made > 0 && !load->whole.stopped.empty() && !load->whole.is_hopeless) {  // another load than the others
      give_up(purpose + " was stopped early: " + load->whole.stopped);
      co_return;
    }
    if (made == 0)
      results_.final = std::move(load);
    else
      results_.repeats.push_back(std::move(*load));
  }
}

/// The same target for every source.
LoadConduct::Targets LoadConduct::through_balancer() const {
  Targets targets;
  for (const auto& host : hosts_) targets[host] = target_;
  return targets;
}

/// Past the balancer: a member for each source, one after the other where it may reach several; empty with a word to the person
/// where one may reach none, because then it would not be the same load.
LoadConduct::Targets LoadConduct::past_balancer() const {
  Targets targets;
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    std::vector<Target> able;
    for (const auto& planned : mission_.plan.directs)
      if (planned.pool == target_.pool && planned.virtual_server == target_.virtual_server && planned.source == hosts_[i] &&
          planned.endpoint.address.family == target_.endpoint.address.family)
        able.push_back({target_.pool, target_.virtual_server, planned.member, planned.endpoint});
    if (able.empty()) {
      mission_.progress.say("no reference past the balancer: the topology lets " + hosts_[i] + " reach no member directly (direct: true)");
      return {};
    }
    targets[hosts_[i]] = able[i % able.size()];
  }
  return targets;
}

void LoadConduct::note(LoadSearch& search, LoadSearch::Trial trial) {
  mission_.progress.say(fmt::format("trial {}: {:.0f}/s {}", search.trials().size() + 1, trial.rate, trial.is_kept ? "kept" : trial.why));
  search.put(std::move(trial));
  results_.search = {search.trials(), search.highest_kept(), search.knee(), search.knee_unknown(), search.limit()};
}

net::Task<> LoadConduct::search() {
  LoadSearch search(*options_.most, least_rate(options_));
  const auto rules = checks::load_rules(options_.is_strict_rule);
  while (const auto rate = search.next()) {
    auto shape = results_.shape;
    shape.rate = *rate;
    shape.phases = trial_phases(options_, shape.rate);
    const auto purpose = fmt::format("trial {}", search.trials().size() + 1);
    auto making = make(purpose, shape, through_balancer());
    auto made = co_await std::move(making);
    if (!made && !under_way_.beyond.empty() && !mission_.is_over()) {
      note(search, {*rate, false, true, {}, under_way_.beyond, true});
      continue;
    }
    if (!made) give_up(under_way_.refused);
    if (!made || mission_.is_over() || !under_way_.cut.empty()) {
      results_.final = std::move(made);  // what there is of it
      co_return;
    }
    const auto outcome = checks::outcome_of(made->whole, rules, made->served);
    note(search, {*rate, outcome.is_kept, outcome.is_limited, p99_of(made->whole), outcome.why});
    if (*rate == search.trials().front().rate) results_.final = *made;  // stands for all when there is no other
  }
  if (search.highest_kept() == 0) {
    if (!results_.final) give_up(search.limit());
    co_return;
  }
  results_.final = {};
  results_.shape.rate = search.highest_kept();
  // §7.8: the latency at half of what goes.
  if (options_.test == LoadTest::latency) results_.shape.rate /= 2;
}

/// What the balancer costs: the same load past it, of all its sources.
net::Task<> LoadConduct::reference() {
  auto targets = past_balancer();
  if (targets.empty()) co_return;
  auto shape = results_.shape;
  shape.phases = trial_phases(options_, shape.rate);
  std::set<std::string> members;
  for (const auto& [host, target] : targets) members.insert(target.member);
  auto making = make("direct", shape, std::move(targets));
  results_.direct = co_await std::move(making);
  if (!results_.direct) mission_.progress.say("no reference past the balancer: " + under_way_.refused);
  if (results_.direct) results_.direct->whole.target.member = fmt::format("{}", fmt::join(members, " and "));
}

LoadWanted LoadConduct::wanted_for(const std::string& purpose, const LoadShape& shape, const Target& target) const {
  LoadWanted wanted;
  wanted.target = target;
  wanted.purpose = purpose;
  wanted.shape = shape;
  wanted.server_name = pool_->fqdn;
  wanted.path = server_->path;
  wanted.is_plaintext = is_plaintext(*server_, !target.member.empty());
  wanted.shows_site = target.member.empty() && ends_tls(*server_);
  wanted.run = mission_.run;
  return wanted;
}

net::Task<std::optional<MadeLoad>> LoadConduct::make(std::string purpose, LoadShape shape, Targets targets) {
  under_way_ = {};
  under_way_.shape = shape;
  auto preparing = prepare_all(purpose, shape, std::move(targets));
  const bool is_prepared = co_await std::move(preparing);
  ServedAccounts before, after;  // without what the preparation asked
  bool is_started = false;
  if (is_prepared) {
    co_await ask_served(mission_, pool_->members, server_->member_port, before);
    auto starting = start_all(shape.phases);
    is_started = co_await std::move(starting);
  }
  if (!is_started) {
    if (is_prepared) co_await end_all();  // who did begin
    if (under_way_.refused.empty()) under_way_.refused = "the load could not be started";
    co_return std::nullopt;
  }
  const auto& phases = shape.phases;
  const milliseconds longest = phases.init + phases.ramp_up + phases.sustain + std::max(phases.ramp_down, shape.limit) + kLoadGrace;
  const bool counts = purpose.starts_with(kFinal) || purpose.starts_with(kRepeat);
  LoadSamples samples(mission_, target_, hosts_);
  std::vector<net::Task<>> tasks;
  tasks.push_back(see_to_its_end(longest, samples));
  if (counts) tasks.push_back(samples.run());
  co_await net::together(std::move(tasks));
  if (counts) co_await gather(mission_);
  co_await ask_served(mission_, pool_->members, server_->member_port, after);
  auto made = put_together();
  if (made) made->served = with_cpu(served_between(pool_->members, before, after), under_way_.busy);
  if (made) put_seconds(made->served, after);
  co_return made;
}

net::Task<> LoadConduct::see_to_its_end(milliseconds longest, LoadSamples& samples) {
  co_await watch(longest);
  samples.end();
  co_await end_all();
}

/// The last of them, which nobody asked for while the load went on, too.
void LoadConduct::put_seconds(std::vector<ServedLoad>& served, const ServedAccounts& after) {
  for (auto& each : served) {
    auto& seconds = under_way_.members[each.member];
    seconds.put(std::chrono::steady_clock::now() - under_way_.begins, after.at(each.member));
    each.seconds = seconds.all();
  }
}

/// What all sources saw, and why it ended before its time where it did.
std::optional<MadeLoad> LoadConduct::put_together() {
  MadeLoad made;
  for (std::uint32_t i = 0; i < hosts_.size(); ++i) {
    const auto& host = hosts_[i];
    const auto found = under_way_.ended.find(host);
    const auto& seconds = under_way_.seconds[host];
    if (found == under_way_.ended.end() && seconds.empty()) continue;
    auto source = found != under_way_.ended.end() ? found->second : lost_source(part_of(scope_, under_way_.shape, hosts_, i), target_, seconds);
    source.host = host;
    source.seconds = seconds;
    made.sources.push_back(std::move(source));
  }
  if (made.sources.empty()) {
    give_up("every source was lost during the load");
    return {};
  }
  made.whole = merged(made.sources);
  if (!under_way_.cut.empty()) made.whole.stopped = under_way_.cut;
  if (under_way_.ended.size() < hosts_.size() && under_way_.cut.empty()) made.whole.stopped = "a source was lost";
  return made;
}

net::Task<bool> LoadConduct::prepare_all(std::string purpose, LoadShape shape, Targets targets) {
  const auto until = std::chrono::steady_clock::now() + mission_.options.member_wait;
  mission_.progress.update("preparing the load: " + purpose);
  milliseconds pause = kBetweenTries * hosts_.size();
  for (std::size_t asked = hosts_.size();; asked += hosts_.size()) {
    under_way_.refused.clear();
    std::vector<net::Task<>> tasks;
    for (std::uint32_t i = 0; i < hosts_.size(); ++i) {
      const auto part = part_of(scope_, shape, hosts_, i);
      tasks.push_back(prepare_one(hosts_[i], wanted_for(purpose, part, targets[hosts_[i]])));
    }
    co_await net::together(std::move(tasks));
    if (under_way_.refused.empty()) co_return true;
    // A balancer that has not found its members yet answers for nobody.
    const bool is_enough = asked + hosts_.size() > kMostQuestions || !under_way_.beyond.empty();
    if (mission_.is_over() || is_enough || std::chrono::steady_clock::now() >= until) co_return false;
    co_await net::sleep_for(pause);
    pause = std::min(2 * pause, std::max(kLongestBetweenTries, pause));
  }
}

net::Task<> LoadConduct::prepare_one(std::string host, LoadWanted wanted) {
  auto* const link = mission_.ready(host);
  if (!link) {
    refuse(host + ": its agent is lost");
    co_return;
  }
  auto asked = link->ask(control::Action::load_prepare, to_json(wanted), kPrepareLimit);
  const auto answer = co_await std::move(asked);
  const auto prepared = answer ? from_json<LoadPrepared>(*answer, "load_prepare") : Result<LoadPrepared>(answer.error());
  if (!prepared)
    refuse(host + ": " + printable(describe(prepared.error())));
  else if (!prepared->beyond.empty())
    refuse(under_way_.beyond = host + ": " + printable(prepared->beyond));
  else
    results_.consents[host] = printable(prepared->consented);
}

}  // namespace hairpin

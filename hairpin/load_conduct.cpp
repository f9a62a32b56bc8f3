// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load_conduct.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/histogram.hpp"
#include "base/text.hpp"
#include "hairpin/preparation.hpp"
#include "hairpin/together.hpp"
#include "probe/load/pacer.hpp"

namespace hairpin {
namespace {

constexpr milliseconds kPrepareLimit{15'000};
constexpr milliseconds kAnswerLimit{1'500};  // below kLoadSilence: whoever does not answer is stopped by its own clock
constexpr milliseconds kEndLimit{15'000};
constexpr milliseconds kUntilStart{400};
constexpr milliseconds kBetweenReports{250};
constexpr milliseconds kBetweenTries{250};
/// After a search: load that is a step below what was kept.
constexpr double kFinalShare = 1.0;

bool lists(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string phase_name(LoadPhase phase) { return boost::describe::enum_to_string(phase, "?"); }

nanoseconds p99_of(const LoadObservation& load) {
  const auto histogram = Histogram::decode(load.times.response);
  return histogram ? histogram->percentile(99) : nanoseconds();
}

}  // namespace

LoadConduct::LoadConduct(Mission& mission, const LoadOptions& options, LoadResults& results)
    : mission_(mission), options_(options), results_(results) {}

std::vector<std::string> LoadConduct::sources_of(const Topology& topology, const Pool& pool, const LoadOptions& options) {
  std::vector<std::string> able, outsiders;
  for (const auto& name : pool.sources) {
    const auto* host = topology.host(name);
    if (host == nullptr || !host->agent || pool.excluded_sources.contains(name)) continue;
    able.push_back(name);
    if (!topology.is_member(pool, name)) outsiders.push_back(name);
  }
  if (options.from.empty()) return outsiders.empty() ? able : outsiders;
  std::vector<std::string> chosen;
  for (const auto& name : options.from)
    if (lists(able, name) && !lists(chosen, name)) chosen.push_back(name);
  return chosen;
}

void LoadConduct::give_up(const std::string& why) {
  if (results_.impossible.empty()) results_.impossible = why;
}

/// The virtual server, its VIP, and who loads it.
bool LoadConduct::choose() {
  for (const auto& planned : mission_.plan.sources) {
    const bool is_wanted = options_.virtual_server.empty() || planned.virtual_server == options_.virtual_server;
    if (!is_wanted) continue;
    pool_ = mission_.topology.pool(planned.pool);
    server_ = pool_ ? pool_->virtual_server(planned.virtual_server) : nullptr;
    target_ = {planned.pool, planned.virtual_server, {}, planned.vip};
    break;
  }
  if (!server_) return give_up("the topology has no such virtual server with a source"), false;
  if (server_->depth != Depth::http)
    return give_up("a load needs responders of hairpin behind the virtual server; its probes go no further than " +
                   std::string(boost::describe::enum_to_string(server_->depth, "?"))),
           false;
  for (const auto& host : sources_of(mission_.topology, *pool_, options_))
    if (mission_.ready(host)) hosts_.push_back(host);
  if (hosts_.empty()) return give_up("no source of this virtual server has an agent that is ready"), false;
  return has_all_wanted() && is_all_ours();
}

bool LoadConduct::has_all_wanted() {
  for (const auto& host : options_.from)
    if (!lists(hosts_, host))
      return give_up(printable(host) + " (--from) is no source of this virtual server with an agent that is ready"), false;
  return true;
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
  if (!choose()) co_return;
  results_.shape = shape_of(options_);
  results_.shape.rate = options_.rate.value_or(0);
  if (options_.most) {
    co_await search();
    if (mission_.is_over() || !results_.impossible.empty()) co_return;
  }
  co_await make_final();
  if (results_.final && options_.has_direct && !mission_.is_over()) co_await reference();
}

/// The load that counts, with the account of those who answered it.
net::Task<> LoadConduct::make_final() {
  ServedAccounts before, after;
  co_await ask_served(mission_, pool_->members, server_->member_port, before);
  auto making = make("final", results_.shape, target_);
  results_.final = co_await std::move(making);
  co_await ask_served(mission_, pool_->members, server_->member_port, after);
  if (results_.final) results_.final->served = served_between(pool_->members, before, after);
}

net::Task<> LoadConduct::search() {
  LoadSearch search(*options_.most);
  const checks::LoadRules rules;
  while (const auto rate = search.next()) {
    auto shape = results_.shape;
    shape.rate = *rate;
    shape.phases = trial_phases(options_);
    const auto purpose = fmt::format("trial {}", search.trials().size() + 1);
    auto making = make(purpose, shape, target_);
    const auto made = co_await std::move(making);
    if (!made || mission_.is_over()) co_return;
    const auto outcome = checks::outcome_of(made->whole, rules);
    search.put({*rate, outcome.is_kept, outcome.is_limited, p99_of(made->whole), outcome.why});
    mission_.progress.say(fmt::format("{}: {:.0f}/s {}", purpose, *rate, outcome.is_kept ? "kept" : outcome.why));
  }
  results_.trials = search.trials();
  results_.knee = search.knee();
  results_.is_search_limited = search.is_limited();
  results_.shape.rate = search.highest_kept() * kFinalShare;
  // §7.8: the latency at half of what goes.
  if (options_.test == LoadTest::latency) results_.shape.rate /= 2;
  if (search.highest_kept() == 0) give_up("not even 1 % of the rate was kept: " + search.trials().front().why);
}

/// What the balancer costs: the same load past it, to one member that the sources may reach.
net::Task<> LoadConduct::reference() {
  const PlannedDirect* direct = nullptr;
  for (const auto& planned : mission_.plan.directs)
    if (planned.pool == target_.pool && planned.virtual_server == target_.virtual_server && planned.source == hosts_.front() &&
        planned.endpoint.address.family == target_.endpoint.address.family)
      direct = &planned;
  if (!direct) {
    mission_.progress.say("no reference directly to a member: the topology lets no source of this load reach one (direct: true)");
    co_return;
  }
  auto shape = results_.shape;
  shape.phases = trial_phases(options_);
  if (hosts_.size() > 1) {
    shape.rate /= static_cast<double>(hosts_.size());
    hosts_.resize(1);
  }
  const Target target{target_.pool, target_.virtual_server, direct->member, direct->endpoint};
  auto making = make("direct", shape, target);
  results_.direct = co_await std::move(making);
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

net::Task<std::optional<MadeLoad>> LoadConduct::make(std::string purpose, LoadShape shape, Target target) {
  is_over_.clear();
  seconds_.clear();
  ended_.clear();
  shown_ = 0;
  auto starting = start_all(purpose, shape, target);
  const bool is_started = co_await std::move(starting);
  if (!is_started) {
    give_up(refused_.empty() ? "the load could not be started" : refused_);
    co_return std::nullopt;
  }
  const auto& phases = shape.phases;
  co_await watch(phases.init + phases.ramp_up + phases.sustain + std::max(phases.ramp_down, shape.limit) + kUntilStart + kEndLimit);
  std::vector<net::Task<>> ends;
  for (const auto& host : hosts_) ends.push_back(end_one(host));
  co_await together(std::move(ends));
  MadeLoad made;
  for (const auto& host : hosts_) {
    const auto found = ended_.find(host);
    if (found == ended_.end()) continue;
    found->second.host = host;
    found->second.seconds = seconds_[host];
    made.sources.push_back(found->second);
  }
  if (made.sources.empty()) {
    give_up("every source was lost during the load");
    co_return std::nullopt;
  }
  made.whole = merged(made.sources);
  if (made.sources.size() < hosts_.size()) made.whole.stopped = "a source was lost";
  co_return made;
}

/// Two phases: every source is ready, then all begin at one instant.
net::Task<bool> LoadConduct::start_all(std::string purpose, LoadShape shape, Target target) {
  const auto until = std::chrono::steady_clock::now() + mission_.options.member_wait;
  mission_.progress.update("preparing the load: " + purpose);
  for (;;) {
    refused_.clear();
    std::vector<net::Task<>> tasks;
    for (std::uint32_t i = 0; i < hosts_.size(); ++i) {
      const auto part = part_of(shape, i, static_cast<std::uint32_t>(hosts_.size()));
      tasks.push_back(prepare_one(hosts_[i], wanted_for(purpose, part, target)));
    }
    co_await together(std::move(tasks));
    if (refused_.empty()) break;
    // A balancer that has not found its members yet answers for nobody.
    if (mission_.is_over() || std::chrono::steady_clock::now() >= until) co_return false;
    co_await net::sleep_for(kBetweenTries);
  }
  const WallTime at = system_clock().wall() + kUntilStart;
  std::vector<net::Task<>> starts;
  for (const auto& host : hosts_) starts.push_back(start_one(host, at));
  co_await together(std::move(starts));
  co_return refused_.empty();
}

net::Task<> LoadConduct::prepare_one(std::string host, LoadWanted wanted) {
  auto* const link = mission_.ready(host);
  if (!link) {
    refused_ = host + ": its agent is lost";
    co_return;
  }
  auto asked = link->ask(control::Action::load_prepare, to_json(wanted), kPrepareLimit);
  const auto answer = co_await std::move(asked);
  const auto prepared = answer ? from_json<LoadPrepared>(*answer, "load_prepare") : Result<LoadPrepared>(answer.error());
  if (prepared)
    results_.consents[host] = printable(prepared->consented);
  else
    refused_ = host + ": " + printable(describe(prepared.error()));
}

net::Task<> LoadConduct::start_one(std::string host, WallTime at) {
  auto* const link = mission_.ready(host);
  if (!link) co_return;
  const LoadStart start{at + link->facts.clock_offset};
  auto asked = link->ask(control::Action::load_start, to_json(start), kAnswerLimit);
  const auto answer = co_await std::move(asked);
  if (!answer) refused_ = host + ": " + printable(describe(answer.error()));
}

net::Task<> LoadConduct::report_one(std::string host) {
  auto* const link = mission_.ready(host);
  is_over_[host] = true;  // a lost one as well
  if (!link) co_return;
  auto asked = link->ask(control::Action::load_report, boost::json::object(), kAnswerLimit);
  const auto answer = co_await std::move(asked);
  if (!answer) co_return;
  const auto report = from_json<LoadReport>(*answer, "load_report");
  if (!report) co_return;
  is_over_[host] = report->is_over;
  auto& all = seconds_[host];
  all.insert(all.end(), report->seconds.begin(), report->seconds.end());
}

net::Task<> LoadConduct::end_one(std::string host) {
  auto* const link = mission_.ready(host);
  if (!link) co_return;
  co_await report_one(host);
  auto asked = link->ask(control::Action::load_end, boost::json::object(), kEndLimit);
  const auto answer = co_await std::move(asked);
  if (!answer) co_return;
  auto observation = from_json<LoadObservation>(*answer, "load_end");
  if (observation) ended_[host] = std::move(*observation);
}

/// Sources go on only while they are asked; they are asked only while everybody is there.
net::Task<> LoadConduct::watch(milliseconds longest) {
  const auto until = std::chrono::steady_clock::now() + longest;
  while (!mission_.is_over() && std::chrono::steady_clock::now() < until && are_all_there()) {
    std::vector<net::Task<>> reports;
    for (const auto& host : hosts_) reports.push_back(report_one(host));
    co_await together(std::move(reports));
    show("load");
    const auto is_over = [this](const std::string& host) { return is_over_[host]; };
    if (std::all_of(hosts_.begin(), hosts_.end(), is_over)) co_return;
    co_await net::sleep_for(kBetweenReports);
  }
}

/// Sources, and members that have an agent: with their agent goes their consent.
bool LoadConduct::are_all_there() const {
  const auto is_there = [this](const std::string& host) {
    const auto link = mission_.links.find(host);
    return link == mission_.links.end() || link->second->is_open();
  };
  return std::all_of(hosts_.begin(), hosts_.end(), is_there) && std::all_of(pool_->members.begin(), pool_->members.end(), is_there);
}

/// A line for each second that every source has reported.
void LoadConduct::show(const std::string& purpose) {
  for (;; ++shown_) {
    LoadSecond whole;
    for (const auto& host : hosts_) {
      if (seconds_[host].size() <= shown_) return;
      const auto& second = seconds_[host][shown_];
      whole.phase = second.phase;
      add(whole, second);
    }
    mission_.progress.say(fmt::format(
        "{} {:>4} s {:<9} {:>7}/s  {:>6} new  {:>6} open  p50 {:>8.2f} ms  p99 {:>8.2f} ms  {} failed{}", purpose, shown_ + 1,
        phase_name(whole.phase), whole.completed, whole.connections, whole.open, static_cast<double>(whole.half_us) / 1000,
        static_cast<double>(whole.p99_us) / 1000, whole.failed, whole.shed > 0 ? fmt::format(", {} shed", whole.shed) : ""));
  }
}

}  // namespace hairpin

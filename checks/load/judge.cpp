// SPDX-License-Identifier: Apache-2.0
#include "checks/load/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <cmath>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "load";
constexpr double kMostCpu = 0.8;
constexpr std::int64_t kMostLateness_us = 1'000;
constexpr std::size_t kLeastSeconds = 3;

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

double seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

/// How late a generator may look at what is due: 1 ms, or a tenth of the time between two arrivals.
std::int64_t most_lateness_us(const LoadShape& shape) {
  const double gap_us = shape.rate > 0 ? 1e6 / shape.rate : 0;
  return std::max(kMostLateness_us, static_cast<std::int64_t>(gap_us / 10));
}

/// Whole seconds of the sustain phase: those that began in it, but the first and the last, which may be cut.
std::vector<LoadSecond> whole_seconds(const LoadObservation& load) {
  std::vector<LoadSecond> kept;
  for (const auto& second : load.seconds)
    if (second.phase == LoadPhase::sustain) kept.push_back(second);
  if (kept.size() < kLeastSeconds + 1) return {};
  kept.pop_back();
  kept.erase(kept.begin());
  return kept;
}

template <class Value>
double greatest_deviation(const std::vector<LoadSecond>& all, Value value, double granted_sigmas) {
  double sum = 0;
  for (const auto& second : all) sum += value(second);
  const double mean = sum / static_cast<double>(all.size());
  if (mean < 1) return -1;
  double greatest = 0;
  for (const auto& second : all)  // one more or less is how seconds are cut
    greatest = std::max(greatest, (std::abs(value(second) - mean) - 1) / mean);
  return std::max(0.0, greatest - granted_sigmas / std::sqrt(mean));
}

std::string failures_text(const LoadFailures& failed) {
  std::string text;
  boost::mp11::mp_for_each<boost::describe::describe_members<LoadFailures, boost::describe::mod_public>>([&](auto member) {
    const auto count = failed.*member.pointer;
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, member.name);
  });
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

Subject subject_of(const LoadObservation& load) {
  Subject subject;
  subject.pool = load.target.pool;
  subject.virtual_server = load.target.virtual_server;
  subject.vip = to_string(load.target.endpoint);
  subject.source = load.host;
  subject.member = load.target.member;
  subject.family = load.target.endpoint.address.family == Family::ipv6 ? "ipv6" : "ipv4";
  if (!load.target.member.empty()) subject.way = "direct";
  return subject;
}

std::string demonstrated(const LoadTally& counts, const LoadRules& rules) {
  const double bound = upper_bound(counts.failed.total() + counts.shed, counts.attempted);
  const auto text = fmt::format("{} of {} failed; 95 % upper bound {:.4g} %", counts.failed.total() + counts.shed, counts.attempted,
                                100 * bound);
  return bound > rules.most_failed ? text + fmt::format(": by the rule, but {:.3g} % is not demonstrated", 100 * rules.most_failed)
                                   : text;
}

/// Why the load breaks the rules about failures; empty: it keeps them.
std::string breach(const LoadTally& counts, const LoadRules& rules) {
  const auto lost = counts.failed.total() + counts.shed;
  if (share(lost, counts.attempted) >= rules.most_failed && lost > 0)
    return fmt::format("{} of {} transactions failed ({:.3g} %): {}{}", lost, counts.attempted, 100 * share(lost, counts.attempted),
                       failures_text(counts.failed), counts.shed > 0 ? fmt::format(" and {} shed", counts.shed) : "");
  if (share(counts.resets, counts.established) >= rules.most_resets && counts.resets > 0)
    return fmt::format("{} of {} connections were reset", counts.resets, counts.established);
  return {};
}

bool is_steady(const LoadObservation& load, const LoadRules& rules, std::string& why) {
  const double deviation = deviation_of(load);
  if (deviation >= rules.most_deviation) {
    why = fmt::format("the rate of a second was {:.1f} % off its mean, {:.0f} % are allowed", 100 * deviation,
                      100 * rules.most_deviation);
    return false;
  }
  if (load.shape.test != LoadTest::concurrent) return true;
  const auto all = whole_seconds(load);
  const double open = all.empty() ? -1
                                  : greatest_deviation(all, [](const LoadSecond& second) { return static_cast<double>(second.open); }, 0);
  if (open < rules.most_open_deviation) return true;
  why = fmt::format("open connections were {:.1f} % off their mean, {:.0f} % are allowed", 100 * open, 100 * rules.most_open_deviation);
  return false;
}

std::vector<Finding> shares(const LoadCase& c) {
  std::vector<Finding> findings;
  for (const auto& share_of_member : c.load.members) {
    if (share_of_member.member.empty() || !c.load.target.member.empty()) continue;
    auto subject = subject_of(c.load);
    subject.member = share_of_member.member;
    auto finding = finding_for(kId, subject);
    finding.verdict = Verdict::info;
    finding.summary = fmt::format("{} answered {:.1f} % of the load", share_of_member.member,
                                  100 * share(share_of_member.completed, c.load.sustained.completed));
    findings.push_back(std::move(finding));
  }
  return findings;
}

Finding verdict_on(const LoadCase& c) {
  const auto& load = c.load;
  auto finding = finding_for(kId, subject_of(load));
  finding.attempts = static_cast<std::uint32_t>(std::min<std::uint64_t>(load.sustained.attempted, UINT32_MAX));
  finding.failed = static_cast<std::uint32_t>(std::min<std::uint64_t>(load.sustained.failed.total() + load.sustained.shed, UINT32_MAX));
  finding.expected = fmt::format("< {:.3g} % of transactions fail, < {:.3g} % of connections are reset, the rate holds to {:.0f} %",
                                 100 * c.rules.most_failed, 100 * c.rules.most_resets, 100 * c.rules.most_deviation);
  finding.observed = demonstrated(load.sustained, c.rules);
  finding.summary = fmt::format("{} carries the load: {}", subject_of(load).vip, finding.observed);
  if (!load.first_failure.empty()) finding.evidence.push_back({load.host + "/load", load.started, "", "first failure: " + load.first_failure, {}});
  const auto limit = limit_of(load);
  if (!limit.empty()) {
    set_cause(finding, "load.generator-limited");
    finding.reason = limit;
    finding.next_step = "more sources, threads, source addresses or a lower rate; then again";
    finding.summary = "the generator was the limit: " + limit;
    return finding;
  }
  if (const auto broken = breach(load.sustained, c.rules); !broken.empty()) {
    set_cause(finding, "load.failures");
    finding.observed = broken;
    finding.summary = fmt::format("{} under load: {}", subject_of(load).vip, broken);
    return finding;
  }
  if (const auto both = disagreement(load, c.served); !both.empty())
    return unknown(std::move(finding), "the two ends of the load do not agree", both,
                   "look for another load on the members, or for somebody else who answers in their place");
  std::string why;
  if (is_steady(load, c.rules, why)) return finding;
  set_cause(finding, "load.unsteady");
  finding.reason = why;
  finding.next_step = "on a quieter machine, for longer, or at a lower rate";
  finding.summary = "the load was not steady: " + why;
  return finding;
}

/// A load tells nothing of a run that makes none.
std::vector<Finding> judge_no_load(const Case&) { return {}; }

}  // namespace

std::string limit_of(const LoadObservation& load) {
  const auto& health = load.health;
  if (!load.stopped.empty()) return "stopped early: " + load.stopped;
  if (!health.error.empty()) return health.error;
  if (load.sustained.attempted == 0) return "nothing was due in the sustain phase";
  if (!load.sustained.is_settled()) return "transactions are missing from the account";
  if (health.no_port > 0) return fmt::format("{} times no port was free (EADDRNOTAVAIL)", health.no_port);
  if (health.no_descriptor > 0) return fmt::format("{} times no file could be opened (EMFILE)", health.no_descriptor);
  const double cpu = seconds(health.cpu) / std::max(seconds(health.sustained) * health.threads, 1e-9);
  if (cpu > kMostCpu && load.shape.arrivals == Arrivals::closed)
    return fmt::format("its threads used {:.0f} % of their CPUs", 100 * cpu);
  if (health.lateness_p999_us > most_lateness_us(load.shape))
    return fmt::format("it looked at what was due up to {} µs late (p99.9)", health.lateness_p999_us);
  if (cpu > kMostCpu) return fmt::format("its threads used {:.0f} % of their CPUs", 100 * cpu);
  return {};
}

double deviation_of(const LoadObservation& load) {
  const auto all = whole_seconds(load);
  if (all.empty()) return -1;
  const double sigmas = load.shape.arrivals == Arrivals::poisson ? 3 : 0;
  const auto completed = [](const LoadSecond& second) { return static_cast<double>(second.completed); };
  return greatest_deviation(all, completed, sigmas);
}

double upper_bound(std::uint64_t failed, std::uint64_t attempted) {
  if (attempted == 0) return 1;
  const auto n = static_cast<double>(attempted);
  if (failed == 0) return -std::expm1(std::log(0.05) / n);  // 1 - 0.05^(1/n): "3/n"
  // Wilson's upper limit, one-sided 95 %.
  constexpr double z = 1.6448536;
  const double p = static_cast<double>(failed) / n;
  return std::min(1.0, (p + z * z / (2 * n) + z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n));
}

LoadOutcome outcome_of(const LoadObservation& load, const LoadRules& rules) {
  LoadOutcome outcome;
  outcome.why = limit_of(load);
  outcome.is_limited = !outcome.why.empty();
  if (outcome.is_limited) return outcome;
  outcome.why = breach(load.sustained, rules);
  if (outcome.why.empty()) is_steady(load, rules, outcome.why);
  outcome.is_kept = outcome.why.empty();
  return outcome;
}

std::string disagreement(const LoadObservation& load, const std::vector<ServedLoad>& served) {
  if (served.empty()) return {};
  std::uint64_t answered = 0, body_bytes = 0;
  for (const auto& each : served) {
    answered += each.answered;
    body_bytes += each.body_bytes;
  }
  const auto& counts = load.counts;
  const auto most = counts.completed + counts.failed.total();
  if (answered < counts.completed || answered > most)
    return fmt::format("the sources had {} answers (and {} failures), the members gave {}", counts.completed, counts.failed.total(), answered);
  if (counts.failed.total() == 0 && body_bytes != counts.body_bytes)
    return fmt::format("the sources received {} bytes of objects, the members sent {}", counts.body_bytes, body_bytes);
  return {};
}

std::vector<Finding> judge_load(const LoadCase& load) {
  std::vector<Finding> findings{verdict_on(load)};
  const auto members = shares(load);
  findings.insert(findings.end(), members.begin(), members.end());
  return findings;
}

const Check load_check{
    .id = kId,
    .claim = "The virtual server carries the load that was asked of it",
    .source = "RFC 9411 §7.2 to §7.9 (validation criteria), with the deviations that each report lists",
    .needs = "a load: hairpin load; responders behind the virtual server",
    .explanation =
        "Of the transactions that were due in the sustain phase fewer than 0.001 % may fail, fewer than 0.001 % of the established "
        "connections may be reset, and the rate of no second may be 5 % off the mean. A transaction that took too long, that no "
        "connection was free for, or whose answer was not the one to its request has failed. Nought failed of n proves a rate "
        "of failures below 3/n at best: below 300,000 transactions the report says that 0.001 % is not demonstrated.\n\n"
        "A generator that was itself the limit (more than 80 % of its CPUs, looks at what is due more than 1 ms late, no port, no "
        "file, stopped early) makes the result inconclusive, whatever it measured; so does a rate that was not steady.",
    .judge = judge_no_load};

}  // namespace hairpin::checks

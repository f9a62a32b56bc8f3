// SPDX-License-Identifier: Apache-2.0
#include "checks/load/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "checks/catalogue.hpp"
#include "checks/load/figures.hpp"
#include "checks/load/limits.hpp"
#include "checks/load/ports.hpp"
#include "checks/load/steady.hpp"
#include "checks/load/words.hpp"
#include "checks/pairs.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "load";

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string demonstrated(const LoadTally& counts, const LoadRules& rules) {
  const double bound = upper_bound(counts.failed.total() + counts.shed, counts.attempted);
  const auto text = fmt::format("{} of {} failed; 95 % upper bound {:.4g} %", counts.failed.total() + counts.shed, counts.attempted,
                                100 * bound);
  return bound > rules.most_failed ? text + fmt::format(": by the rule, but {:.3g} % is not demonstrated", 100 * rules.most_failed)
                                   : text;
}

/// Failures that no want of CPU, ports or time of the generator makes.
std::uint64_t made_elsewhere(const LoadFailures& failed) {
  return failed.refused + failed.reset + failed.closed + failed.tls + failed.status + failed.garbled + failed.unreachable;
}

/// Why the load breaks the rules about failures; empty: it keeps them.
std::string breach(const LoadTally& counts, const LoadRules& rules) {
  auto failed = counts.failed;
  failed.stopped = 0;  // by us, whatever would have become of them
  const auto lost = failed.total() + counts.shed;
  const auto attempted = counts.attempted - counts.failed.stopped;
  if (share(lost, attempted) >= rules.most_failed && lost > 0)
    return fmt::format("{} of {} transactions failed ({:.3g} %): {}{}", lost, attempted, 100 * share(lost, attempted), failures_text(failed),
                       counts.shed > 0 ? fmt::format(" and {} shed", counts.shed) : "");
  if (share(counts.resets, counts.alive) >= rules.most_resets && counts.resets > 0)
    return fmt::format("{} of {} connections were reset", counts.resets, counts.alive);
  if (share(counts.unasked, counts.alive) >= rules.most_resets && counts.unasked > 0)
    return fmt::format("on {} of {} connections something came that nobody had asked for", counts.unasked, counts.alive);
  return {};
}

Finding share_of(const LoadCase& c, const std::string& member, std::uint64_t completed) {
  auto subject = subject_of(c.load);
  subject.member = member;
  auto finding = finding_for(kId, subject);
  finding.verdict = Verdict::info;
  finding.summary = fmt::format("{} answered {:.1f} % of the load", member, 100 * share(completed, c.load.sustained.completed));
  return finding;
}

/// Of so many connections for each member one that is chosen like the others gets some (0.999999 with 15 for each). Transactions do not
/// count: a balancer that looks at connections sends all of one to the same member.
bool is_enough_for_all(const LoadCase& c, const Pool& pool) {
  constexpr std::uint64_t kForEach = 15;
  return std::min(c.load.sustained.completed, c.load.counts.established) >= kForEach * pool.members.size();
}

/// What was measured is the capacity of the others.
Finding idle_member(const LoadCase& c, const Pool& pool, const std::string& member) {
  auto finding = share_of(c, member, 0);
  const auto* const server = pool.virtual_server(c.load.target.virtual_server);
  const bool is_declared = server != nullptr && server->coverage == Coverage::one_per_source;
  if (is_declared || !is_enough_for_all(c, pool)) return finding;
  set_cause(finding, "load.member-idle");
  finding.expected = fmt::format("a share of {} transactions on {} connections for each of {} members", c.load.sustained.completed,
                                 c.load.counts.established, pool.members.size());
  finding.observed = "none of them was answered by " + member;
  return finding;
}

std::vector<Finding> shares(const LoadCase& c) {
  std::vector<Finding> findings;
  if (!c.load.target.member.empty()) return findings;
  std::set<std::string> answered;
  for (const auto& share_of_member : c.load.members) {
    if (share_of_member.member.empty()) continue;
    answered.insert(share_of_member.member);
    findings.push_back(share_of(c, share_of_member.member, share_of_member.completed));
  }
  const auto* const pool = c.topology.pool(c.load.target.pool);
  if (!pool) return findings;
  for (const auto& member : pool->members)
    if (!answered.contains(member)) findings.push_back(idle_member(c, *pool, member));
  return findings;
}

std::string expected(const LoadCase& c) {
  const bool is_of_open = c.load.shape.test == LoadTest::concurrent;
  return fmt::format("< {:.3g} % of transactions fail, < {:.3g} % of connections are reset, {} to {:.0f} %", 100 * c.rules.most_failed,
                     100 * c.rules.most_resets, is_of_open ? "open connections hold" : "the rate holds",
                     100 * (is_of_open ? c.rules.most_open_deviation : c.rules.most_deviation));
}

Finding begun(const LoadCase& c) {
  const auto& load = c.load;
  auto finding = finding_for(kId, subject_of(load));
  const auto& counts = judged_tally(load);
  finding.attempts = static_cast<std::uint32_t>(std::min<std::uint64_t>(counts.attempted, UINT32_MAX));
  finding.failed = static_cast<std::uint32_t>(std::min<std::uint64_t>(counts.failed.total() + counts.shed, UINT32_MAX));
  finding.expected = expected(c);
  finding.observed = demonstrated(counts, c.rules);
  finding.summary = fmt::format("{} carries the load: {}", subject_of(load).vip, finding.observed);
  finding.evidence.push_back({load.host + "/load", load.started, "", "measured: " + figures_text(figures_of(load)), {}});
  if (!load.first_failure.empty()) finding.evidence.push_back({load.host + "/load", load.started, "", "first failure: " + load.first_failure, {}});
  return finding;
}

Finding blamed(Finding finding, std::string_view cause, std::string summary, std::string reason, std::string next_step) {
  set_cause(finding, cause);
  return unknown(std::move(finding), std::move(summary), std::move(reason), std::move(next_step));
}

/// Transactions that took longer than a hundred times what the generator was late, and that did not wait for a connection of its own.
std::uint64_t timed_out_elsewhere(const LoadObservation& load) {
  constexpr std::int64_t kTimes = 100;
  const auto late_us = load.health.lateness_us;
  const auto limit_us = std::chrono::duration_cast<std::chrono::microseconds>(load.shape.limit).count();
  const bool is_elsewhere = late_us >= 0 && kTimes * late_us <= limit_us && want_of_connections(load).empty();
  return is_elsewhere ? judged_tally(load).failed.timed_out : 0;
}

/// So much fails, in ways that are not the generator's, that its own health does not matter; nor is it a member that is busy.
bool is_plainly_broken(const LoadCase& c) {
  constexpr double kPlainly = 0.01;
  const auto& counts = judged_tally(c.load);
  const bool was_cut = !c.load.stopped.empty() && !c.load.is_hopeless;
  const auto elsewhere = made_elsewhere(counts.failed) + timed_out_elsewhere(c.load);
  return !was_cut && share(elsewhere, counts.attempted) >= kPlainly && responder_limit(c.served).empty();
}

/// What makes every figure worthless, whatever it is.
std::optional<Finding> hindered(const LoadCase& c, const Finding& finding) {
  constexpr const char* kMore = "a quieter machine, more sources, threads, connections, source addresses or ports, or a lower rate; then again";
  const auto lost = finding.failed > 0 ? "; until then " + finding.observed : std::string();
  if (!c.load.stopped.empty() && !c.load.is_hopeless)
    return blamed(finding, "load.generator-limited", "the load was stopped early: " + c.load.stopped + lost, "stopped early: " + c.load.stopped,
                  "let it come to its end");
  if (const auto limit = limit_of(c.load); !limit.empty())
    return blamed(finding, "load.generator-limited", "the generator was the limit: " + limit, limit, kMore);
  if (const auto limit = responder_limit(c.served); !limit.empty())
    return blamed(finding, "load.responder-limited", "a responder was the limit: " + limit, limit,
                  "more members, members on hosts of their own, or a lower rate; then again");
  return {};
}

/// What came is less than what was asked for, though it did not fail.
std::optional<Finding> fell_short(const LoadCase& c, Finding finding) {
  const auto [behind, too_few] = shortfall_of(c.load, c.rules.most_behind);
  if (behind.empty() && too_few.empty()) return {};
  set_cause(finding, behind.empty() ? "load.too-few-open" : "load.behind");
  finding.observed = behind.empty() ? too_few : behind;
  finding.summary = fmt::format("{} does not carry the load: {}", subject_of(c.load).vip, finding.observed);
  return finding;
}

/// What was kept is no answer to what was asked.
std::optional<Finding> unsettled(const LoadCase& c, const Finding& finding) {
  if (!c.not_repeated.empty())
    return unknown(finding, "not every load was made that was asked for: " + c.not_repeated, c.not_repeated, "mend what hinders it; then again");
  if (c.served.empty())
    return unknown(finding, "the members' account of the load is missing", "what only the sources say is half of it: a member did not say what it served",
                   "look at the members' agents; then again");
  if (const auto both = disagreement(c.load, c.served); !both.empty())
    return unknown(finding, "the two ends of the load do not agree", both,
                   "look for another load on the members, or for somebody else who answers in their place");
  if (c.load.shape.resumes && c.load.tls && c.load.sustained.resumed == 0)
    return unknown(finding, "no TLS session was resumed", fmt::format("--resume was given, and all {} handshakes were full", c.load.sustained.handshakes),
                   "look at the session cache and tickets of whoever ends TLS, or leave out --resume");
  const auto steadiness = steadiness_of(c.load, c.rules);
  if (!steadiness.broken.empty())
    return blamed(finding, "load.unsteady", "the load was not steady: " + steadiness.broken, steadiness.broken,
                  "on a quieter machine, for longer, or at a lower rate");
  if (!steadiness.unknown.empty())
    return unknown(finding, "whether the load was steady cannot be told: " + steadiness.unknown, steadiness.unknown,
                   "a longer sustain phase (--seconds) or a higher rate");
  if (c.search_limit.empty()) return {};
  return blamed(finding, "load.generator-limited",
                fmt::format("{} carries at least {:.0f}/s: above that the search could not tell", subject_of(c.load).vip, c.highest_kept),
                "above that: " + c.search_limit, "more sources or threads; then search again");
}

/// Most of what failed never reached a member, by the account of both ends.
bool are_lost_on_the_way(const LoadCase& c) {
  const auto& failed = c.load.counts.failed;
  const auto elsewhere = made_elsewhere(failed) + failed.timed_out + failed.other;
  return !c.served.empty() && elsewhere > 0 && 2 * never_arrived(c) >= elsewhere;
}

Finding verdict_on(const LoadCase& c) {
  auto finding = begun(c);
  if (const auto foreign = c.load.counts.failed.foreign; foreign > 0) {
    set_cause(finding, "load.foreign-answers");
    finding.observed = fmt::format("{} of {} answers were not signed with the key of this run", foreign, foreign + c.load.counts.completed);
    finding.summary = fmt::format("somebody who is no responder of this run answers at {}: {}", subject_of(c.load).vip, finding.observed);
    return finding;
  }
  const auto broken = breach(judged_tally(c.load), c.rules);
  if (!is_plainly_broken(c))
    if (auto worthless = hindered(c, finding)) return *worthless;
  if (!broken.empty()) {
    set_cause(finding, are_lost_on_the_way(c) ? "load.never-arrived" : "load.failures");
    finding.observed = broken;
    finding.summary = fmt::format("{} under load: {}", subject_of(c.load).vip, broken);
    return finding;
  }
  if (auto less = fell_short(c, finding)) return *less;
  if (auto open = unsettled(c, finding)) return *open;
  return finding;
}

/// A load tells nothing of a run that makes none.
std::vector<Finding> judge_no_load(const Case&) { return {}; }

}  // namespace

double upper_bound(std::uint64_t failed, std::uint64_t attempted) {
  if (attempted == 0) return 1;
  const auto n = static_cast<double>(attempted);
  if (failed == 0) return -std::expm1(std::log(0.05) / n);  // 1 - 0.05^(1/n): "3/n"
  // Wilson's upper limit, one-sided 95 %.
  constexpr double z = 1.6448536;
  const double p = static_cast<double>(failed) / n;
  return std::min(1.0, (p + z * z / (2 * n) + z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n));
}

LoadOutcome outcome_of(const LoadObservation& load, const LoadRules& rules, const std::vector<ServedLoad>& served) {
  LoadOutcome outcome;
  outcome.why = limit_of(load);
  if (outcome.why.empty()) outcome.why = responder_limit(served);
  outcome.is_limited = !outcome.why.empty();
  if (outcome.is_limited) return outcome;
  outcome.why = breach(judged_tally(load), rules);
  if (outcome.why.empty()) outcome.why = shortfall_of(load, rules.most_behind_in_trial).behind;
  if (!outcome.why.empty()) return outcome;
  const auto steadiness = steadiness_of(load, rules);  // what was not steady, or too short to tell, tells nothing of what the network carries
  outcome.why = steadiness.broken.empty() ? steadiness.unknown : steadiness.broken;
  outcome.is_limited = !outcome.why.empty();
  outcome.is_kept = !outcome.is_limited;
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
        "Of the transactions that were due in the sustain phase fewer than 0.001 % may fail, fewer than 0.001 % of the connections "
        "that lived in it may be reset, or bring something that nobody asked for, none may be answered by somebody who does not have the run's key, and the rate of no second may be 5 % off the mean (of concurrent connections: their number "
        "10 %). In the later half of the phase transactions have to be completed as fast as they were due (less than 5 %, and less than one "
        "second, may pile up; where they only waited for a free connection, more connections are needed), and of concurrent connections as many have to be open as were asked for (99 % on average). A transaction that took too long, that no "
        "connection was free for, or whose answer was not the one to its request has failed. Nought failed of n proves a rate "
        "of failures below 3/n at best: below 300,000 transactions the report says that 0.001 % is not demonstrated.\n\n"
        "A generator that was itself the limit (more than 80 % of its CPUs, looks at what is due more than 1 ms late, no port, no "
        "file, no memory, its host's ceiling, too few connections, stopped early) makes the result inconclusive, unless 1 % failed in ways that are not its own "
        "(refused, reset, closed, wrong answers, or slower than a hundred times what it was late); so does a responder that used "
        "more than 90 % of its CPU, a rate that was not steady or is too short to tell, a search that ended at the generator's limit, "
        "loads of --repeat that could not be made, a member that did not say what it served, and --resume where no session was resumed.",
    .judge = judge_no_load};

}  // namespace hairpin::checks

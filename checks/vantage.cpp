// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "checks/balancer_view.hpp"
#include "checks/catalogue.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "vantage";

/// Hosts that the plan needs: sources, and whoever was given an agent. A member without one may still be seen.
std::set<std::string> needed_hosts(const Case& c) {
  std::set<std::string> hosts;
  for (const auto& planned : c.plan.sources) {
    if (planned.skip_reason.empty()) hosts.insert(planned.source);
  }
  for (const auto& host : c.topology.hosts)
    if (host.agent || facts_of_balancer(c, host.name)) hosts.insert(host.name);
  return hosts;
}

std::string_view cause_of(AgentState state) {
  switch (state) {
    case AgentState::lost: return "vantage.lost";
    case AgentState::no_privilege: return "vantage.no-privilege";
    case AgentState::refused: return "vantage.not-ready";
    default: return "vantage.no-agent";
  }
}

void judge_capture(Finding& finding, const CaptureFacts& capture) {
  const auto where = capture.host + "/" + capture.interface;
  if (!finding.cause.empty()) return;
  if (capture.lacks_privilege) {
    set_cause(finding, "vantage.no-privilege");
    finding.reason = where + ": " + capture.error;
  } else if (!capture.error.empty() || !capture.is_proven_before || !capture.is_proven_after) {
    set_cause(finding, "vantage.blind");
    finding.reason = where + ": " + (capture.error.empty() ? "its canary was not seen" : capture.error);
  } else if (capture.dropped > 0) {
    set_cause(finding, "vantage.drops");
    finding.reason = fmt::format("{}: {} of {} packets were dropped", where, capture.dropped, capture.received);
  }
}

std::string word_for(UnitState state) {
  std::string word = boost::describe::enum_to_string(state, "");
  std::replace(word.begin(), word.end(), '_', ' ');
  return word;
}

/// What a load balancer that was asked is good for as a vantage; `finding` is what its agent is good for.
void judge_state(Finding& finding, const Case& c, const BalancerFacts& facts) {
  if (!finding.cause.empty()) return;
  const auto& pools = c.topology.pools;
  const bool has_pool = std::any_of(pools.begin(), pools.end(), [&](const Pool& pool) { return pool.load_balancer == facts.host; });
  const auto missing = fmt::format("{}", fmt::join(facts.missing, "; "));
  const auto is_doubtful = [](UnitState state) { return state != UnitState::active && state != UnitState::unknown; };
  if (facts.answered == 0) {
    set_cause(finding, "vantage.no-state");
    finding.reason = facts.missing.empty() ? facts.through + " was not asked" : missing;
  } else if (has_pool && (is_doubtful(facts.before) || is_doubtful(facts.after))) {
    set_cause(finding, "vantage.standby-unit");
    finding.reason = fmt::format("{} says that it was {} before the run and {} after it", facts.through, word_for(facts.before), word_for(facts.after));
  } else if (!facts.missing.empty()) {
    finding.verdict = Verdict::info;
    finding.reason = "it did not say everything: " + missing;
  }
}

std::string_view next_step_of(std::string_view cause) {
  if (cause == "vantage.no-agent") return "start `hairpin agent` there and name it in the topology";
  if (cause == "vantage.standby-unit") return "ask the active unit, then run again";
  return "mend what the reason says, then run again";
}

/// Of a load balancer that has no agent and is asked all the same.
Finding judge_asked(Finding finding, const Case& c, const BalancerFacts& facts) {
  finding.expected = "a load balancer that says what it sees";
  finding.observed = fmt::format("{} of {} questions answered by {}", facts.answered, facts.asked, facts.through);
  judge_state(finding, c, facts);
  if (finding.cause.empty()) {
    finding.summary = fmt::format("{} was asked: {}", finding.subject.host, finding.observed);
    return finding;
  }
  finding.summary = fmt::format("{}: {}", finding.subject.host, finding.summary);
  finding.next_step = next_step_of(finding.cause);
  return finding;
}

Finding judge_host(const Case& c, const std::string& host) {
  Subject subject;
  subject.host = host;
  auto finding = finding_for(kId, subject);
  const auto* asked = facts_of_balancer(c, host);
  const auto* declared = c.topology.host(host);
  if (asked && declared && !declared->agent) return judge_asked(std::move(finding), c, *asked);
  finding.expected = "an agent whose captures see every packet of the plan";
  const auto agent = c.sight.agent_of.find(host);
  if (agent == c.sight.agent_of.end() || agent->second->state != AgentState::ready) {
    set_cause(finding, agent == c.sight.agent_of.end() ? "vantage.no-agent" : cause_of(agent->second->state));
    finding.reason = agent == c.sight.agent_of.end() ? "the topology names no agent for this host" : agent->second->detail;
  }
  std::size_t captures = 0;
  std::uint64_t kept = 0;
  for (const auto& capture : c.observations.captures)
    if (capture.host == host) {
      judge_capture(finding, capture);
      ++captures;
      kept += capture.kept;
    }
  if (finding.cause.empty() && captures == 0) {
    set_cause(finding, "vantage.blind");
    finding.reason = "the agent has no capture";
  }
  if (asked) judge_state(finding, c, *asked);
  if (!finding.cause.empty()) {
    finding.summary = fmt::format("{}: {}", host, finding.summary);
    finding.next_step = next_step_of(finding.cause);
    return finding;
  }
  finding.observed = fmt::format("{} captures proven, {} packets kept, none dropped", captures, kept);
  finding.summary = fmt::format("{} watched: {}", host, finding.observed);
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  for (const auto& host : needed_hosts(c)) findings.push_back(judge_host(c, host));
  return findings;
}

}  // namespace

const Check vantage{
    .id = kId,
    .claim = "Every vantage that the plan needs was there, proven, and lost nothing",
    .source = "design: every \"nothing was seen\" has a positive control",
    .needs = "agents",
    .explanation =
        "Each capture proves itself before the first and after the last connection by a canary frame that it must see, and "
        "counts what the kernel dropped. A host without agent, without privilege, or lost on the way makes what depended on "
        "it `inconclusive`; the rest is judged. A load balancer that the run asks (`state`) and that does not answer, or answers that it is not the "
        "active unit, is a missing vantage as well; what it left out of its answers is named (`info`). A load balancer or a member without an agent that opens no connections is no finding: others may see it, and "
        "what nobody saw is inconclusive by itself.",
    .judge = judge};

}  // namespace hairpin::checks

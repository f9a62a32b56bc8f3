// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/catalogue.hpp"
#include "checks/grade.hpp"
#include "checks/root_cause.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "return-path";

std::string expected_of(const Pair& pair) {
  const auto vip = to_string(pair.planned->vip);
  return pair.server->expect.return_path == ReturnPath::direct
             ? fmt::format("replies from {} directly, past {}", vip, pair.load_balancer())
             : fmt::format("SYN-ACK from {} through {}", vip, pair.load_balancer());
}

/// What the trips of one pair add up to.
struct Tally {
  std::size_t violated = 0, graded = 0;
  std::optional<Finding> first_violation;
  std::optional<Graded> worst;
  std::string explanation;  ///< check of another root cause
};

bool is_return_path_cause(std::string_view cause) { return cause.starts_with("return-path."); }

void add_violation(Tally& tally, const Pair& pair, std::string_view cause, std::string observed, std::string summary,
                   std::vector<Evidence> evidence) {
  ++tally.violated;
  if (tally.first_violation) return;
  auto finding = finding_for(kId, pair.subject());
  set_cause(finding, cause);
  finding.grade = Grade::violated;
  finding.observed = std::move(observed);
  if (!summary.empty()) finding.summary = std::move(summary);
  finding.evidence = std::move(evidence);
  tally.first_violation = std::move(finding);
}

void add_trip(Tally& tally, const Case& c, const Pair& pair, const Trip& trip) {
  auto root = root_cause(c, pair, trip);
  if (is_return_path_cause(root.cause)) {
    add_violation(tally, pair, root.cause, root.observed, root.summary, std::move(root.evidence));
    return;
  }
  auto graded = grade_return_path(c, pair, trip);
  if (graded.grade == Grade::violated) {
    add_violation(tally, pair, graded.cause, graded.observed, "", std::move(graded.evidence));
  } else if (graded.is_known) {
    ++tally.graded;
    if (!tally.worst || graded.grade > tally.worst->grade) tally.worst = std::move(graded);
  } else if (!root.cause.empty()) {
    tally.explanation = check_of(root.cause);
  }
}

Finding conclude(const Pair& pair, Tally tally) {
  if (tally.first_violation) {
    auto finding = std::move(*tally.first_violation);
    finding.expected = expected_of(pair);
    set_attempts(finding, pair.trips.size(), tally.violated);
    return finding;
  }
  auto finding = finding_for(kId, pair.subject());
  finding.expected = expected_of(pair);
  finding.attempts = static_cast<std::uint32_t>(pair.trips.size());
  if (tally.worst) {
    finding.grade = tally.worst->grade;
    finding.observed = tally.worst->observed;
    finding.evidence = tally.worst->evidence;
    finding.summary = fmt::format("{} → {} comes back the way it went out ({})", pair.planned->source, pair.member,
                                  boost::describe::enum_to_string(*finding.grade, ""));
    if (*finding.grade != Grade::asserted) return finding;
    finding.verdict = Verdict::inconclusive;
    finding.summary = fmt::format("{} → {}: the reply has the right tuple, but its way is not known", pair.planned->source, pair.member);
    finding.reason = "the tuple alone cannot tell direct return from the way through the load balancer";
    finding.next_step = fmt::format("run an agent with capture on {} or {}", pair.planned->source, pair.member);
    return finding;
  }
  if (!tally.explanation.empty()) {
    return skip(kId, pair.subject(), "no reply was seen that could be judged",
                finding_id(tally.explanation, pair.subject()));
  }
  finding.verdict = Verdict::inconclusive;
  finding.summary = fmt::format("{} → {}: no reply was seen", pair.planned->source, pair.member);
  finding.reason = "no reply was seen, and the evidence does not say why";
  finding.next_step = "run again; give the member a capture";
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  for (const auto& pair : pairs_of(c)) {
    if (auto left_out = not_judged(kId, pair)) {
      findings.push_back(std::move(*left_out));
    } else {
      Tally tally;
      for (const auto* trip : pair.trips) add_trip(tally, c, pair, *trip);
      findings.push_back(conclude(pair, std::move(tally)));
    }
  }
  return findings;
}

}  // namespace

const Check return_path{
    .id = kId,
    .claim = "Every connection comes back the way it went out",
    .source = "topology: expect.return_path; RFC 9293 §3.10.7.3 (why the third address is reset)",
    .needs = "captures at the source and the member; the balancer's capture makes it proven",
    .explanation =
        "Grades: `proven` – tuple, MAC and interface agree at each vantage, or the balancer's own capture saw both legs both "
        "ways; `consistent` – the tuple everywhere, and at one vantage a MAC, a SNAT address of the balancer seen by the "
        "member, or a destination that only the balancer can have translated back; `asserted` – the tuple only, which is "
        "`inconclusive`; `violated` – a SYN-ACK from a third address, the own SYN that came back, or a reply sent to a MAC "
        "that is not the balancer's and that the balancer, watching, did not get. A different router's MAC alone is no fault: "
        "gateways are groups of MACs. With `return_path: direct` the rule is inverted.",
    .judge = judge};

}  // namespace hairpin::checks

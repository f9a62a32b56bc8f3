// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/catalogue.hpp"
#include "checks/cause/losses.hpp"
#include "checks/pairs.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "loss";

Finding judge_source(const Case& c, const Pair& pair) {
  const auto subject = pair.source_subject();
  if (!pair.planned->skip_reason.empty()) return skip(kId, subject, pair.planned->skip_reason);
  auto finding = finding_for(kId, subject);
  std::size_t lost = 0, losing = 0;
  for (const auto& trip : c.trips) {
    if (!belongs_to(trip, *pair.planned)) continue;
    // What a fault of its own explains is that fault's: a filter loses packets as well.
    if (!trip.is_answered() && !is_losing_otherwise(c, trip)) continue;
    const auto losses = losses_of(c, trip);
    if (!losses.is_comparable) continue;
    ++finding.attempts;
    lost += losses.lost;
    if (losses.lost > 0) ++losing;
    if (finding.evidence.empty()) finding.evidence = losses.evidence;
  }
  if (finding.attempts == 0) {
    auto skipped = skip(kId, subject, "no answered connection was seen by two captures");
    skipped.next_step = "run an agent at both ends of a leg, if the path is suspected to lose packets";
    return skipped;
  }
  finding.expected = "every segment arrives";
  finding.observed = fmt::format("{} segments lost in {} of {} connections", lost, losing, finding.attempts);
  finding.summary = fmt::format("{} loses no packets on the way", pair.planned->source);
  if (lost == 0) return finding;
  set_cause(finding, "path.loss");
  finding.failed = static_cast<std::uint32_t>(losing);
  finding.summary = fmt::format("{}: {}", pair.planned->source, finding.observed);
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  for (const auto& pair : pairs_of(c))
    if (pair.is_first_of_source) findings.push_back(judge_source(c, pair));
  return findings;
}

}  // namespace

const Check loss{
    .id = kId,
    .claim = "No packet is lost on the way",
    .source = "design: a lossy path is a warning, never a fault of the pool",
    .needs = "captures at both ends of a leg; without them a SYN that was sent again before it was answered",
    .explanation =
        "SYNs, SYN-ACKs and segments that were sent again are counted where they left and where they arrived, between "
        "captures that lost nothing themselves; a leg on which something gives SYNs other numbers or addresses cannot be "
        "compared so. A connection that fails for want of packets on a path that loses packets of "
        "answered connections too is `path.loss`, a warning; one that fails while others of the same source lose nothing is "
        "judged as filtered, lost or silent. A connection whose SYN was sent again waits for a second or more.",
    .judge = judge};

}  // namespace hairpin::checks

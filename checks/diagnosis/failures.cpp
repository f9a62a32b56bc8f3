// SPDX-License-Identifier: Apache-2.0
#include "checks/diagnosis/failures.hpp"

#include <algorithm>

#include "checks/cause/grade.hpp"
#include "checks/cause/root_cause.hpp"

namespace hairpin::checks {
namespace {

const Pair* pair_of(const std::vector<Pair>& pairs, const Subject& subject) {
  auto of_source = subject;
  of_source.member.clear();
  const auto found = std::find_if(pairs.begin(), pairs.end(),
                                  [&](const Pair& pair) { return pair.source_subject() == of_source; });
  return found == pairs.end() ? nullptr : &*found;
}

/// The trips of a finding about a whole source are those of its check: after an idle time, or the ones that got nowhere.
Trips trips_of(const Case& c, const Pair& pair, const Finding& finding) {
  if (!finding.subject.member.empty()) return trips_of(c, pair, finding.subject.member);
  Trips idled, landless, all;
  for (const auto& trip : c.trips) {
    if (trip.probe->idled && is_through(trip, *pair.planned)) idled.push_back(&trip);
    if (!belongs_to(trip, *pair.planned)) continue;
    all.push_back(&trip);
    if (trip.member.empty() || has_strayed(c, pair, trip)) landless.push_back(&trip);
  }
  if (finding.check == "idle") return idled;
  return finding.check == "loss" || landless.empty() ? all : landless;
}

bool fails_for(const Case& c, const Pair& pair, const Trip& trip, const Finding& finding) {
  if (finding.check == "idle") return !trip.is_answered() && trip.probe->ended_in >= Phase::request;
  const auto root = root_cause(c, pair, trip);
  if (root.cause == finding.cause) return true;
  const bool is_graded = finding.check == "return-path" && !root.cause.starts_with("return-path.");
  return is_graded && grade_return_path(c, pair, trip).cause == finding.cause;
}

Failure failure_of(const Case& c, const Pair& pair, const Finding& finding) {
  Failure failure{&finding, &pair, {}, false};
  auto all = trips_of(c, pair, finding);
  std::copy_if(all.begin(), all.end(), std::back_inserter(failure.trips),
               [&](const Trip* trip) { return fails_for(c, pair, *trip, finding); });
  const auto is_answered = [](const Trip* trip) { return has_succeeded(*trip); };
  failure.is_broken = !failure.trips.empty() || std::none_of(all.begin(), all.end(), is_answered);
  if (failure.trips.empty()) failure.trips = std::move(all);
  return failure;
}

bool is_named(const Finding& finding, const Diagnosis& diagnosis) {
  return std::find(diagnosis.findings.begin(), diagnosis.findings.end(), finding.id) != diagnosis.findings.end();
}

}  // namespace

Trips trips_of(const Case& c, const Pair& pair, const std::string& member) {
  Trips trips;
  for (const auto& trip : c.trips)
    if (belongs_to(trip, *pair.planned) && trip.member == member) trips.push_back(&trip);
  return trips;
}

std::vector<Failure> failures_of(const Case& c, const std::vector<Pair>& pairs, const std::vector<Finding>& findings,
                                 const Diagnosis& diagnosis) {
  std::vector<Failure> failures;
  for (const auto& finding : findings) {
    const auto* pair = is_named(finding, diagnosis) ? pair_of(pairs, finding.subject) : nullptr;
    if (!pair) continue;
    auto failure = failure_of(c, *pair, finding);
    if (failure.trips.empty()) continue;
    const auto same = std::find_if(failures.begin(), failures.end(), [&](const Failure& other) {
      return other.finding->subject == finding.subject;
    });
    if (same == failures.end()) failures.push_back(std::move(failure));
    else if (failure.is_broken && !same->is_broken) *same = std::move(failure);
  }
  const auto is_broken = [](const Failure& failure) { return failure.is_broken; };
  if (std::any_of(failures.begin(), failures.end(), is_broken))
    std::erase_if(failures, [](const Failure& failure) { return !failure.is_broken; });
  return failures;
}

}  // namespace hairpin::checks

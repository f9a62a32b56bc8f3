// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/cause/losses.hpp"
#include "checks/cause/root_cause.hpp"
#include "checks/pairs.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "idle";

/// The RST that ended the idle connection, as the source saw it.
const PacketObservation* reset_of(const Trip& trip) {
  const auto* flow = trip.client_leg_at(trip.probe->host);
  return flow ? flow->first_reset() : nullptr;
}

/// What ended a connection that had been established and then idle; empty: it was answered, or it ended before.
std::string_view cause_of(const ProbeObservation& probe) {
  if (probe.ended_in < Phase::request) return {};
  if (probe.end == End::reset || probe.end == End::closed) return "reset.idle-timeout";
  return probe.end == End::silent ? "idle.dropped-silently" : "";
}

bool is_ever_answered(const Case& c, const PlannedSource& source, const std::string& member = {}) {
  return std::any_of(c.trips.begin(), c.trips.end(), [&](const Trip& trip) {
    return belongs_to(trip, source) && trip.is_answered() && (member.empty() || trip.member == member);
  });
}

/// The request that left after the rest, by the source's reliable capture, and that nobody acknowledged; null otherwise. A
/// kernel acknowledges also for a program that hangs: then nothing on the path dropped it.
const PacketObservation* unacknowledged_request(const Case& c, const Trip& trip) {
  const auto* flow = trip.client_leg_at(trip.probe->host);
  if (!flow || !c.sight.is_reliable(trip.probe->host)) return nullptr;
  const auto* request = flow->first_that([&](const PacketObservation& packet) {
    return flow->is_forward(packet) && packet.payload_bytes > 0 && packet.time >= trip.probe->started + *trip.probe->idled;
  });
  if (!request) return nullptr;
  const auto* acknowledgement = flow->first_that([&](const PacketObservation& packet) {
    return !flow->is_forward(packet) && packet.has(kAck) && static_cast<std::int32_t>(packet.acknowledgement - request->sequence) > 0;
  });
  return acknowledgement ? nullptr : request;
}

/// Who was to answer by hairpin's own responder, which was not running; empty: nobody that may have been asked.
std::string without_responder(const Case& c, const PlannedSource& source, const Trip& trip) {
  for (const auto& member : source.members)
    if ((trip.member.empty() || trip.member == member) && lacks_responder(c, member)) return member;
  return {};
}

/// What else may have ended the connection; empty: nothing but its rest.
std::string doubt_about(const Case& c, const PlannedSource& source, const Trip& trip) {
  if (const auto member = without_responder(c, source, trip); !member.empty())
    return "hairpin's responder on " + member + " was not running";
  if (!is_ever_answered(c, source, trip.member)) return "no connection without a rest was answered either";
  if (trip.probe->end != End::silent) return {};
  if (!unacknowledged_request(c, trip)) return "nothing shows that the request was dropped: no reliable capture, or it was acknowledged";
  return is_losing_otherwise(c, trip) ? "the path loses packets" : "";
}

void fail(const Case& c, Finding& finding, const Trip& trip, std::string_view cause) {
  set_cause(finding, cause);
  const auto* word = trip.probe->end == End::reset    ? "a RST answered the request"
                     : trip.probe->end == End::closed ? "the connection was closed"
                                                      : "nothing answered the request";
  finding.observed = fmt::format("after {} s idle: {}", std::chrono::floor<std::chrono::seconds>(*trip.probe->idled).count(), word);
  finding.evidence.push_back(probe_evidence(*trip.probe));
  if (const auto* reset = reset_of(trip)) finding.evidence.push_back(packet_evidence(*reset, MatchKey::isn));
  if (const auto* request = unacknowledged_request(c, trip)) finding.evidence.push_back(packet_evidence(*request, MatchKey::isn));
}

Finding judge_source(const Case& c, const PlannedIdle& planned, const PlannedSource& source) {
  Pair pair;
  pair.planned = &source;
  auto finding = finding_for(kId, pair.source_subject());
  finding.expected = fmt::format("a connection that was idle for {} s is answered", planned.idle.count() / 1000);
  std::size_t failed = 0, answered = 0;
  std::string doubt;
  for (const auto& trip : c.trips) {
    if (!trip.probe->idled || !is_through(trip, source)) continue;
    const auto cause = cause_of(*trip.probe);
    if (trip.is_answered()) ++answered;
    if (cause.empty()) continue;
    const auto other = doubt_about(c, source, trip);
    if (!other.empty()) doubt = other;
    if (other.empty() && failed++ == 0) fail(c, finding, trip, cause);
  }
  finding.attempts = static_cast<std::uint32_t>(answered + failed);
  if (failed > 0) {
    set_attempts(finding, finding.attempts, failed);
    finding.summary = fmt::format("{}: {}", source.source, finding.summary);
    return finding;
  }
  if (answered == 0 && !is_ever_answered(c, source))
    return skip(kId, pair.source_subject(), "no connection was established that could be idle",
                finding_id("reachability", pair.source_subject()));
  const auto summary = fmt::format("not known whether {}'s connection survives its rest", source.source);
  if (answered == 0 && !doubt.empty()) return unknown(std::move(finding), summary, doubt, "mend that, then run again");
  if (answered == 0)
    return unknown(std::move(finding), summary, "no connection was established, it ended before the request, or --limit left no time for its rest",
                   "see the reachability finding of " + source.source);
  finding.observed = fmt::format("{} of {} answered", answered, answered);
  finding.summary = fmt::format("{}'s connection survives {} s idle", source.source, planned.idle.count() / 1000);
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  for (const auto& planned : c.plan.idles)
    findings.push_back(judge_source(c, planned, c.plan.sources[planned.source]));
  return findings;
}

}  // namespace

const Check idle{
    .id = kId,
    .claim = "A connection survives the idle time that the topology promises",
    .source = "topology: expect.idle; RFC 5382 REQ-5",
    .needs = "probe; a capture at the source shows the RST, and that a request was dropped",
    .explanation =
        "After everything else one connection of each source is established and then says nothing for the promised time. "
        "Then it asks. An answer passes. A RST or an orderly close is `reset.idle-timeout`; no answer at all is "
        "`idle.dropped-silently`, which is worse: neither end is told, and the caller waits for its own time limit. It "
        "takes the source's own capture of a request that nobody acknowledged. A failed connection is tried once more. "
        "Inconclusive where something else may have ended it: our responder was not running, a path that loses packets, a "
        "service that answers nobody. A connection that fails before it could be idle is judged by the other checks.",
    .judge = judge};

}  // namespace hairpin::checks

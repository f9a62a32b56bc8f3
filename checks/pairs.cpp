// SPDX-License-Identifier: Apache-2.0
#include "checks/pairs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/causes.hpp"
#include "checks/subject.hpp"

namespace hairpin::checks {
namespace {

const Pool& pool_named(const Topology& topology, const std::string& name) {
  return *std::find_if(topology.pools.begin(), topology.pools.end(), [&](const Pool& p) { return p.name == name; });
}

const VirtualServer& server_named(const Pool& pool, const std::string& name) {
  return *std::find_if(pool.virtual_servers.begin(), pool.virtual_servers.end(),
                       [&](const VirtualServer& server) { return server.name == name; });
}

Pair pair_of(const Case& c, const PlannedSource& planned, const std::string& member) {
  Pair pair;
  pair.planned = &planned;
  pair.pool = &pool_named(c.topology, planned.pool);
  pair.server = &server_named(*pair.pool, planned.virtual_server);
  pair.member = member;
  pair.skip_reason = planned.skip_reason;
  for (const auto& trip : c.trips) {
    if (!belongs_to(trip, planned)) continue;
    if (trip.member == member) pair.trips.push_back(&trip);
    if (trip.member.empty()) pair.landless.push_back(&trip);
  }
  return pair;
}

}  // namespace

bool belongs_to(const Trip& trip, const PlannedSource& planned) {
  return !trip.probe->idled && !trip.probe->question && is_through(trip, planned);
}

bool is_through(const Trip& trip, const PlannedSource& planned) {
  const auto& target = trip.probe->target;
  return !trip.is_direct() && trip.probe->host == planned.source && target.endpoint == planned.vip &&
         target.virtual_server == planned.virtual_server;
}

Subject Pair::source_subject() const {
  return subject_of(planned->source, {planned->pool, planned->virtual_server, {}, planned->vip});
}

Subject Pair::subject() const {
  auto subject = source_subject();
  subject.member = member;
  return subject;
}

std::vector<Pair> pairs_of(const Case& c) {
  std::vector<Pair> pairs;
  for (const auto& planned : c.plan.sources) {
    const auto first = pairs.size();
    for (const auto& member : planned.members) pairs.push_back(pair_of(c, planned, member));
    for (const auto& skipped : c.plan.skipped) {
      const bool is_here = skipped.source == planned.source && skipped.pool == planned.pool &&
                           skipped.virtual_server == planned.virtual_server &&
                           skipped.family == planned.vip.address.family;
      if (!is_here) continue;
      pairs.push_back(pair_of(c, planned, skipped.member));
      pairs.back().skip_reason = skipped.reason;
    }
    if (first < pairs.size()) pairs[first].is_first_of_source = true;
  }
  return pairs;
}

Finding finding_for(std::string_view check, const Subject& subject) {
  Finding finding;
  finding.check = check;
  finding.subject = subject;
  finding.id = finding_id(finding.check, subject);
  finding.verdict = Verdict::pass;
  return finding;
}

void set_cause(Finding& finding, std::string_view cause) {
  const auto* row = find_cause(cause);
  finding.cause = cause;
  finding.verdict = row->verdict;
  finding.summary = row->title;
}

Finding unknown(Finding finding, std::string summary, std::string reason, std::string next_step) {
  finding.verdict = Verdict::inconclusive;
  finding.summary = std::move(summary);
  finding.reason = std::move(reason);
  finding.next_step = std::move(next_step);
  return finding;
}

Finding skip(std::string_view check, const Subject& subject, std::string reason, std::string explained_by) {
  auto finding = finding_for(check, subject);
  finding.verdict = Verdict::skip;
  finding.summary = "not judged: " + reason;
  finding.reason = std::move(reason);
  finding.explained_by = std::move(explained_by);
  finding.next_step = finding.explained_by.empty() ? "nothing: it was left out on purpose"
                                                   : "mend what " + finding.explained_by + " names, then run again";
  return finding;
}

std::optional<Finding> not_judged(std::string_view check, const Pair& pair) {
  if (!pair.skip_reason.empty()) return skip(check, pair.subject(), pair.skip_reason);
  if (pair.trips.empty()) return skip(check, pair.subject(), "never seen", finding_id("coverage", pair.subject()));
  return {};
}

std::string_view name(MatchKey key) { return boost::describe::enum_to_string(key, ""); }

Evidence packet_evidence(const PacketObservation& packet, MatchKey match) {
  Evidence evidence;
  evidence.vantage = packet.host + "/" + packet.interface;
  evidence.time = packet.time;
  evidence.match = match == MatchKey::none ? "" : std::string(name(match));
  evidence.text = tcpdump_form(packet);
  evidence.frame = packet.frame;
  return evidence;
}

Evidence probe_evidence(const ProbeObservation& probe) {
  Evidence evidence;
  evidence.vantage = probe.host + "/probe";
  evidence.time = probe.started;
  const auto local = probe.local ? tcpdump_form(*probe.local) : probe.host;
  evidence.text = fmt::format("{} > {}: {} in phase {}{}", local, tcpdump_form(probe.target.endpoint),
                              boost::describe::enum_to_string(probe.end, ""),
                              boost::describe::enum_to_string(probe.ended_in, ""),
                              probe.error.empty() ? "" : " (" + probe.error + ")");
  return evidence;
}

void set_attempts(Finding& finding, std::size_t attempts, std::size_t failed) {
  finding.attempts = static_cast<std::uint32_t>(attempts);
  finding.failed = static_cast<std::uint32_t>(failed);
  if (finding.verdict == Verdict::fail) finding.confirmed = failed == attempts && attempts > 1;
}

}  // namespace hairpin::checks

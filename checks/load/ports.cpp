// SPDX-License-Identifier: Apache-2.0
#include "checks/load/ports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "checks/load/words.hpp"
#include "checks/pairs.hpp"

namespace hairpin::checks {
namespace {

/// Fewer ports than these may be chance, or connections that a balancer keeps and uses again.
constexpr std::uint32_t kLeastPorts = 8;
/// Of a range: seen, and open at once. The member sees a connection begin and end a moment later than the balancer.
constexpr double kNearlyAll = 0.9;
/// Of connections, those from a port below that of the one before: more than a counter would have.
constexpr double kUnordered = 0.25;

bool is_a_sources_own(const LoadCase& c, const IpAddress& address) {
  return std::any_of(c.sources.begin(), c.sources.end(), [&](const LoadObservation& source) {
    const auto* host = c.topology.host(source.host);
    return host && std::find(host->addresses.begin(), host->addresses.end(), address) != host->addresses.end();
  });
}

/// Every port of a range, and nearly all of them at once.
bool were_all_open(const ServedPorts& ports) {
  const auto range = static_cast<double>(ports.last - ports.first) + 1;
  const auto distinct = static_cast<double>(ports.distinct);
  return ports.distinct >= kLeastPorts && distinct >= kNearlyAll * range && ports.connections >= ports.distinct && ports.most_open >= kNearlyAll * distinct;
}

/// A counter leaves whole ranges, too: of a range that ends, a port was used twice, or they came in no order.
bool has_come_round(const ServedPorts& ports) {
  return ports.connections > ports.distinct || static_cast<double>(ports.descents) >= kUnordered * ports.distinct;
}

/// … or it is the same one towards another member: what a counter had come to when it was stopped would differ.
bool is_same_elsewhere(const LoadCase& c, const ServedLoad& member, const ServedPorts& ports) {
  const auto is_same = [&ports](const ServedPorts& other) {
    return other.address == ports.address && other.first == ports.first && other.last == ports.last && were_all_open(other);
  };
  return std::any_of(c.served.begin(), c.served.end(), [&](const ServedLoad& other) {
    return other.member != member.member && std::any_of(other.ports.begin(), other.ports.end(), is_same);
  });
}

/// The balancer kept the source ports, which the sources were told to take.
bool are_the_sources_own(const LoadCase& c, const ServedPorts& ports) {
  return c.load.shape.first_port > 0 && ports.first >= c.load.shape.first_port && ports.last <= c.load.shape.last_port;
}

Evidence members_words(const LoadCase& c, const ServedLoad& member, const ServedPorts& ports) {
  return {member.member + "/responder", c.load.started, "",
          fmt::format("{} connections from {}, {} ports ({} to {}), {} of them open at once", ports.connections, to_string(ports.address),
                      ports.distinct, ports.first, ports.last, ports.most_open),
          {}};
}

Finding found(const LoadCase& c, std::uint64_t lost, std::vector<Evidence> evidence, const std::string& where) {
  auto subject = subject_of(c.load);
  auto finding = finding_for("snat", subject);
  set_cause(finding, kPortsExhausted);
  finding.attempts = static_cast<std::uint32_t>(std::min<std::uint64_t>(c.load.counts.connections, UINT32_MAX));
  finding.failed = static_cast<std::uint32_t>(std::min<std::uint64_t>(lost, UINT32_MAX));
  finding.expected = "a source port of the balancer for every connection";
  finding.observed = fmt::format("{}; {} of {} connections never reached a member", where, lost, c.load.counts.connections);
  finding.summary = fmt::format("{} has no source port left under load: {}", subject.vip, finding.observed);
  finding.evidence = std::move(evidence);
  finding.evidence.push_back({c.load.host + "/load", c.load.started, "",
                              fmt::format("{} connections begun, {} established; {} transactions failed: {}", c.load.counts.connections,
                                          c.load.counts.established, c.load.counts.failed.total(), failures_text(c.load.counts.failed)),
                              {}});
  return finding;
}

}  // namespace

std::uint64_t never_arrived(const LoadCase& c) {
  std::uint64_t arrived = 0;
  for (const auto& member : c.served) arrived += member.connections;
  const auto begun = c.load.counts.connections;
  return begun > arrived ? begun - arrived : 0;
}

std::optional<Finding> exhausted_ports(const LoadCase& c) {
  const auto& counts = c.load.counts;
  if (counts.failed.no_port > 0 || counts.failed.no_descriptor > 0 || counts.failed.no_memory > 0) return {};  // the sources', of which nothing went out
  const auto lost = never_arrived(c);
  const auto failed = counts.failed.total() - counts.failed.stopped;
  if (failed == 0 || 2 * lost < failed) return {};  // most of what failed, failed at a member
  std::vector<Evidence> evidence;
  std::string where;
  for (const auto& member : c.served)
    for (const auto& ports : member.ports) {
      if (is_a_sources_own(c, ports.address) || are_the_sources_own(c, ports)) continue;
      if (!were_all_open(ports) || !(has_come_round(ports) || is_same_elsewhere(c, member, ports))) continue;
      evidence.push_back(members_words(c, member, ports));
      where += fmt::format("{}all {} ports of {} towards {} were in use at once", where.empty() ? "" : ", ", ports.distinct,
                           to_string(ports.address), member.member);
    }
  if (evidence.empty()) return {};
  return found(c, lost, std::move(evidence), where);
}

void explain_by(const Finding& exhausted, std::vector<Finding>& findings) {
  constexpr std::array<std::string_view, 3> kSymptoms{"load", "reachability", "reset"};
  for (auto& finding : findings) {
    if (finding.verdict != Verdict::fail || std::find(kSymptoms.begin(), kSymptoms.end(), finding.check) == kSymptoms.end()) continue;
    finding.verdict = Verdict::skip;
    finding.cause.clear();
    finding.reason = "the balancer had no source port left";
    finding.explained_by = exhausted.id;
  }
}

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"
#include "checks/tls/mode.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-member-leg";

/// The clocks of two hosts may differ by so much.
constexpr std::chrono::seconds kClocks{1};

/// One member behind one VIP, and what came to it from there.
struct MemberLeg {
  Subject subject;
  std::vector<const Trip*> trips;     ///< in a TLS session of the balancer's own
  std::vector<const Trip*> foreign;   ///< asked while every member showed a certificate that nobody can trust
  bool shows_site = false;            ///< otherwise the run made its certificate
};

MemberLeg leg_of(const Case& c, const Pair& pair) {
  MemberLeg leg;
  leg.subject = pair.subject();
  leg.subject.source.clear();
  const auto* host = c.topology.host(pair.member);
  leg.shows_site = host && host->tls && !host->tls->certificate.empty();
  for (const auto& trip : c.trips) {
    const auto& target = trip.probe->target;
    if (trip.is_direct() || target.endpoint != pair.planned->vip || target.virtual_server != pair.server->name) continue;
    const bool is_foreign = trip.probe->question == TlsQuestion::foreign_certificate;
    if (is_foreign) leg.foreign.push_back(&trip);
    if (!is_foreign && trip.member == pair.member && mode_of(trip) == TlsMode::reencrypt) leg.trips.push_back(&trip);
  }
  return leg;
}

std::string text_of(const TlsFacts& facts) {
  const auto name = facts.server_name.empty() ? std::string("no server name") : "the name " + facts.server_name;
  const auto shown = facts.peer_certificate_sha256.empty() ? std::string("no client certificate")
                                                           : "client certificate " + facts.peer_certificate_sha256.substr(0, 16) + "…";
  const auto protocols = facts.offered_protocols.empty() ? std::string() : ", ALPN " + joined(facts.offered_protocols, " ");
  return fmt::format("{}, {}, {}, {}{}", facts.version, facts.cipher, name, shown, protocols);
}

/// A session of the balancer's with this member while it showed what nobody can trust.
const Trip* taken(const MemberLeg& leg) {
  if (!leg.shows_site) return leg.trips.front();
  const auto found = std::find_if(leg.foreign.begin(), leg.foreign.end(), [&](const Trip* trip) {
    return trip->member == leg.subject.member && mode_of(*trip) == TlsMode::reencrypt;
  });
  return found == leg.foreign.end() ? nullptr : *found;
}

/// Alerts of a client that refuses a server's certificate (RFC 8446 §6.2).
bool refuses_certificate(const ResponderObservation& seen) {
  constexpr std::array<std::uint8_t, 6> kCodes{42, 43, 44, 45, 46, 48};
  return seen.alert && !seen.alert->was_sent && std::find(kCodes.begin(), kCodes.end(), seen.alert->code) != kCodes.end();
}

const ResponderObservation* refused(const Case& c, const MemberLeg& leg) {
  if (leg.foreign.empty()) return nullptr;
  const auto from = leg.foreign.front()->probe->started - kClocks;
  const auto until = leg.foreign.back()->probe->ended + kClocks;
  for (const auto& seen : c.observations.responders)
    if (seen.host == leg.subject.member && refuses_certificate(seen) && seen.accepted >= from && seen.accepted <= until) return &seen;
  return nullptr;
}

Evidence evidence_of(const ResponderObservation& seen) {
  return {seen.host + "/responder", seen.accepted, "", fmt::format("{} from {}", seen.tls ? text_of(*seen.tls) : "no TLS session", to_string(seen.peer)), {}};
}

Finding judge_leg(const Case& c, const MemberLeg& leg) {
  auto finding = finding_for(kId, leg.subject);
  std::set<std::string> texts;
  for (const auto* trip : leg.trips) {
    if (!texts.insert(text_of(*trip->responder->tls)).second) continue;
    finding.evidence.push_back(evidence_of(*trip->responder));
  }
  finding.attempts = static_cast<std::uint32_t>(leg.trips.size() + leg.foreign.size());
  finding.observed = joined({texts.begin(), texts.end()}, "; ");
  finding.summary = "the balancer speaks to this member: " + finding.observed;
  if (const auto* trip = taken(leg)) {
    blame(finding, "tls.members-unverified");
    finding.expected = "the balancer refuses a certificate that this run made for itself";
    finding.evidence.push_back(evidence_of(*trip->responder));
    return finding;
  }
  if (const auto* seen = refused(c, leg)) {
    finding.evidence.push_back(evidence_of(*seen));
    finding.evidence.back().text += ": its alert " + seen->alert->name + ", when the member showed a certificate that nobody can trust";
    finding.summary = "the balancer verifies this member; it speaks " + finding.observed;
    return finding;
  }
  finding.verdict = Verdict::info;
  finding.summary += "; whether it verifies members is not known";
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  std::set<std::pair<Endpoint, std::string>> seen;
  for (const auto& pair : pairs_of(c)) {
    if (!seen.emplace(pair.planned->vip, pair.member).second) continue;
    const auto leg = leg_of(c, pair);
    if (!leg.trips.empty())
      findings.push_back(judge_leg(c, leg));
    else if (pair.server->expect.tls_mode == TlsMode::reencrypt)
      findings.push_back(skip(kId, leg.subject, "no connection was seen at both ends of its TLS"));
  }
  return findings;
}

}  // namespace

const Check tls_member_leg{
    .id = kId,
    .claim = "A balancer that speaks TLS of its own to members verifies whom it speaks to",
    .source = "BIG-IP server-SSL profile: Server Certificate, Server Name, Certificate",
    .needs = "probe; responder",
    .explanation =
        "What the member's responder saw of the balancer's own session: version, cipher, the server name, the client certificate, ALPN where it offers any. They are "
        "reported. A member for which the topology names no certificate shows one that the run made for itself: whoever goes on "
        "verifies nothing, `tls.members-unverified` (the default of a server-SSL profile). Where the topology names certificates, "
        "every member shows the run's own for a moment after everything else, and one source asks through the VIP: an answer is "
        "`tls.members-unverified`, the balancer's alert to the member a pass, anything else is not known.",
    .judge = judge};

}  // namespace hairpin::checks

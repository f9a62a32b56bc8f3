// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-protocol";

std::string outcome(const ProbeObservation* probe) {
  if (!probe) return "not asked";
  if (has_negotiated(*probe) && !has_shaken_hands(*probe)) return "not known (" + ending_text(*probe) + ")";
  if (!has_shaken_hands(*probe)) return "refused (" + ending_text(*probe) + ")";
  const auto protocol = probe->details ? probe->details->protocol : std::string();
  return protocol.empty() ? "none chosen" : protocol;
}

Finding judge_endpoint(const Examined& e) {
  const auto* known = e.asked(TlsQuestion::protocol_http);
  const auto* strange = e.asked(TlsQuestion::protocol_unknown);
  if (!known || !has_negotiated(*known)) return skip_unseen(kId, e);
  auto finding = finding_about(kId, e, *known);
  if (strange) finding.evidence.push_back(probe_evidence(*strange));
  finding.attempts = static_cast<std::uint32_t>(finding.evidence.size());
  finding.verdict = Verdict::info;
  finding.observed = finding.summary = fmt::format("of h2 and http/1.1: {}; of an unknown protocol: {}", outcome(known), outcome(strange));
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::protocol_http); }

}  // namespace

const Check tls_protocol{
    .id = kId,
    .claim = "Which protocol the server chooses within TLS (ALPN) is known",
    .source = "RFC 7301 §3.2",
    .needs = "probe",
    .explanation =
        "One connection offers h2 and http/1.1, another a protocol that nobody speaks. It is reported, not judged: a server may choose "
        "none, and answer the unknown one with no choice or with the alert no_application_protocol. Choosing what was not "
        "offered is impossible: OpenSSL ends the handshake.",
    .judge = judge};

}  // namespace hairpin::checks

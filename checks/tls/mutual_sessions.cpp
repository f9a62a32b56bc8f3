// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/other_clients.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "mtls-sessions";

struct Try {
  std::string_view version;
  TlsQuestion session, resumed;
};
constexpr Try kTries[] = {{"TLSv1.2", TlsQuestion::bare_session_tls12, TlsQuestion::bare_resumed_tls12},
                          {"TLSv1.3", TlsQuestion::bare_session_tls13, TlsQuestion::bare_resumed_tls13}};

enum class Outcome { not_tried, kept_out, unclear, let_in };

/// An answer that is no refusal: as good as the one that a client with a certificate gets.
bool is_answered(const Examined& e, const ProbeObservation& probe) {
  if (reception_of(probe) != Reception::taken || !probe.http_status) return false;
  const auto* usual = e.asked(TlsQuestion::usual);
  const bool is_as_usual = usual && usual->details && usual->details->has_certificate && reception_of(*usual) == Reception::taken &&
                           usual->http_status == probe.http_status;
  return *probe.http_status < 400 || is_as_usual;
}

/// Refused on a page that the client with a certificate does not get.
bool is_turned_away(const Examined& e, const ProbeObservation& probe) {
  const auto* usual = e.asked(TlsQuestion::usual);
  return usual && usual->details && usual->details->has_certificate && reception_of(*usual) == Reception::taken &&
         reception_beside(*usual, probe) == Reception::refused;
}

Outcome outcome_of(const Examined& e, const Try& tried) {
  const auto* probe = e.asked(tried.resumed);
  if (!probe) return Outcome::not_tried;
  const bool is_resumed = probe->details && probe->details->is_resumed;
  if (!is_resumed || reception_of(*probe) == Reception::refused) return Outcome::kept_out;
  if (is_answered(e, *probe)) return Outcome::let_in;
  if (is_turned_away(e, *probe)) return Outcome::kept_out;
  return has_shaken_hands(*probe) && !probe->alert ? Outcome::unclear : Outcome::kept_out;
}

std::string_view word(Outcome outcome) {
  switch (outcome) {
    case Outcome::not_tried: return "no session with the other name";
    case Outcome::kept_out: return "not let in";
    case Outcome::unclear: return "resumed, and no answer that tells more";
    case Outcome::let_in: break;
  }
  return "resumed and answered";
}

Finding judge_endpoint(const Examined& e) {
  if (mutual_tls_of(e) != MutualTls::required) return skip(kId, e.subject, "no client certificate is required, as far as is known");
  auto finding = finding_for(kId, e.subject);
  std::vector<std::string> texts;
  auto worst = Outcome::not_tried;
  for (const auto& tried : kTries) {
    const auto outcome = outcome_of(e, tried);
    if (const auto* probe = e.asked(tried.resumed)) finding.evidence.push_back(probe_evidence(*probe));
    texts.push_back(fmt::format("{}: {}", tried.version, word(outcome)));
    finding.attempts += outcome != Outcome::not_tried ? 1 : 0;
    finding.failed += outcome == Outcome::let_in ? 1 : 0;
    worst = std::max(worst, outcome);
  }
  finding.expected = "a session without client certificate is not resumed, or refused";
  finding.observed = joined(texts, "; ");
  finding.summary = "a session of another name, made without client certificate, does not open this one: " + finding.observed;
  if (worst == Outcome::not_tried)
    return skip(kId, e.subject, "the other name gave no session without a client certificate (--other-name names a service that does)");
  if (worst == Outcome::unclear)
    return unknown(std::move(finding), "a session without client certificate is resumed; whether it is let in is not known", "the server answers no request",
                   "ask for a --path that the service answers");
  if (worst == Outcome::let_in) {
    set_cause(finding, "mtls.bypassed-by-session");
    finding.summary += ": " + finding.observed;
  }
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::session_tls13); }

}  // namespace

const Check mtls_sessions{
    .id = kId,
    .claim = "A session that was made without a client certificate opens nothing that requires one",
    .source = "RFC 8446 §4.6.1, §8; CVE-2025-23419",
    .needs = "probe; a server that requires a client certificate; another name on the same address (--other-name)",
    .explanation =
        "A session is taken with another server name (one that nobody has, unless --other-name says which) and without client certificate, and then shown with the "
        "name that requires one, in TLS 1.2 and 1.3. Resumed and answered as if there were a certificate is `mtls.bypassed-by-session`: who has no certificate "
        "gets in. A full handshake, a refusal by an alert, by the end or by a page pass. Resumed without an answer that tells more is "
        "inconclusive.",
    .judge = judge};

}  // namespace hairpin::checks

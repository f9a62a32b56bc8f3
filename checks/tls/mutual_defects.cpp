// SPDX-License-Identifier: Apache-2.0
#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/other_clients.hpp"

namespace hairpin::checks {
namespace {

using enum TlsQuestion;

constexpr std::string_view kId = "mtls-defects";
constexpr OtherClient kIssued[] = {{client_for_servers, "for servers alone"}, {client_expired, "expired"}, {client_future, "not valid yet"}};
constexpr OtherClient kRevoked[] = {{client_revoked, "revoked"}};

/// That its certificates are refused means something only where a sound one of the same authority is taken.
bool is_authority_trusted(const Examined& e) {
  const auto* ours = e.asked(usual);
  const auto* sound = e.asked(client_issued);
  return ours && sound && reception_beside(*ours, *sound) == Reception::taken;
}

/// The one that matters most where several are taken; the others are told beside it.
std::string_view cause_for(const OtherClients& outcomes) {
  if (outcomes.took(client_revoked)) return "mtls.revoked-accepted";
  if (outcomes.took(client_for_servers)) return "mtls.wrong-purpose-accepted";
  return "mtls.dates-not-checked";
}

Finding untried(const Examined& e) {
  const bool has_authority = e.asked(client_issued) != nullptr;
  auto skipped = skip(kId, e.subject, has_authority ? "the server takes no sound certificate of the authority that was given, so a refusal proves nothing"
                                                    : "only an authority that the server trusts can make a certificate that is wrong in one thing alone");
  skipped.next_step = has_authority ? "give one that the server trusts for clients: --client-ca" : "on a test site: --client-ca FILE --client-ca-key FILE; --revoked-cert FILE --revoked-key FILE";
  return skipped;
}

Finding judge_endpoint(const Examined& e) {
  if (auto unfit = unfit_for_other_clients(kId, e)) return *unfit;
  std::vector<OtherClient> clients;
  if (is_authority_trusted(e)) clients.insert(clients.end(), std::begin(kIssued), std::end(kIssued));
  if (e.asked(client_revoked)) clients.insert(clients.end(), std::begin(kRevoked), std::end(kRevoked));
  if (clients.empty()) return untried(e);
  const auto outcomes = outcomes_of(e, clients);
  return judge_required_refusals(kId, e, outcomes, cause_for(outcomes));
}

/// Of a run nothing is asked.
std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, client_self_signed); }

}  // namespace

const Check mtls_defects{
    .id = kId,
    .claim = "Client certificates for another purpose, expired, not valid yet, or revoked are refused",
    .source = "RFC 5280 §4.1.2.5, §4.2.1.12, §6.3",
    .needs = "probe with a client certificate that the server takes, and the key of an authority that it trusts, or a revoked certificate",
    .explanation =
        "With `--client-ca` hairpin issues copies of our client certificate by that authority: a sound one for comparison, one for server "
        "authentication alone, one that expired yesterday, one that begins tomorrow; `--revoked-cert` names one that the authority has revoked. "
        "A server that requires a certificate and takes one of them is `mtls.wrong-purpose-accepted`, `mtls.dates-not-checked`, or `mtls.revoked-accepted`. Without them "
        "nothing can be said: a certificate that hairpin makes alone is refused for its issuer already (`mtls-verification`). Where the sound "
        "one is refused, neither.",
    .judge = judge};

}  // namespace hairpin::checks

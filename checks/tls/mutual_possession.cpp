// SPDX-License-Identifier: Apache-2.0
#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/other_clients.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "mtls-possession";
constexpr OtherClient kThieves[] = {{TlsQuestion::client_other_key, "with the signature of another key"}};

Finding judge_endpoint(const Examined& e) {
  if (auto unfit = unfit_for_other_clients(kId, e)) return *unfit;
  const auto outcomes = outcomes_of(e, kThieves);
  if (outcomes.tried.empty()) return skip(kId, e.subject, "hairpin signs wrongly for RSA and EC keys alone");
  return judge_refusals(finding_about_clients(kId, e, outcomes), outcomes, "mtls.possession-unproven");
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::client_other_key); }

}  // namespace

const Check mtls_possession{
    .id = kId,
    .claim = "Who shows a client certificate has to have its key",
    .source = "RFC 8446 §4.4.3, RFC 5246 §7.4.8",
    .needs = "probe with a client certificate that the server takes",
    .explanation =
        "Our client certificate is sent as it is, and the handshake is signed with another key (CertificateVerify): what somebody "
        "can do who copied a certificate, which is no secret. A server that goes on is `mtls.possession-unproven`, also where it requires no certificate. RFC 8446 wants the alert "
        "decrypt_error; which one came is reported.",
    .judge = judge};

}  // namespace hairpin::checks

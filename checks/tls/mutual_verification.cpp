// SPDX-License-Identifier: Apache-2.0
#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/other_clients.hpp"

namespace hairpin::checks {
namespace {

using enum TlsQuestion;

constexpr std::string_view kId = "mtls-verification";
constexpr OtherClient kStrangers[] = {{client_self_signed, "self-signed"},
                                      {client_stranger, "of an unknown authority"},
                                      {client_namesake, "of an authority with the true one's name and another key"}};

Finding judge_endpoint(const Examined& e) {
  if (auto unfit = unfit_for_other_clients(kId, e)) return *unfit;
  const auto outcomes = outcomes_of(e, kStrangers);
  if (outcomes.tried.empty()) return skip(kId, e.subject, "no other client certificate could be made");
  const bool is_anybody = outcomes.took(client_self_signed) || outcomes.took(client_stranger);
  return judge_required_refusals(kId, e, outcomes, is_anybody ? "mtls.anybody-accepted" : "mtls.issuer-by-name");
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, client_self_signed); }

}  // namespace

const Check mtls_verification{
    .id = kId,
    .claim = "Client certificates of nobody's authority are refused",
    .source = "RFC 5280 §6.1; RFC 8446 §4.4.2.4",
    .needs = "probe with a client certificate that the server takes",
    .explanation =
        "Copies of our client certificate, true in everything but their issuer: one signed by itself, one of an authority that nobody "
        "knows, one of an authority with the name of the true one and another key, which is sent along. A server that requires a certificate and takes "
        "one of the first two lets everybody in: `mtls.anybody-accepted`; only the third: `mtls.issuer-by-name`. The alerts are reported. A page "
        "400, 401, 403, 495 or 496 where the sound certificate is answered with another is a refusal, and so is who hangs up. Where the "
        "server goes on without a certificate as well, what it does with others is reported and not judged.",
    .judge = judge};

}  // namespace hairpin::checks

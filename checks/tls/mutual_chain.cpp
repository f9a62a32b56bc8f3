// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/other_clients.hpp"

namespace hairpin::checks {
namespace {

using enum TlsQuestion;

constexpr std::string_view kId = "mtls-chain";
constexpr OtherClient kForms[] = {{client_leaf_alone, "without its intermediates"},
                                  {client_long, "followed by 17,000 bytes of other certificates"},
                                  {client_chain_1, "below 1 intermediate"},
                                  {client_chain_3, "below 3"},
                                  {client_chain_9, "below 9"},
                                  {client_chain_10, "below 10"}};

/// A refusal is a limit of the server's own; silence is nobody's.
bool falls_silent(const ProbeObservation& probe) { return probe.end == End::silent && has_connected(probe); }

Finding judge_endpoint(const Examined& e) {
  if (auto unfit = unfit_for_other_clients(kId, e)) return *unfit;
  const auto outcomes = outcomes_of(e, kForms);
  if (outcomes.tried.empty()) return skip(kId, e.subject, "no other client certificate could be made");
  auto finding = finding_for(kId, e.subject);
  for (const auto* probe : outcomes.tried) finding.evidence.push_back(probe_evidence(*probe));
  finding.attempts = static_cast<std::uint32_t>(outcomes.tried.size());
  finding.observed = finding.summary = taken_text(outcomes.taken, outcomes.refused, outcomes.unknown);
  finding.verdict = Verdict::info;
  const auto* longest = e.asked(client_long);
  if (longest && falls_silent(*longest)) {
    finding.expected = "an answer, as for the certificate alone";
    blame(finding, "mtls.long-chain-lost");
    finding.failed = 1;
    finding.summary += ": " + finding.observed;
  }
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, client_long); }

}  // namespace

const Check mtls_chain{
    .id = kId,
    .claim = "How long and how deep a client's chain may be is known",
    .source = "RFC 8446 §4.4.2, RFC 5246 §7.4.2; BIG-IP client SSL profile, authenticate-depth",
    .needs = "probe with a client certificate that the server takes",
    .explanation =
        "Our client certificate without its intermediates, where it has some: taken means that the server holds them itself. Followed by 17,000 bytes of "
        "certificates that issued nothing: the message then has more than one record, and more than ten packets. With `--client-ca`, a copy below "
        "1, 3, 9 and 10 intermediates (BIG-IP's authenticate-depth is 9, nginx's ssl_verify_depth 1). All this is reported; silence where the "
        "certificate alone is answered is `mtls.long-chain-lost`, a warning: the long message does not arrive.",
    .judge = judge};

}  // namespace hairpin::checks

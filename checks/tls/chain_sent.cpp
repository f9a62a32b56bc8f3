// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/chain.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-chain";

/// The certificates after the leaf that issue nothing in the order in which they were sent, and roots: a client has its own.
std::vector<std::string> surplus(const std::vector<CertificateFacts>& chain) {
  std::vector<std::string> names;
  const auto* last = &chain.front();
  for (std::size_t i = 1; i < chain.size(); ++i) {
    const bool is_next = chain[i].subject == last->issuer && !last->is_self_issued;
    if (is_next && !chain[i].is_self_issued) last = &chain[i];
    else names.push_back(short_name(chain[i]) + (chain[i].is_self_issued ? " (a root)" : " (unrelated, or out of order)"));
  }
  return names;
}

Finding judge_endpoint(const Examined& e, const ProbeObservation& probe) {
  const auto& details = *probe.details;
  auto finding = finding_about(kId, e, probe);
  quote_chain(finding, details);
  finding.expected = "the leaf and every intermediate, in order, and nothing else";
  finding.observed = fmt::format("{} certificates", details.chain.size());
  finding.summary = fmt::format("the chain is whole: {} certificates", details.chain.size());
  const auto missing = errors_that(details, is_missing_issuer);
  const auto& last = details.chain.back();
  if (!missing.empty() && !last.is_self_issued && !last.is_authority) {
    blame(finding, "tls.chain-incomplete");
    quote(finding, missing);
    finding.summary = fmt::format("the chain ends at {}: nobody sent its issuer {}, and it is not trusted here", short_name(last), last.issuer);
    if (!last.issuer_url.empty()) finding.observed += "; the issuer can be had at " + last.issuer_url;
    return finding;
  }
  if (const auto names = surplus(details.chain); !names.empty()) {
    blame(finding, "tls.chain-surplus");
    finding.summary = "sent for nothing: " + joined(names);
  } else if (!details.verification && e.is_of_run) {
    return skip(kId, e.subject, "the topology names no roots that this source trusts");
  } else if (!details.verification) {
    return unknown(std::move(finding), "the chain was not verified", "no certificate is trusted here", "name the site's root: --ca FILE");
  }
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_chains(c, kId, judge_endpoint); }

}  // namespace

const Check tls_chain{
    .id = kId,
    .claim = "The server sends its certificate and every intermediate, in order, and nothing else",
    .source = "RFC 8446 §4.4.2, RFC 5246 §7.4.2",
    .needs = "probe",
    .explanation =
        "A path is built from what was sent and what is trusted; nothing is fetched. A leaf whose issuer was neither sent nor is "
        "trusted is `tls.chain-incomplete`: some clients fetch or remember intermediates and hide it, others fail. A chain that "
        "ends with an authority whose issuer is not trusted is `tls-trust`'s. A root, a certificate that issued nothing of the "
        "chain, or a wrong order is `tls.chain-surplus`, a warning: bytes and time for every client.",
    .judge = judge};

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/chain.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-name";

std::string names_of(const CertificateFacts& leaf) {
  auto names = leaf.dns_names;
  names.insert(names.end(), leaf.addresses.begin(), leaf.addresses.end());
  return names.empty() ? "no subject alternative name" : joined(names);
}

Finding judge_endpoint(const Examined& e, const ProbeObservation& probe) {
  const auto& details = *probe.details;
  if (!details.verification && e.is_of_run) return skip(kId, e.subject, "the topology names no roots that this source trusts");
  if (!details.verification || details.verification->name.empty()) {
    auto skipped = skip(kId, e.subject, "nobody said which name the server has");
    skipped.next_step = "name it: --name FQDN, or fqdn in the topology";
    return skipped;
  }
  const auto& leaf = details.chain.front();
  const auto& name = details.verification->name;
  auto finding = finding_about(kId, e, probe);
  finding.expected = name;
  finding.observed = names_of(leaf);
  finding.summary = fmt::format("the certificate is for {}", name);
  if (details.verification->has_name) return finding;
  blame(finding, "tls.name-mismatch");
  finding.summary = fmt::format("the certificate is not for {}, but for {}", name, finding.observed);
  if (leaf.common_name == name) finding.summary += "; only its common name is, which clients no longer look at";
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_chains(c, kId, judge_endpoint); }

}  // namespace

const Check tls_name{
    .id = kId,
    .claim = "A subject alternative name of the certificate covers the name that clients ask for",
    .source = "RFC 6125 §6.4, RFC 9525 §6",
    .needs = "probe; the name (--name, pools.fqdn)",
    .explanation =
        "Names of type dNSName count, with a whole label as wildcard, and iPAddress where clients use an address. The common "
        "name of the subject does not count: browsers and current libraries ignore it, older ones hide the fault.",
    .judge = judge};

}  // namespace hairpin::checks

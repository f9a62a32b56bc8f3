// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

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

/// RFC 6125 §6.4.3: a wildcard is a whole label, the first.
bool covers(const std::vector<std::string>& dns_names, std::string_view name) {
  const auto lower = [](std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return result;
  };
  const auto wanted = lower(name);
  const auto dot = wanted.find('.');
  return std::any_of(dns_names.begin(), dns_names.end(), [&](const std::string& dns) {
    const auto own = lower(dns);
    return own == wanted || (own.starts_with("*.") && dot != std::string::npos && dot > 0 && own.substr(1) == wanted.substr(dot));
  });
}

/// A member's own certificate behind a balancer that ends TLS: clients never see it, and what the balancer asks for counts.
Finding judge_behind_balancer(const Examined& e, const ProbeObservation& probe) {
  const auto& leaf = probe.details->chain.front();
  auto finding = finding_about(kId, e, probe);
  finding.observed = names_of(leaf);
  if (e.asked_by_balancer->empty()) {
    finding.verdict = Verdict::info;
    finding.summary = "the balancer asks this member for no name; its certificate is for " + finding.observed;
    return finding;
  }
  finding.expected = *e.asked_by_balancer + ", for which the balancer asks";
  finding.summary = "the certificate is for " + *e.asked_by_balancer;
  if (covers(leaf.dns_names, *e.asked_by_balancer)) return finding;
  blame(finding, "tls.name-mismatch");
  finding.summary = fmt::format("the balancer asks this member for {}, and its certificate is for {}", *e.asked_by_balancer, finding.observed);
  return finding;
}

Finding judge_endpoint(const Examined& e, const ProbeObservation& probe) {
  const auto& details = *probe.details;
  if (e.asked_by_balancer) return judge_behind_balancer(e, probe);
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
        "name of the subject does not count: browsers and current libraries ignore it, older ones hide the fault. Of a member "
        "to which the balancer speaks TLS of its own, the certificate has to cover the name that the balancer asks for, as the member saw it; "
        "where it asks for none, its names are reported.",
    .judge = judge};

}  // namespace hairpin::checks

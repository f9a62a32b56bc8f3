// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "name";

const NameFacts* resolved(const Case& c, const std::string& host, const std::string& fqdn) {
  const auto facts = c.sight.facts_of.find(host);
  if (facts == c.sight.facts_of.end()) return nullptr;
  const auto& names = facts->second->names;
  const auto found = std::find_if(names.begin(), names.end(), [&](const NameFacts& name) { return name.name == fqdn; });
  return found == names.end() ? nullptr : &*found;
}

std::string joined(const std::vector<IpAddress>& addresses) {
  std::string text;
  for (const auto& address : addresses) text += (text.empty() ? "" : ", ") + to_string(address);
  return text;
}

Finding judge_host(const Case& c, const Pool& pool, const std::string& host) {
  Subject subject;
  subject.pool = pool.name;
  subject.source = host;
  const auto* name = resolved(c, host, pool.fqdn);
  if (!name) {
    auto skipped = skip(kId, subject, "nobody asked " + host + " for the name");
    skipped.next_step = "run an agent on " + host;
    return skipped;
  }
  auto finding = finding_for(kId, subject);
  finding.expected = fmt::format("{} resolves to {}", pool.fqdn, joined(pool.vips));
  finding.evidence.push_back({host + "/host", {}, "", fmt::format("{} → {}", pool.fqdn, name->error.empty() ? joined(name->addresses) : name->error), {}});
  if (name->addresses.empty()) {
    finding.verdict = Verdict::info;
    finding.observed = name->error;
    finding.summary = fmt::format("{} does not resolve on {}", pool.fqdn, host);
    return finding;
  }
  finding.observed = joined(name->addresses);
  finding.summary = fmt::format("{} is the VIP on {}", pool.fqdn, host);
  const auto is_vip = [&](const IpAddress& address) {
    return std::find(pool.vips.begin(), pool.vips.end(), address) != pool.vips.end();
  };
  if (std::all_of(name->addresses.begin(), name->addresses.end(), is_vip)) return finding;
  set_cause(finding, "name.not-the-vip");
  finding.summary = fmt::format("on {} {} is {}, not the VIP", host, pool.fqdn, finding.observed);
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  for (const auto& pool : c.topology.pools) {
    if (pool.fqdn.empty()) continue;
    for (const auto& host : pool.sources) findings.push_back(judge_host(c, pool, host));
  }
  return findings;
}

}  // namespace

const Check name_check{
    .id = kId,
    .claim = "The pool's name leads every source to the VIP",
    .source = "topology: pools.fqdn",
    .needs = "an agent on the source",
    .explanation =
        "Each source resolves the pool's fully qualified name as its own programs do (hosts file, then DNS). Every address "
        "that comes back has to be one of the pool's VIPs. A name that does not resolve is `info`: a test host need not know "
        "it. Probes themselves go to the declared VIP, whatever the name says.",
    .judge = judge};

}  // namespace hairpin::checks

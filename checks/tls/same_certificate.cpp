// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/chain.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-same-certificate";

/// Who showed which leaf, through one VIP.
struct Shown {
  Subject subject;
  std::map<std::string, std::map<std::string, std::size_t>> leaves;  ///< fingerprint → who → connections
  std::set<std::string> who;
  std::set<std::string> expected;  ///< members of the plan whose certificates the topology names
  std::vector<Evidence> evidence;
};

void add(Shown& shown, const ProbeObservation& probe, const std::string& who) {
  const auto& leaf = probe.details->chain.front();
  if (!shown.leaves.contains(leaf.sha256)) {
    shown.evidence.push_back(probe_evidence(probe));
    shown.evidence.back().text = fmt::format("{} shows {}, serial {}, SHA-256 {}", who, short_name(leaf), leaf.serial, leaf.sha256);
  }
  ++shown.leaves[leaf.sha256][who];
  shown.who.insert(who);
}

std::set<std::string> members_with_certificates(const Case& c, const Subject& subject) {
  std::set<std::string> members;
  for (const auto& planned : c.plan.sources)
    if (planned.pool == subject.pool && planned.virtual_server == subject.virtual_server && to_string(planned.vip) == subject.vip)
      for (const auto& member : planned.members)
        if (const auto* host = c.topology.host(member); host && host->tls && !host->tls->certificate.empty()) members.insert(member);
  return members;
}

std::map<std::string, Shown> shown_through_vips(const Case& c) {
  std::map<std::string, Shown> all;
  for (const auto& e : examined(c)) {
    if (e.subject.way == "direct") continue;
    auto subject = e.subject;
    subject.source.clear();
    subject.member.clear();
    auto& shown = all[finding_id(std::string(kId), subject)];
    shown.subject = subject;
    shown.expected = members_with_certificates(c, subject);
    for (const auto* probe : e.connections)
      if (probe->details && !probe->details->chain.empty() && !is_made_by_run(probe->details->chain))
        add(shown, *probe, e.subject.member.empty() ? "the VIP" : e.subject.member);
  }
  return all;
}

std::string table_of(const Shown& shown) {
  std::vector<std::string> lines;
  for (const auto& [leaf, counts] : shown.leaves)
    for (const auto& [who, count] : counts) lines.push_back(fmt::format("{}… {} ({} connections)", leaf.substr(0, 16), who, count));
  return joined(lines);
}

/// One certificate, as far as it was seen.
Finding judge_members(const Shown& shown, Finding finding) {
  std::vector<std::string> unseen;
  std::set_difference(shown.expected.begin(), shown.expected.end(), shown.who.begin(), shown.who.end(), std::back_inserter(unseen));
  if (!unseen.empty())
    return unknown(std::move(finding), fmt::format("whether {} shows the same certificate is not known", joined(unseen)),
                   "its certificate was not seen through the VIP", "see reachability and tls-handshake, then run again");
  if (shown.who.size() > 1) return finding;
  finding.verdict = Verdict::info;
  finding.summary = fmt::format("one member alone shows a certificate: {}", *shown.who.begin());
  return finding;
}

Finding judge_shown(const Shown& shown) {
  auto finding = finding_for(kId, shown.subject);
  finding.evidence = shown.evidence;
  finding.observed = table_of(shown);
  const bool is_balancers = shown.who.contains("the VIP");
  if (shown.leaves.size() == 1) {
    finding.summary = is_balancers ? "the VIP always shows the same certificate" : fmt::format("{} members show the same certificate", shown.who.size());
    return is_balancers ? finding : judge_members(shown, std::move(finding));
  }
  finding.summary = fmt::format("{} certificates at {}", shown.leaves.size(), is_balancers ? "one VIP" : fmt::format("{} members", shown.who.size()));
  if (is_balancers)
    blame(finding, "tls.certificates-differ", finding.summary);
  else
    finding.verdict = Verdict::info;
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  if (c.plan.sources.empty()) return findings;  // `hairpin tls` compares what different questions got by itself
  for (const auto& [id, shown] : shown_through_vips(c))
    if (!shown.leaves.empty()) findings.push_back(judge_shown(shown));
  return findings;
}

}  // namespace

const Check tls_same_certificate{
    .id = kId,
    .claim = "Whoever answers for a VIP shows the same certificate",
    .source = "Mozilla Server Side TLS; BIG-IP device groups",
    .needs = "probe; certificates of a source in the topology",
    .explanation =
        "A table of leaf certificates (SHA-256) and who showed them, over all connections of a run that asked about certificates "
        "through the VIP. Members behind a balancer that passes TLS on may each have their own: that is reported; one whose certificate was not seen makes it inconclusive. Two at a VIP "
        "where the balancer ends TLS are `tls.certificates-differ`: units or profiles that were not renewed together.",
    .judge = judge};

}  // namespace hairpin::checks

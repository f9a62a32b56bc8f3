// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-server-name";

std::string leaf_of(const ProbeObservation& probe) {
  return probe.details && !probe.details->chain.empty() ? probe.details->chain.front().sha256 : std::string();
}

std::string outcome(const ProbeObservation* probe, const std::string& usual) {
  if (!probe) return "not asked";
  if (!has_negotiated(*probe)) return "refused (" + ending_text(*probe) + ")";
  const auto leaf = leaf_of(*probe);
  return leaf.empty() ? "no certificate" : leaf == usual ? "the same certificate" : "another certificate";
}

Finding judge_endpoint(const Examined& e) {
  const auto* usual = e.asked(TlsQuestion::usual);
  const auto* without = e.asked(TlsQuestion::without_name);
  const auto* other = e.asked(TlsQuestion::other_name);
  if (!without && !other) return skip(kId, e.subject, "an address is no server name");
  if (!usual || leaf_of(*usual).empty()) return skip_unseen(kId, e);
  auto finding = finding_about(kId, e, *usual);
  for (const auto* probe : {without, other})
    if (probe) finding.evidence.push_back(probe_evidence(*probe));
  finding.attempts = static_cast<std::uint32_t>(finding.evidence.size());
  finding.verdict = Verdict::info;
  const auto leaf = leaf_of(*usual);
  finding.observed = finding.summary = fmt::format("without a name: {}; with an unknown name: {}", outcome(without, leaf), outcome(other, leaf));
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::other_name); }

}  // namespace

const Check tls_server_name{
    .id = kId,
    .claim = "What the server does for clients that ask for no name, or an unknown one, is known",
    .source = "RFC 6066 §3; BIG-IP client SSL profile, Require SNI",
    .needs = "probe; a server name",
    .explanation =
        "Old clients send no server name (Windows XP, health monitors), and a wrong one shows which certificate is the default. "
        "It is reported, not judged: BIG-IP gives the default profile's certificate unless SNI is required.",
    .judge = judge};

}  // namespace hairpin::checks

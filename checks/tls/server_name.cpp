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

/// Capitals are no other name: where they lead elsewhere, some clients arrive there.
bool is_led_astray(const ProbeObservation* upper, const std::string& usual) {
  const bool was_refused = upper && upper->alert && !upper->alert->was_sent && !has_negotiated(*upper);
  return upper && (was_refused || (has_negotiated(*upper) && !leaf_of(*upper).empty() && leaf_of(*upper) != usual));
}

Finding judge_endpoint(const Examined& e) {
  const auto* usual = e.asked(TlsQuestion::usual);
  const auto* without = e.asked(TlsQuestion::without_name);
  const auto* other = e.asked(TlsQuestion::other_name);
  const auto* upper = e.asked(TlsQuestion::name_upper);
  const auto* dotted = e.asked(TlsQuestion::name_dotted);
  if (!without && !other) return skip(kId, e.subject, "an address is no server name");
  if (!usual || leaf_of(*usual).empty()) return skip_unseen(kId, e);
  auto finding = finding_about(kId, e, *usual);
  for (const auto* probe : {without, other, upper, dotted})
    if (probe) finding.evidence.push_back(probe_evidence(*probe));
  finding.attempts = static_cast<std::uint32_t>(finding.evidence.size());
  finding.verdict = Verdict::info;
  const auto leaf = leaf_of(*usual);
  finding.observed = finding.summary =
      fmt::format("without a name: {}; with an unknown name: {}; in capitals: {}; with a dot at the end: {}", outcome(without, leaf),
                  outcome(other, leaf), outcome(upper, leaf), outcome(dotted, leaf));
  if (!is_led_astray(upper, leaf)) return finding;
  finding.expected = "the same certificate for the name in capitals";
  set_cause(finding, "tls.name-case-sensitive");
  finding.failed = 1;
  finding.summary += ": " + outcome(upper, leaf);
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::other_name); }

}  // namespace

const Check tls_server_name{
    .id = kId,
    .claim = "What the server does for clients that ask for no name, or an unknown one, is known; capitals make no difference",
    .source = "RFC 6066 §3, RFC 4343 §2; BIG-IP client SSL profile, Require SNI",
    .needs = "probe; a server name",
    .explanation =
        "Old clients send no server name (Windows XP, health monitors), and a wrong one shows which certificate is the default. "
        "It is reported, not judged: BIG-IP gives the default profile's certificate unless SNI is required. The name in capitals is the "
        "same name: another certificate, or a refusal, is `tls.name-case-sensitive`, a warning. A dot at the end is not allowed in "
        "the extension, and what comes of it is reported.",
    .judge = judge};

}  // namespace hairpin::checks

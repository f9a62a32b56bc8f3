// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-groups";

struct Row {
  const char* group;
  TlsQuestion question;
};
constexpr Row kRows[] = {{"X25519", TlsQuestion::group_x25519}, {"P-256", TlsQuestion::group_p256}, {"P-384", TlsQuestion::group_p384}};

enum class Taken { yes, no, unknown };

/// In TLS 1.2 the list of groups names the curves of certificates as well (RFC 8422 §5.1): a server whose certificate is on another
/// curve refuses the certificate, and says nothing about the group.
bool may_be_about_the_certificate(const Examined& e, const std::string& group) {
  const auto* usual = e.asked(TlsQuestion::usual);
  const auto* certified = e.certified();
  const bool is_tls13 = usual && usual->tls && usual->tls->version == "TLSv1.3";
  if (is_tls13 || !certified) return false;
  const auto& key = certified->details->chain.front().key;
  return key.starts_with("EC ") && key.substr(3) != group;
}

Taken taken(const Examined& e, const ProbeObservation& probe, const std::string& group) {
  if (has_negotiated(probe)) return Taken::yes;
  const bool was_refused = (probe.alert && !probe.alert->was_sent) || probe.end == End::closed || probe.end == End::reset;
  return was_refused && !may_be_about_the_certificate(e, group) ? Taken::no : Taken::unknown;
}

struct Groups {
  std::vector<std::string> taken, refused, unknown, allowed;
  bool is_decided = true;  ///< every group of the policy that could be asked for was refused or taken
};

Groups groups_of(const Examined& e) {
  Groups all;
  for (const auto& [group, question] : kRows) {
    const auto* probe = e.asked(question);
    if (!probe) continue;
    const auto is = taken(e, *probe, group);
    (is == Taken::yes ? all.taken : is == Taken::no ? all.refused : all.unknown).emplace_back(group);
    if (!e.expect->tls_policy) continue;
    const auto& wanted = e.expect->tls_policy->groups;
    if (std::find(wanted.begin(), wanted.end(), group) == wanted.end()) continue;
    if (is == Taken::yes) all.allowed.emplace_back(group);
    all.is_decided &= is != Taken::unknown;
  }
  return all;
}

Finding judge_endpoint(const Examined& e) {
  if (!e.asked(TlsQuestion::group_p256)) return skip_unseen(kId, e);
  auto finding = finding_for(kId, e.subject);
  for (const auto& row : kRows)
    if (const auto* probe = e.asked(row.question)) finding.evidence.push_back(probe_evidence(*probe));
  finding.attempts = static_cast<std::uint32_t>(finding.evidence.size());
  const auto all = groups_of(e);
  finding.observed = finding.summary = taken_text(all.taken, all.refused, all.unknown);
  finding.verdict = Verdict::info;
  const auto& policy = e.expect->tls_policy;
  if (!policy || policy->groups.empty()) return finding;
  finding.expected = fmt::format("one of {} (policy {})", joined(policy->groups), policy->name);
  finding.verdict = Verdict::pass;
  if (!all.allowed.empty()) return finding;
  if (!all.is_decided)
    return unknown(std::move(finding), "not known: " + joined(all.unknown), "the server neither took nor refused them",
                   "look at the connections in the evidence, then run again");
  set_cause(finding, "tls.group-missing");
  finding.failed = finding.attempts;
  finding.summary += ": " + finding.observed;
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::group_p256); }

}  // namespace

const Check tls_groups{
    .id = kId,
    .claim = "The server exchanges keys in a group that the policy names",
    .source = "the policy (--policy); RFC 8446 §4.2.7, RFC 8422 §5.1",
    .needs = "probe",
    .explanation =
        "One connection offers one group alone: X25519, P-256, P-384. Without a policy it is reported; where the policy has a list and none "
        "of it is taken, it is `tls.group-missing`. In TLS 1.2 the same list names the curves of certificates: a refusal there by a "
        "server with a certificate on another curve is not known. Groups of a policy beside these three cannot be asked for.",
    .judge = judge};

}  // namespace hairpin::checks

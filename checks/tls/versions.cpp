// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-version";

struct Version {
  TlsVersion version;
  TlsQuestion question;
};
constexpr Version kVersions[] = {{TlsVersion::tls10, TlsQuestion::only_tls10},
                                 {TlsVersion::tls11, TlsQuestion::only_tls11},
                                 {TlsVersion::tls12, TlsQuestion::only_tls12},
                                 {TlsVersion::tls13, TlsQuestion::only_tls13}};

enum class Spoken { yes, no, unknown };

/// A server that does not speak a version refuses it, or hangs up; silence and our own refusal say nothing.
Spoken spoken(const Examined& e, TlsQuestion question) {
  const auto* probe = e.asked(question);
  if (!probe || !has_connected(*probe)) return Spoken::unknown;
  if (has_negotiated(*probe)) return Spoken::yes;
  if (probe->details && probe->details->is_impossible_here) return Spoken::unknown;
  const bool was_refused = probe->end == End::closed || probe->end == End::reset || (probe->alert && !probe->alert->was_sent);
  return was_refused ? Spoken::no : Spoken::unknown;
}

struct Spectrum {
  std::vector<std::string> spoken, refused, unknown, forbidden, missing, undecided;
};

Spectrum spectrum_of(const Examined& e) {
  Spectrum all;
  const auto is_listed = [](const std::vector<TlsVersion>& list, TlsVersion version) {
    return std::find(list.begin(), list.end(), version) != list.end();
  };
  for (const auto& [version, question] : kVersions) {
    const std::string name(to_string(version));
    const auto is = spoken(e, question);
    (is == Spoken::yes ? all.spoken : is == Spoken::no ? all.refused : all.unknown).push_back(name);
    if (!e.expect->tls_policy) continue;
    const bool is_forbidden = is_listed(e.expect->tls_policy->forbidden, version);
    const bool is_required = is_listed(e.expect->tls_policy->required, version);
    if (is_forbidden && is == Spoken::yes) all.forbidden.push_back(name);
    if (is_required && is == Spoken::no) all.missing.push_back(name);
    if ((is_forbidden || is_required) && is == Spoken::unknown) all.undecided.push_back(name);
  }
  return all;
}

std::string text_of(const Spectrum& all) {
  auto text = all.spoken.empty() ? std::string("speaks none") : "speaks " + joined(all.spoken);
  if (!all.refused.empty()) text += "; refuses " + joined(all.refused);
  if (!all.unknown.empty()) text += "; not known: " + joined(all.unknown);
  return text;
}

Finding judge_endpoint(const Examined& e) {
  const auto* usual = e.asked(TlsQuestion::usual);
  if (!usual || !has_connected(*usual)) return skip_unseen(kId, e);
  const auto all = spectrum_of(e);
  if (all.spoken.empty() && !has_negotiated(*usual)) return skip_unseen(kId, e);
  auto finding = finding_for(kId, e.subject);
  for (const auto& [version, question] : kVersions)
    if (const auto* probe = e.asked(question)) finding.evidence.push_back(probe_evidence(*probe));
  finding.attempts = static_cast<std::uint32_t>(finding.evidence.size());
  finding.observed = finding.summary = text_of(all);
  if (!e.expect->tls_policy) {
    finding.verdict = Verdict::info;
    return finding;
  }
  const auto& policy = e.expect->tls_policy->name;
  finding.expected = "policy " + policy;
  if (!all.missing.empty()) {
    set_cause(finding, "tls.version-missing");
    finding.summary = fmt::format("does not speak {}, which policy {} requires", joined(all.missing), policy);
  } else if (!all.forbidden.empty()) {
    set_cause(finding, "tls.version-forbidden");
    finding.summary = fmt::format("speaks {}, which policy {} forbids", joined(all.forbidden), policy);
  } else if (!all.undecided.empty()) {
    return unknown(std::move(finding), "not known: " + joined(all.undecided), "the server neither spoke nor refused them",
                   "look at the connections in the evidence, then run again");
  }
  if (finding.verdict == Verdict::fail) finding.failed = static_cast<std::uint32_t>(all.missing.size() + all.forbidden.size());
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::only_tls13); }

}  // namespace

const Check tls_version{
    .id = kId,
    .claim = "The server speaks the versions of TLS that the policy demands, and no other",
    .source = "the policy (--policy); RFC 8996 for TLS 1.0 and 1.1",
    .needs = "probe",
    .explanation =
        "One connection offers one version alone, at OpenSSL's security level 0: at a higher level our own side would refuse TLS "
        "1.0, which many tools then report as the server's refusal. A version is spoken when the server chose it, whatever came "
        "afterwards (it may want a client certificate); refused when it answered with an alert or hung up; anything else is not "
        "known. Without a policy it is reported, not judged.",
    .judge = judge};

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-unknown-values";

bool is_answered(const ProbeObservation* probe) { return probe->details && probe->details->choice; }

/// Nothing that this host, or its way to the server, did.
bool has_been_seen(const ProbeObservation* probe) { return has_connected(*probe) && probe->end != End::local && probe->end != End::decided; }

Finding judge_endpoint(const Examined& e) {
  auto asked = e.all(TlsQuestion::unknown_values);
  const auto* usual = e.asked(TlsQuestion::usual);
  std::erase_if(asked, [](const auto* probe) { return !has_been_seen(probe); });
  if (asked.empty() || !usual || !has_negotiated(*usual)) return skip_unseen(kId, e);
  auto finding = finding_about(kId, e, *asked.back());
  finding.attempts = static_cast<std::uint32_t>(asked.size());
  finding.expected = "a ServerHello, as for the same ClientHello without them";
  finding.observed = ending_text(*asked.back());
  finding.summary = "unknown ciphers, versions, groups, signatures and extensions are left out";
  if (std::any_of(asked.begin(), asked.end(), is_answered)) return finding;
  blame(finding, "tls.unknown-values-refused");
  finding.summary += ": " + finding.observed;
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::unknown_values); }

}  // namespace

const Check tls_unknown_values{
    .id = kId,
    .claim = "The server leaves out what it does not know of a ClientHello",
    .source = "RFC 8701 §3; RFC 8446 §4.1.2, §4.2",
    .needs = "probe",
    .explanation =
        "A ClientHello has a value that nobody knows in front of its ciphers, versions, groups, key shares and signatures, and two unknown "
        "extensions, as Chrome sends them (GREASE). Where the usual ClientHello is answered and this one, sent twice, is not, it is "
        "`tls.unknown-values-refused`. The ServerHello is all that is looked at.",
    .judge = judge};

}  // namespace hairpin::checks

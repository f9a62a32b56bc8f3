// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-downgrade";
constexpr std::uint8_t kInappropriateFallback = 86;

/// What TLS 1.3 demands of a server that chooses TLS 1.2, whatever it does about the SCSV.
bool is_unmarked(const ProbeObservation* older) { return older && older->details && !older->details->has_downgrade_mark; }

Finding judge_endpoint(const Examined& e) {
  const auto* newest = e.asked(TlsQuestion::only_tls13);
  const auto* probe = e.asked(TlsQuestion::fallback);
  if (!probe || !newest) return skip(kId, e.subject, "nobody asked");
  if (!has_negotiated(*newest)) return skip(kId, e.subject, "the server does not speak TLSv1.3: TLSv1.2 is no fallback");
  const auto* older = e.asked(TlsQuestion::only_tls12);
  if (older && !has_negotiated(*older)) return skip(kId, e.subject, "the server does not speak TLSv1.2: there is nothing to fall back to");
  auto finding = finding_about(kId, e, *probe);
  finding.expected = "the alert inappropriate_fallback, and the mark of TLSv1.3 in the random of TLSv1.2";
  finding.observed = ending_text(*probe);
  finding.summary = "a fallback to TLSv1.2 is refused, and the choice of TLSv1.2 is marked";
  const bool is_refused = probe->alert && !probe->alert->was_sent && probe->alert->code == kInappropriateFallback;
  if (is_unmarked(older)) {
    finding.evidence.push_back(probe_evidence(*older));
    finding.observed += "; the random of TLSv1.2 without the mark";
    blame(finding, "tls.downgrade-unmarked");
    return finding;
  }
  if (is_refused) return finding;
  if (!has_negotiated(*probe))
    return unknown(std::move(finding), "whether a fallback is refused is not known", ending_text(*probe),
                   "see whether the server speaks TLSv1.2 at all");
  blame(finding, "tls.fallback-accepted");
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::fallback); }

}  // namespace

const Check tls_downgrade{
    .id = kId,
    .claim = "Nobody between client and server can make them speak an older version",
    .source = "RFC 7507 §3; RFC 8446 §4.1.3",
    .needs = "probe",
    .explanation =
        "A connection offers TLS 1.2 alone and says that this is a fallback (TLS_FALLBACK_SCSV), to a server that speaks TLS 1.3: "
        "it has to refuse with inappropriate_fallback. Going on is `tls.fallback-accepted`, a warning: only clients that fall "
        "back by themselves are concerned. Another offers TLS 1.2 alone without saying so: a server that speaks TLS 1.3 has to end its "
        "random with DOWNGRD, by which clients see that somebody took TLS 1.3 out of their offer. Without it, "
        "`tls.downgrade-unmarked`, a warning.",
    .judge = judge};

}  // namespace hairpin::checks

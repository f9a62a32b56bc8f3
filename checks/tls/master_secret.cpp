// SPDX-License-Identifier: Apache-2.0
#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-master-secret";

Finding judge_endpoint(const Examined& e) {
  const auto* probe = e.asked(TlsQuestion::only_tls12);
  if (!probe) return skip_unseen(kId, e);
  if (!has_negotiated(*probe)) return skip(kId, e.subject, "the server does not speak TLSv1.2; TLSv1.3 has nothing else");
  if (!has_shaken_hands(*probe) || !probe->details) return skip_unseen(kId, e);
  auto finding = finding_about(kId, e, *probe);
  finding.expected = "the extension extended_master_secret in TLSv1.2";
  finding.observed = probe->details->has_extended_master_secret ? "extended master secret" : "no extended master secret";
  finding.summary = "TLSv1.2 has the extended master secret";
  if (!probe->details->has_extended_master_secret) blame(finding, "tls.master-secret-not-extended");
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::only_tls12); }

}  // namespace

const Check tls_master_secret{
    .id = kId,
    .claim = "Sessions of TLS 1.2 have secrets of their own",
    .source = "RFC 7627 §5; RFC 9325 §3.4",
    .needs = "probe",
    .explanation =
        "The connection that offers TLS 1.2 alone offers extended_master_secret, as every client since 2015 does. A server without it is "
        "`tls.master-secret-not-extended`, a warning: two sessions can be given the same secret (triple handshake), so that "
        "exporters prove less, `tls-mode`'s among them.",
    .judge = judge};

}  // namespace hairpin::checks

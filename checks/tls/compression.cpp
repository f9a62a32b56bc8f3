// SPDX-License-Identifier: Apache-2.0
#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-compression";

Finding judge_endpoint(const Examined& e) {
  const auto* probe = e.asked(TlsQuestion::compression);
  if (!probe) return skip_unseen(kId, e);
  const auto choice = probe->details ? probe->details->choice : std::nullopt;
  if (!choice) return skip(kId, e.subject, "no TLSv1.2: " + ending_text(*probe));
  auto finding = finding_about(kId, e, *probe);
  finding.expected = "no compression";
  finding.observed = choice->compression == 0 ? "no compression" : "compression";
  finding.summary = "TLS does not compress";
  if (choice->compression != 0) blame(finding, "tls.compression-on");
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::compression); }

}  // namespace

const Check tls_compression{
    .id = kId,
    .claim = "TLS does not compress what it encrypts",
    .source = "RFC 9325 §3.3; CRIME (CVE-2012-4929)",
    .needs = "probe",
    .explanation =
        "A ClientHello of TLS 1.2 offers DEFLATE beside no compression; the ServerHello says which the server takes. Taking DEFLATE is "
        "`tls.compression-on`: the length of what is encrypted then tells what is in it. TLS 1.3 cannot compress.",
    .judge = judge};

}  // namespace hairpin::checks

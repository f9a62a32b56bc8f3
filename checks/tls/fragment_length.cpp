// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-fragment-length";
constexpr std::uint8_t kRecordOverflow = 22;  // RFC 8446 §6.2

bool was_too_long(const ProbeObservation& probe) { return probe.alert && probe.alert->was_sent && probe.alert->code == kRecordOverflow; }

Finding judge_endpoint(const Examined& e) {
  const auto* probe = e.asked(TlsQuestion::small_fragments);
  if (!probe || !probe->details || !has_negotiated(*probe)) return skip_unseen(kId, e);
  auto finding = finding_about(kId, e, *probe);
  const auto& details = *probe->details;
  if (was_too_long(*probe)) {
    finding.expected = "records of 512 bytes at most, as granted";
    finding.observed = "a longer one";
    blame(finding, "tls.fragment-length-broken");
    return finding;
  }
  finding.verdict = Verdict::info;
  if (!details.fragment_bytes)
    finding.observed = "max_fragment_length is not granted";
  else if (!details.records)
    finding.observed = fmt::format("max_fragment_length {} is granted; no answer came that shows it", *details.fragment_bytes);
  else
    finding.observed = fmt::format("max_fragment_length {} is granted; the longest record of the answer has {} bytes{}", *details.fragment_bytes,
                                   details.records->largest, details.records->is_padded ? " with padding" : "");
  finding.summary = finding.observed;
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::small_fragments); }

}  // namespace

const Check tls_fragment_length{
    .id = kId,
    .claim = "Records are as short as the server has granted",
    .source = "RFC 6066 §4",
    .needs = "probe",
    .explanation =
        "The client asks for records of 512 bytes at most, as small devices do. A server that does not know max_fragment_length is as good as another: "
        "reported. One that grants it and sends a longer record is `tls.fragment-length-broken`, a warning: the client has to end the connection "
        "(record_overflow), and most clients never ask. The handshake's own records count (GnuTLS of TLS 1.2 does not cut them). record_size_limit (RFC 8449) is not asked for: OpenSSL 3.0 does not have it.",
    .judge = judge};

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-record-sizes";
constexpr std::uint8_t kRecordOverflow = 22;  // RFC 8446 §6.2

std::string text_of(const RecordSizes& sizes) {
  auto text = sizes.count == 1 ? fmt::format("1 record of {} bytes", sizes.first)
                               : fmt::format("{} records: the first of {} bytes, the longest of {}, the shortest of {}", sizes.count, sizes.first,
                                             sizes.largest, sizes.smallest);
  if (sizes.empty > 0) text += fmt::format("; {} of them empty", sizes.empty);
  if (sizes.is_padded) text += "; with padding (CBC)";
  return text;
}

Finding judge_endpoint(const Examined& e) {
  const auto asked = e.all(TlsQuestion::usual);
  const auto* probe = asked.empty() ? nullptr : asked.front();
  if (!probe || !probe->details || !has_shaken_hands(*probe)) return skip_unseen(kId, e);
  auto finding = finding_about(kId, e, *probe);
  finding.expected = "records of 16,384 bytes at most";
  if (probe->alert && probe->alert->was_sent && probe->alert->code == kRecordOverflow) {
    finding.observed = "a longer one";
    blame(finding, "tls.record-too-long");
    return finding;
  }
  if (!probe->details->records) return skip(kId, e.subject, "no answer came: " + ending_text(*probe));
  finding.observed = finding.summary = text_of(*probe->details->records);
  finding.verdict = Verdict::info;
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::only_tls13); }

}  // namespace

const Check tls_record_sizes{
    .id = kId,
    .claim = "It is known how the server cuts its answer into records",
    .source = "RFC 8446 §5.1, §5.2; RFC 5246 §6.2.1",
    .needs = "probe; a server that answers a request",
    .explanation =
        "The records of the usual connection's answer, by the bytes that they carry: short ones first are dynamic record sizing, empty ones "
        "are what some stacks send before each CBC record. Ask for a long --path to see more. All is reported; a record that is longer than TLS allows, which ends "
        "the connection on our side, is `tls.record-too-long`.",
    .judge = judge};

}  // namespace hairpin::checks

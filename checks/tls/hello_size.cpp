// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-hello-size";
/// Longer than one record: a refusal is a limit of the server's own, and no client is so long today.
constexpr std::uint32_t kOneRecord_bytes = 16'384;

struct Sizes {
  std::vector<const ProbeObservation*> tried;
  std::vector<std::string> taken, hanging, broken, refused;
};

Sizes sizes_of(const Examined& e) {
  using enum TlsQuestion;
  Sizes all;
  for (const auto question : {hello_300, hello_511, hello_1600, hello_17000}) {
    const auto* probe = e.asked(question);
    if (!probe || !probe->details || probe->details->hello_bytes == 0) continue;
    all.tried.push_back(probe);
    const auto bytes = probe->details->hello_bytes;
    const auto text = std::to_string(bytes);
    const bool is_ended = probe->end == End::closed || probe->end == End::reset;
    if (probe->details->choice)
      all.taken.push_back(text);
    else if (probe->end == End::silent)
      all.hanging.push_back(text);
    else if (is_ended && bytes <= kOneRecord_bytes)
      all.broken.push_back(text);
    else
      all.refused.push_back(fmt::format("{} ({})", text, ending_text(*probe)));
  }
  return all;
}

std::string text_of(const Sizes& all) {
  std::vector<std::string> parts;
  if (!all.taken.empty()) parts.push_back("answered: " + joined(all.taken));
  if (!all.hanging.empty()) parts.push_back("no answer: " + joined(all.hanging));
  if (!all.broken.empty()) parts.push_back("connection ended: " + joined(all.broken));
  if (!all.refused.empty()) parts.push_back("refused: " + joined(all.refused));
  return joined(parts, "; ");
}

Finding judge_endpoint(const Examined& e) {
  const auto* usual = e.asked(TlsQuestion::usual);
  const auto all = sizes_of(e);
  const bool works = (usual && has_negotiated(*usual)) || !all.taken.empty();
  if (all.tried.empty() || !works) return skip_unseen(kId, e);
  auto finding = finding_for(kId, e.subject);
  for (const auto* probe : all.tried) finding.evidence.push_back(probe_evidence(*probe));
  finding.attempts = static_cast<std::uint32_t>(all.tried.size());
  finding.expected = "a ServerHello for a ClientHello of any size";
  finding.observed = finding.summary = text_of(all);
  if (all.hanging.empty() && all.broken.empty()) {
    if (!all.refused.empty()) finding.verdict = Verdict::info;
    return finding;
  }
  set_cause(finding, "tls.hello-size");
  finding.summary += ": " + finding.observed;
  finding.failed = static_cast<std::uint32_t>(all.hanging.size() + all.broken.size());
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::hello_511); }

}  // namespace

const Check tls_hello_size{
    .id = kId,
    .claim = "A ClientHello is answered whatever its size",
    .source = "RFC 7685 §1; tldr.fail",
    .needs = "probe",
    .explanation =
        "Connections send a ClientHello of 300, 511, 1,600 and 17,000 bytes, filled up by the padding extension, and read the "
        "ServerHello. Old BIG-IPs fell silent on 256 to 511 bytes; middleboxes that look for a ClientHello in one packet fail above "
        "1,460 bytes, which is what clients with a post-quantum key share send; 17,000 bytes are two records. Where one "
        "size is answered and another hangs, or ends the connection without an alert, it is `tls.hello-size`. An alert, and any "
        "end for the largest, is reported.",
    .judge = judge};

}  // namespace hairpin::checks

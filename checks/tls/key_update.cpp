// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-key-update";

bool is_answered(const ProbeObservation& probe) { return probe.http_status.has_value(); }

/// The same request without a change of keys, in the same version.
bool is_answered_without(const Examined& e) {
  using enum TlsQuestion;
  return std::any_of(e.connections.begin(), e.connections.end(), [](const ProbeObservation* probe) {
    return (probe->question == usual || probe->question == session_tls13) && probe->tls && probe->tls->version == "TLSv1.3" && is_answered(*probe);
  });
}

bool has_updated(const ProbeObservation& probe) { return probe.details && probe.details->key_update == KeyUpdate::answered; }

/// Not asked for its keys: the handshake did not get so far.
bool was_not_tried(const ProbeObservation* probe) { return !probe->details || probe->details->key_update == KeyUpdate::not_tried; }

Finding judge_endpoint(const Examined& e) {
  const auto* newest = e.asked(TlsQuestion::only_tls13);
  auto asked = e.all(TlsQuestion::key_update);
  if (newest && !has_negotiated(*newest)) return skip(kId, e.subject, "the server does not speak TLSv1.3");
  std::erase_if(asked, was_not_tried);
  if (asked.empty()) return skip_unseen(kId, e);
  const auto is_well = [](const auto* probe) { return has_updated(*probe) && (is_answered(*probe) || reception_of(*probe) == Reception::taken); };
  const auto best = std::find_if(asked.begin(), asked.end(), is_well);
  const auto& probe = best == asked.end() ? *asked.back() : **best;
  auto finding = finding_about(kId, e, probe);
  finding.attempts = static_cast<std::uint32_t>(asked.size());
  finding.expected = "new keys from the server, and the answer";
  finding.observed = finding.summary = "both sides changed their keys, and the connection went on";
  if (best != asked.end()) return finding;
  finding.observed = ending_text(probe);
  if (is_answered(probe)) {
    finding.observed = "an answer with the old keys";
    blame(finding, "tls.key-update-ignored");
    return finding;
  }
  if (!is_answered_without(e)) return skip(kId, e.subject, "no request was answered without a change of keys either: there is nothing to compare with");
  blame(finding, "tls.key-update-refused");
  finding.summary += ": " + finding.observed;
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::key_update); }

}  // namespace

const Check tls_key_update{
    .id = kId,
    .claim = "A connection of TLS 1.3 goes on when both sides change their keys",
    .source = "RFC 8446 §4.6.3, §7.2",
    .needs = "probe; a server that answers a request",
    .explanation =
        "After the handshake of TLS 1.3 the client changes its keys, asks the server to change its own (KeyUpdate), and sends a request. "
        "The server's KeyUpdate and the answer pass. An answer without its KeyUpdate is `tls.key-update-ignored`, a warning. No answer, twice, where the same "
        "request without it is answered is `tls.key-update-refused`: a device that reads along, or a broken stack. A server that "
        "answers no request is compared with nothing, and skipped unless it changes its keys.",
    .judge = judge};

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-early-data";
constexpr std::uint32_t kTooEarly = 425;  // RFC 8470 §5.2

/// What the sessions of TLS 1.3 allow at most.
std::uint32_t most_bytes(const Examined& e) {
  std::uint32_t most = 0;
  for (const auto question : {TlsQuestion::session_tls13, TlsQuestion::resumed_tls13})
    for (const auto* probe : e.all(question))
      if (probe->details) most = std::max(most, probe->details->most_early_bytes);
  return most;
}

bool has_accepted(const ProbeObservation* probe) { return probe && probe->details && probe->details->early_data == EarlyData::accepted; }
bool has_refused(const ProbeObservation* probe) { return probe && probe->details && probe->details->early_data == EarlyData::refused && has_shaken_hands(*probe); }

Finding judge_replay(Finding finding, const ProbeObservation& replay) {
  finding.evidence.push_back(probe_evidence(replay));
  finding.attempts = 2;
  finding.observed = "accepted once";
  if (has_accepted(&replay) && replay.details->was_known_before && replay.http_status != kTooEarly) {
    set_cause(finding, "tls.early-data-replayed");
    finding.failed = 1;
    finding.observed = "the same bytes were accepted by a second connection";
    return finding;
  }
  finding.verdict = Verdict::info;
  if (replay.http_status == kTooEarly) {
    finding.summary = finding.observed = "early data are accepted; the service answers a replay with 425 Too Early";
  } else if (has_refused(&replay) && replay.details->was_known_before) {
    finding.summary = finding.observed = "early data are accepted; the same bytes again are not";
  } else if (has_accepted(&replay) || has_refused(&replay)) {
    return unknown(std::move(finding), "early data are accepted; whether a replay is, is not known",
                   "the first of two connections did not know the session", "ask again; see tls-resumption");
  } else {
    return unknown(std::move(finding), "early data are accepted; whether a replay is, is not known", ending_text(replay), "ask again");
  }
  return finding;
}

Finding judge_endpoint(const Examined& e) {
  const auto* session = e.asked(TlsQuestion::session_tls13);
  if (!session || !has_negotiated(*session)) return skip(kId, e.subject, "the server does not speak TLSv1.3");
  if (!has_shaken_hands(*session)) return skip_unseen(kId, e);
  auto finding = finding_about(kId, e, *session);
  finding.expected = "no early data, or none that can be sent twice";
  const auto most = most_bytes(e);
  finding.summary = finding.observed = "no session allows early data";
  if (most == 0) return finding;
  const auto* early = e.asked(TlsQuestion::early_data);
  const auto* replay = e.asked(TlsQuestion::early_replay);
  finding.summary = finding.observed = fmt::format("sessions allow {} bytes of early data, and they are refused", most);
  if (early) finding.evidence.push_back(probe_evidence(*early));
  if (has_refused(early)) {
    finding.verdict = Verdict::info;
    return finding;
  }
  if (has_accepted(early) && replay) return judge_replay(std::move(finding), *replay);
  return unknown(std::move(finding), "sessions allow early data; whether they are accepted is not known",
                 early ? ending_text(*early) : "nobody asked", "ask again");
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::session_tls13); }

}  // namespace

const Check tls_early_data{
    .id = kId,
    .claim = "Nobody can send a client's early data a second time",
    .source = "RFC 8446 §2.3, §8; RFC 8470",
    .needs = "probe",
    .explanation =
        "A session of TLS 1.3 may allow data along with the ClientHello (0-RTT). Where none does, it passes. Where one does, a request goes along with a ClientHello; "
        "if it is accepted, the next such ClientHello is sent over one connection and then, byte for byte, over another, as somebody on the way "
        "could. If the first knew the session and the second accepted the data, it is `tls.early-data-replayed`, unless the service answers 425 Too Early "
        "(RFC 8470). Early data that are accepted once, or refused, are reported.",
    .judge = judge};

}  // namespace hairpin::checks

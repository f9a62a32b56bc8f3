// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

using enum TlsQuestion;

constexpr std::string_view kId = "tls-patience";

struct Stop {
  TlsQuestion question;
  std::string_view words;
  bool is_in_handshake;
};
constexpr Stop kStops[] = {{stalled_connection, "after the TCP handshake", true},
                           {stalled_hello, "after the ClientHello", true},
                           {stalled_session, "after the TLS handshake", false}};

/// Got as far as the silence.
bool has_stalled(const ProbeObservation& probe) { return probe.end == End::answered && probe.ended_in == Phase::close; }

std::string time_text(const ProbeObservation& probe) {
  const auto& patience = probe.details->patience;
  return patience ? fmt::format("ends after {:.1f} s", static_cast<double>(patience->count()) / 1000.0) : "still waits when we stop";
}

Finding judge_endpoint(const Examined& e) {
  auto finding = finding_for(kId, e.subject);
  std::vector<std::string> texts;
  for (const auto& stop : kStops) {
    const auto* probe = e.asked(stop.question);
    if (!probe || !probe->details || !has_stalled(*probe)) continue;
    finding.evidence.push_back(probe_evidence(*probe));
    texts.push_back(fmt::format("{}: {}", stop.words, time_text(*probe)));
    ++finding.attempts;
    if (stop.is_in_handshake && !probe->details->patience) ++finding.failed;
  }
  if (texts.empty()) {
    auto skipped = skip(kId, e.subject, "nobody fell silent in the handshake");
    skipped.next_step = "measure it: --slow SECONDS";
    return skipped;
  }
  finding.expected = "the server ends a handshake that does not go on within the time that was given";
  finding.observed = finding.summary = joined(texts, "; ");
  finding.verdict = Verdict::info;
  if (finding.failed == 0) return finding;
  set_cause(finding, "tls.handshake-never-ends");
  finding.summary += ": " + finding.observed;
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, stalled_hello); }

}  // namespace

const Check tls_patience{
    .id = kId,
    .claim = "A client that falls silent within the handshake is not waited for without end",
    .source = "BIG-IP client SSL profile, handshake-timeout (10 s); RFC 9293 §3.9",
    .needs = "probe with --slow",
    .explanation =
        "With `--slow SECONDS` three connections fall silent: after the TCP handshake, after the ClientHello (its answer is read), after the TLS handshake. "
        "How long the server waits before it ends each is measured. A handshake that is not ended within the seconds that were given "
        "is `tls.handshake-never-ends`, a warning: each costs the server memory and nobody a thing. How long an idle session lives is reported. Some "
        "balancers accept before the server knows: then the balancer's time is seen.",
    .judge = judge};

}  // namespace hairpin::checks

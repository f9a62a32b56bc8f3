// SPDX-License-Identifier: Apache-2.0
#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-ending";

std::string words_for(StreamEnd ending) {
  switch (ending) {
    case StreamEnd::close_notify: return "close_notify";
    case StreamEnd::bare: return "FIN without close_notify";
    case StreamEnd::reset: return "RST";
    case StreamEnd::not_seen: break;
  }
  return "no end within half a second";
}

/// The usual connection that asked for something; where that was not answered, another one looked at TLS alone.
const ProbeObservation* with_request(const Examined& e) {
  const auto asked = e.all(TlsQuestion::usual);
  return !asked.empty() && asked.front()->depth == Depth::http && asked.front()->details ? asked.front() : nullptr;
}

/// Part of an answer came, and then an end that says "no more" neither in HTTP nor in TLS.
bool is_cut_off(const ProbeObservation& probe) {
  const auto ending = probe.details->ending;
  return !probe.http_status && probe.details->has_spoken && (ending == StreamEnd::reset || ending == StreamEnd::bare);
}

Finding judge_endpoint(const Examined& e) {
  const auto* probe = with_request(e);
  if (!probe || !has_shaken_hands(*probe)) return skip_unseen(kId, e);
  if (!probe->http_status && !is_cut_off(*probe)) return skip(kId, e.subject, "no request was answered: " + ending_text(*probe));
  auto finding = finding_about(kId, e, *probe);
  finding.expected = "the whole answer, then the end";
  finding.observed = words_for(probe->details->ending);
  finding.summary = "after the answer: " + finding.observed;
  finding.verdict = Verdict::info;
  if (is_cut_off(*probe)) blame(finding, "tls.answer-cut-off", "the answer breaks off: " + finding.observed);
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::only_tls13); }

}  // namespace

const Check tls_ending{
    .id = kId,
    .claim = "The server ends a connection when everything was said, and it is known how",
    .source = "RFC 8446 §6.1, RFC 5246 §7.2.1; BIG-IP client SSL profile, Unclean Shutdown",
    .needs = "probe; a server that answers a request",
    .explanation =
        "The usual connection says \"Connection: close\", reads the answer, and waits half a second for the server's end before it "
        "ends itself. close_notify, a FIN without it (BIG-IP's default is an unclean shutdown) and a RST after the answer are "
        "reported. An answer that breaks off with a RST or a bare FIN is `tls.answer-cut-off`, a warning: its client cannot tell it from "
        "an attack.",
    .judge = judge};

}  // namespace hairpin::checks

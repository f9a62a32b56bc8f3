// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-plaintext";

/// A page that complains ("400 The plain HTTP request was sent to HTTPS port") serves nothing.
bool is_served(const ProbeObservation& probe) { return probe.http_status && *probe.http_status < 400; }

bool is_turned_away(const ProbeObservation& probe) {
  const bool is_alert = probe.alert && !probe.alert->was_sent;
  return probe.http_status || is_alert || probe.end == End::closed || probe.end == End::reset;
}

Finding judge_endpoint(const Examined& e) {
  const auto* usual = e.asked(TlsQuestion::usual);
  const auto* probe = e.asked(TlsQuestion::plaintext);
  if (!usual || !has_negotiated(*usual)) return skip_unseen(kId, e);
  if (!probe) return skip(kId, e.subject, "nobody asked");
  auto finding = finding_about(kId, e, *probe);
  finding.expected = "an alert, an error page, or the end of the connection";
  finding.observed = probe->http_status ? fmt::format("status {}", *probe->http_status) : ending_text(*probe);
  if (is_served(*probe)) {
    blame(finding, "tls.plaintext-served", fmt::format("a request without TLS is answered with status {}", *probe->http_status));
  } else if (is_turned_away(*probe)) {
    finding.summary = "a request without TLS is turned away: " + finding.observed;
  } else {
    return unknown(std::move(finding), "what becomes of a request without TLS is not known: " + ending_text(*probe),
                   "the server neither answered nor ended the connection in time", "try with a longer --timeout, and look at the server's log");
  }
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::plaintext); }

}  // namespace

const Check tls_plaintext{
    .id = kId,
    .claim = "The port serves nobody without TLS",
    .source = "RFC 8446 §6; BIG-IP client SSL profile, Non-SSL Connections",
    .needs = "probe",
    .explanation =
        "One connection sends the request in the clear to the port where TLS works. An alert, an error page (nginx: 400) and the "
        "end of the connection are right. Success or a redirection is `tls.plaintext-served`: the request, with what is secret in "
        "it, was readable on the way. Silence is inconclusive.",
    .judge = judge};

}  // namespace hairpin::checks

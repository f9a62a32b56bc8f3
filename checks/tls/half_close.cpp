// SPDX-License-Identifier: Apache-2.0
#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-half-close";

Finding judge_endpoint(const Examined& e) {
  const auto* probe = e.asked(TlsQuestion::half_close);
  if (!probe) return skip(kId, e.subject, "no request was answered that could be ended early");
  if (!has_shaken_hands(*probe)) return skip_unseen(kId, e);
  auto finding = finding_about(kId, e, *probe);
  finding.verdict = Verdict::info;
  finding.observed = probe->http_status ? "the answer comes after our close_notify and FIN" : "no answer after our close_notify and FIN: " + ending_text(*probe);
  finding.summary = finding.observed;
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::half_close); }

}  // namespace

const Check tls_half_close{
    .id = kId,
    .claim = "It is known whether a client that has said everything still gets its answer",
    .source = "RFC 8446 §6.1, RFC 5246 §7.2.1, RFC 9112 §9.6",
    .needs = "probe; a server that answers a request",
    .explanation =
        "A connection sends its request, then close_notify and FIN, and reads. TLS 1.3 lets one direction end before the other, TLS 1.2 wants the "
        "server to end at once and to drop what it has not sent; web servers and balancers do either. Reported, because clients that "
        "half-close (netcat, some libraries) work with the one and not with the other.",
    .judge = judge};

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-resumption";

struct Try {
  std::string_view version;
  TlsQuestion session, resumed, moved;
};
constexpr Try kTries[] = {{"TLSv1.2", TlsQuestion::session_tls12, TlsQuestion::resumed_tls12, TlsQuestion::moved_tls12},
                          {"TLSv1.3", TlsQuestion::session_tls13, TlsQuestion::resumed_tls13, TlsQuestion::moved_tls13}};

struct Rate {
  std::size_t resumed = 0, asked = 0;
  bool has_session = false, was_tried = false;
  std::uint32_t lifetime_s = 0;  ///< that the server's ticket names; 0: it names none
  const ProbeObservation* moved = nullptr;
  bool is_partial() const { return resumed > 0 && resumed < asked; }
};

Rate rate_of(const Examined& e, const Try& tried) {
  Rate rate;
  const auto* session = e.asked(tried.session);
  rate.was_tried = session && has_shaken_hands(*session);
  rate.has_session = rate.was_tried && session->details && session->details->tickets > 0;
  if (rate.has_session) rate.lifetime_s = session->details->ticket_lifetime_s;
  if (rate.has_session) rate.moved = e.asked(tried.moved);
  for (const auto* probe : e.all(tried.resumed)) {
    if (!rate.has_session || !has_shaken_hands(*probe)) continue;
    ++rate.asked;
    if (probe->details && probe->details->is_resumed) ++rate.resumed;
  }
  return rate;
}

std::string text_of(const Try& tried, const Rate& rate) {
  if (!rate.has_session) return fmt::format("{}: no session to resume", tried.version);
  auto text = fmt::format("{}: {} of {} resumed", tried.version, rate.resumed, rate.asked);
  if (rate.lifetime_s > 0) text += fmt::format(", good for {} s", rate.lifetime_s);
  if (!rate.moved || !has_negotiated(*rate.moved)) return text;
  return text + (rate.moved->details && rate.moved->details->is_resumed ? ", with another name as well" : ", not with another name");
}

Finding judge_endpoint(const Examined& e) {
  auto finding = finding_for(kId, e.subject);
  std::vector<std::string> texts;
  bool is_partial = false;
  for (const auto& tried : kTries) {
    const auto rate = rate_of(e, tried);
    if (!rate.was_tried) continue;
    texts.push_back(text_of(tried, rate));
    is_partial |= rate.is_partial();
    finding.attempts += static_cast<std::uint32_t>(rate.asked);
    finding.failed += static_cast<std::uint32_t>(rate.is_partial() ? rate.asked - rate.resumed : 0);
  }
  if (texts.empty()) return skip_unseen(kId, e);
  finding.observed = finding.summary = joined(texts, "; ");
  finding.verdict = Verdict::info;
  if (!is_partial) return finding;
  set_cause(finding, "tls.resumption-partial");
  finding.expected = "a session is resumed always, or never";
  finding.summary += ": " + finding.observed;
  return finding;
}

std::vector<Finding> judge(const Case& c) { return judge_each(c, judge_endpoint, TlsQuestion::session_tls13); }

}  // namespace

const Check tls_resumption{
    .id = kId,
    .claim = "Sessions are resumed wherever they are shown again",
    .source = "RFC 8446 §2.2, RFC 5077, RFC 5246 §7.3",
    .needs = "probe",
    .explanation =
        "A connection takes a session (the answer is read, because tickets of TLS 1.3 come after the handshake), others show it "
        "again, each over a TCP connection of its own. A server that never resumes is slow, and not wrong. One that sometimes "
        "does is `tls.resumption-partial`, a warning: members that do not share their ticket keys, or a balancer whose session "
        "cache is per processor (BIG-IP's is per TMM). How long the ticket says that it is good for is reported: for so long a session may outlive the "
        "revocation of the client certificate that made it. So is whether the session is resumed with another server name; what that "
        "must not open is judged by `mtls-sessions`.",
    .judge = judge};

}  // namespace hairpin::checks

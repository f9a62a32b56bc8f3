// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>
#include <set>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"
#include "checks/tls/member_sessions.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-resumption-members";
constexpr std::string_view kCause = "tls.sessions-not-shared";

struct Rate {
  std::size_t resumed = 0, shown = 0;
  void add(bool is_resumed) {
    ++shown;
    resumed += is_resumed ? 1 : 0;
  }
  bool is_whole() const { return resumed == shown; }
};

std::string name_of(const std::string& member) { return member.empty() ? "an unknown member" : member; }

std::string text_of(const Rate& rate) { return fmt::format("{} of {} resumed", rate.resumed, rate.shown); }

/// Members × members: whose session, shown to whom.
using Matrix = std::map<std::pair<std::string, std::string>, Rate>;

Matrix matrix_of(const VipSessions& sessions) {
  Matrix matrix;
  for (const auto& shown : sessions.shown) matrix[{shown.first->member, shown.trip->member}].add(shown.is_resumed());
  return matrix;
}

Rate total_of(const VipSessions& sessions) {
  Rate total;
  for (const auto& shown : sessions.shown) total.add(shown.is_resumed());
  return total;
}

void quote_matrix(Finding& finding, const Matrix& matrix, const std::string& source) {
  std::map<std::string, Rate> at;
  for (const auto& [cell, rate] : matrix) {
    at[cell.second].resumed += rate.resumed;
    at[cell.second].shown += rate.shown;
    finding.evidence.push_back({source + "/probe", {}, "", fmt::format("a session of {} at {}: {}", name_of(cell.first), name_of(cell.second), text_of(rate)), {}});
  }
  std::vector<std::string> rates;
  for (const auto& [member, rate] : at) rates.push_back(fmt::format("{}: {}", name_of(member), text_of(rate)));
  finding.observed = joined(rates, "; ");
}

/// Members that were not shown a session of another one.
std::vector<std::string> unasked(const VipSessions& sessions, const Matrix& matrix) {
  std::vector<std::string> members;
  for (const auto& member : sessions.members) {
    const bool is_asked = std::any_of(matrix.begin(), matrix.end(), [&](const auto& cell) {
      return cell.first.second == member && cell.first.first != member && !cell.first.first.empty();
    });
    if (!is_asked) members.push_back(member);
  }
  return members;
}

Finding judge_members(const VipSessions& sessions, Finding finding) {
  const auto matrix = matrix_of(sessions);
  const auto total = total_of(sessions);
  quote_matrix(finding, matrix, sessions.first.front()->probe->host);
  Rate between;
  for (const auto& [cell, rate] : matrix)
    if (cell.first != cell.second) between = {between.resumed + rate.resumed, between.shown + rate.shown};
  finding.summary = fmt::format("members resume {} sessions of each other", between.resumed == 0 ? "no" : between.is_whole() ? "all" : "some");
  if (between.shown == 0) finding.summary = "no session came to another member than its own";
  if (!sessions.expect->shares_sessions) {
    finding.verdict = Verdict::info;
    return finding;
  }
  if (!total.is_whole()) {
    blame(finding, kCause, fmt::format("sessions are not shared: {}", finding.observed));
    set_attempts(finding, total.shown, total.shown - total.resumed);
    return finding;
  }
  const auto left = unasked(sessions, matrix);
  if (left.empty() || sessions.members.size() < 2) return finding;
  return unknown(std::move(finding), fmt::format("whether {} resume the sessions of others is not known", joined(left)),
                 "the balancer brought no session of another member there", "ask from another source, or without persistence");
}

Finding judge_balancer(const VipSessions& sessions, Finding finding) {
  const auto total = total_of(sessions);
  finding.observed = text_of(total);
  finding.summary = fmt::format("sessions of the balancer: {}", finding.observed);
  finding.evidence.push_back({sessions.first.front()->probe->host + "/probe", {}, "", fmt::format("{} sessions at the VIP: {}", sessions.first.size(), finding.observed), {}});
  if (total.shown < 2 && sessions.expect->shares_sessions)
    return unknown(std::move(finding), "whether everybody who answers resumes a session is not known",
                   fmt::format("one connection showed one ({}): that is no rate", text_of(total)), "a pool of two members or more has more of them asked");
  if (total.is_whole())
    finding.summary += "; from one source: units that are chosen by the source's address were not met";
  const bool is_partial = total.resumed > 0 && !total.is_whole();
  if (is_partial || (sessions.expect->shares_sessions && !total.is_whole())) {
    blame(finding, kCause, fmt::format("sessions are resumed {} at the VIP: {}", total.resumed == 0 ? "by nobody" : "only by some who answer", finding.observed));
    set_attempts(finding, total.shown, total.shown - total.resumed);
  } else if (!sessions.expect->shares_sessions) {
    finding.verdict = Verdict::info;
  }
  return finding;
}

Finding judge_vip(const VipSessions& sessions) {
  auto finding = finding_for(kId, sessions.subject);
  finding.attempts = static_cast<std::uint32_t>(sessions.shown.size());
  if (sessions.expect->shares_sessions) finding.expected = "a session is resumed by whoever answers at the VIP";
  if (sessions.first.empty())
    return unknown(std::move(finding), "whether members share sessions is not known", "no source with certificates was answered through the VIP",
                   "name certificates of a source: hosts.NAME.tls");
  if (!sessions.lost.empty()) finding.evidence.push_back(probe_evidence(*sessions.lost.front()->probe));
  if (!sessions.mode) return skip(kId, sessions.subject, "no connection was seen at both ends of its TLS");
  if (sessions.has_sessions() && sessions.shown.empty())
    return unknown(std::move(finding), "whether sessions are resumed is not known", "no connection that showed one got through its handshake", "see the findings about the path");
  if (sessions.has_sessions()) return *sessions.mode == TlsMode::passthrough ? judge_members(sessions, std::move(finding)) : judge_balancer(sessions, std::move(finding));
  finding.attempts = static_cast<std::uint32_t>(sessions.first.size());
  finding.verdict = Verdict::info;
  finding.observed = finding.summary = "no sessions are given";
  if (sessions.expect->shares_sessions) blame(finding, kCause, "no sessions are given: every connection is a whole handshake");
  return finding;
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  for (const auto& sessions : sessions_of(c))
    if (!sessions.first.empty() || sessions.expect->shares_sessions) findings.push_back(judge_vip(sessions));
  return findings;
}

}  // namespace

const Check tls_resumption_members{
    .id = kId,
    .claim = "A session is resumed by whoever answers for the VIP",
    .source = "topology: expect.tls.shared_sessions; RFC 8446 §2.2, RFC 5077 §5.5",
    .needs = "probe; responder; certificates of a source in the topology",
    .explanation =
        "After everything else one source takes a session through the VIP and shows it to as many connections as reach every member in turn, then "
        "takes the next one. The answers say who gave it and who got it: a table of members by members, and how many each resumed. Where TLS passes "
        "through to members, these are hairpin's responders, which give sessions for that time: each seals them with the `ticket_key` that the "
        "topology names for its host, or with a key of its own. So what is tested is whether the key files are the same, and whether the balancer "
        "brings a session back to its member. A session that another member does not know costs a whole handshake and no more: reported. With `expect.tls.shared_sessions` "
        "it is `tls.sessions-not-shared`, a warning; a member that no session of another one came to is inconclusive. Where the balancer ends TLS "
        "the sessions are its own: some resumed and others not is the same warning without any promise (units or processors that do not share keys; "
        "tickets that are good for one use look the same); fewer than two connections are no rate. Units that a balancer in front chooses by the source's "
        "address are met from one source one at a time: nothing is known of the others.",
    .judge = judge};

}  // namespace hairpin::checks

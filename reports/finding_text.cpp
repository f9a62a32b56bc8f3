// SPDX-License-Identifier: Apache-2.0
#include "reports/finding_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/files.hpp"

namespace hairpin::reports {
namespace {

void append(std::string& text, const std::string& part, std::string_view separator) {
  if (part.empty()) return;
  if (!text.empty()) text += separator;
  text += part;
}

}  // namespace

std::string who(const Subject& subject) {
  if (!subject.source.empty() && !subject.member.empty()) return subject.source + " → " + subject.member + (subject.way.empty() ? "" : ", directly");
  if (!subject.source.empty()) return "from " + subject.source;
  if (!subject.member.empty()) return "to " + subject.member;
  if (!subject.host.empty()) return "host " + subject.host;
  const auto place = where(subject);
  return place.empty() ? "the run" : place;
}

std::string where(const Subject& subject) {
  std::string text = subject.pool;
  append(text, subject.virtual_server, "/");
  append(text, subject.vip, " ");
  append(text, subject.family, " ");
  return text;
}

std::string tally(const Finding& finding) {
  if (finding.attempts == 0) return {};
  std::string text = finding.verdict == Verdict::fail || finding.failed > 0
                         ? fmt::format("{} of {} attempts failed", finding.failed, finding.attempts)
                         : fmt::format("{} attempts", finding.attempts);
  if (finding.confirmed) text += *finding.confirmed ? ", confirmed" : ", intermittent";
  if (finding.grade)
    text += std::string(", return path ") + boost::describe::enum_to_string(*finding.grade, "");
  return text;
}

std::string place_of(const Evidence& evidence) {
  if (!evidence.frame) return evidence.vantage;
  const std::string_view vantage = evidence.vantage;
  const auto end_of_host = std::min(vantage.rfind('/'), vantage.size());
  const auto interface = vantage.substr(std::min(end_of_host + 1, vantage.size()));
  return fmt::format("{} #{}", capture_file(vantage.substr(0, end_of_host), interface), *evidence.frame);
}

std::string evidence_line(const Evidence& evidence, bool names_match) {
  constexpr std::size_t kDate = 11;  // of 2026-11-22T10:00:00.123456Z: the header of the report has the day
  std::string text = place_of(evidence);
  if (evidence.time) append(text, iso8601(*evidence.time).substr(kDate), "  ");
  append(text, evidence.text, "  ");
  if (names_match) append(text, evidence.match.empty() ? "" : "(matched by " + evidence.match + ")", "  ");
  return text;
}

std::string_view tag(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "ok";
    case Verdict::fail:
      return "FAIL";
    case Verdict::warn:
      return "warn";
    case Verdict::info:
      return "info";
    case Verdict::inconclusive:
      return "?";
    case Verdict::skip:
      return "skip";
  }
  return "?";
}

std::string to_string(const Counts& counts) {
  return fmt::format("{} passed, {} failed, {} warning{}, {} info, {} inconclusive, {} skipped", counts.pass,
                     counts.fail, counts.warn, counts.warn == 1 ? "" : "s", counts.info, counts.inconclusive,
                     counts.skip);
}

std::vector<const Finding*> findings_of(const Run& run, const Diagnosis& diagnosis) {
  std::vector<const Finding*> result;
  for (const auto& finding : run.findings)
    if (std::ranges::find(diagnosis.findings, finding.id) != diagnosis.findings.end())
      result.push_back(&finding);
  return result;
}

std::vector<const Finding*> explained_by(const Run& run, const Finding& finding) {
  std::vector<const Finding*> result;
  for (const auto& other : run.findings)
    if (!finding.id.empty() && other.explained_by == finding.id) result.push_back(&other);
  return result;
}

}  // namespace hairpin::reports

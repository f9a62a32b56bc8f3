// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/diagnosis_text.hpp"
#include "reports/finding_text.hpp"
#include "reports/page.hpp"
#include "reports/report.hpp"

namespace hairpin::reports {
namespace {

std::string verdict_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "PASS";
    case Verdict::fail:
      return "FAIL";
    case Verdict::warn:
      return "WARN";
    case Verdict::inconclusive:
    case Verdict::info:
    case Verdict::skip:
      break;
  }
  return "INCONCLUSIVE";
}

std::string last_line(const Run& run) {
  return fmt::format("{}  ({:.1f} s)", to_string(run.counts), run.run.duration_s);
}

void write_header(Page& page, const Run& run) {
  page.verbatim(0, {verdict_word(run.verdict), run.verdict},
                "  " + run.topology.name + "  " + last_line(run));
  page.verbatim(0, {},
                fmt::format("started {}, times in UTC, hairpin {}, run {}", iso8601(run.run.started, 0),
                            run.run.version, run.run.id));
}

/// Findings that a reader would not tell apart share a block or a line.
template <class Key>
std::vector<Findings> grouped(const Findings& findings, Key key) {
  std::vector<Findings> groups;
  for (const auto* finding : findings) {
    const auto fits = [&](const Findings& group) { return key(*group.front()) == key(*finding); };
    auto group = std::ranges::find_if(groups, fits);
    if (group == groups.end()) group = groups.insert(group, Findings{});
    group->push_back(finding);
  }
  return groups;
}

Findings with(const Run& run, Verdict verdict) {
  Findings result;
  for (const auto& finding : run.findings)
    if (finding.verdict == verdict) result.push_back(&finding);
  return result;
}

/// As many subjects as one line holds.
std::string subjects(const Findings& group, std::size_t room) {
  std::string text;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const auto next = (i == 0 ? "" : ", ") + printable(who(group[i]->subject));
    const auto more = group.size() - i;
    if (i > 0 && columns(text) + columns(next) + 16 > room) return text + fmt::format(", and {} more", more);
    text += next;
  }
  return text;
}

bool is_diagnosed(const Run& run, const Finding& finding) {
  return std::ranges::any_of(run.diagnoses, [&](const Diagnosis& diagnosis) {
    return std::ranges::find(diagnosis.findings, finding.id) != diagnosis.findings.end();
  });
}

/// Failures without a diagnosis, and warnings.
void write_undiagnosed(Page& page, const Run& run, Verdict verdict, std::string_view title) {
  auto findings = with(run, verdict);
  std::erase_if(findings, [&](const Finding* finding) { return is_diagnosed(run, *finding); });
  if (findings.empty()) return;
  page.blank();
  page.verbatim(0, {std::string(title), verdict}, "");
  write_faults(page, run, findings, findings.front()->cause);
}

void write_inconclusive(Page& page, const Run& run) {
  const auto groups = grouped(with(run, Verdict::inconclusive), [](const Finding& one) {
    return std::tie(one.check, one.cause, one.reason, one.next_step);
  });
  if (groups.empty()) return;
  page.heading("Inconclusive");
  for (const auto& group : groups) {
    const auto& first = *group.front();
    page.prose(2, {"?  " + (first.cause.empty() ? first.check : first.cause) + "  ", Verdict::inconclusive},
               subjects(group, page.width()));
    page.prose(5, {"reason  ", {}}, first.reason.empty() ? first.summary : first.reason);
    if (!first.next_step.empty()) page.verbatim(5, {"next    ", {}}, first.next_step);
  }
}

/// What one line says of a group: why it was skipped, its one summary, or whom it is about.
std::string gist(const Findings& group, std::size_t room) {
  const auto& first = *group.front();
  if (first.verdict == Verdict::skip) return first.reason.empty() ? first.summary : first.reason;
  if (group.size() == 1 && !first.summary.empty()) return who(first.subject) + ": " + first.summary;
  if (first.verdict == Verdict::info && !first.summary.empty()) return first.summary;
  return subjects(group, room);
}

/// One line for each group: "ok    return-path     4  client1 → oc01, …".
void write_lines(Page& page, const std::vector<Findings>& groups) {
  for (const auto& group : groups) {
    const auto& first = *group.front();
    const auto label = padded(tag(first.verdict), 6) + padded(printable(first.check), 14) +
                       fmt::format("{:>3}  ", group.size());
    const auto used = columns(label) + 2;
    page.prose(2, {label, first.verdict}, gist(group, page.width() - std::min(page.width(), used)));
  }
}

void write_rest(Page& page, const Run& run) {
  const auto by_check = [](const Finding& one) { return one.check; };
  const auto by_summary = [](const Finding& one) { return std::tie(one.check, one.summary); };
  const auto by_reason = [](const Finding& one) { return std::tie(one.check, one.reason); };
  const auto passed = grouped(with(run, Verdict::pass), by_check);
  const auto reported = grouped(with(run, Verdict::info), by_summary);
  const auto skipped = grouped(with(run, Verdict::skip), by_reason);
  if (passed.empty() && reported.empty() && skipped.empty()) return;
  page.heading("Also");
  for (const auto* groups : {&passed, &reported, &skipped}) write_lines(page, *groups);
}

void write_every_finding(Page& page, const Run& run) {
  page.heading("Every finding");
  for (const auto& finding : run.findings) {
    page.blank();
    page.verbatim(2, {padded(tag(finding.verdict), 6), finding.verdict},
                  finding.id + (finding.cause.empty() ? "" : "  " + finding.cause));
    write_finding(page, 4, finding, kAllEvidence);
  }
}

}  // namespace

std::string text(const Run& run, const TextStyle& style) {
  Page page(style);
  if (!style.is_quiet) {
    write_header(page, run);
    for (std::size_t i = 0; i < run.diagnoses.size(); ++i)
      write_diagnosis(page, run, run.diagnoses[i], i + 1);
    write_undiagnosed(page, run, Verdict::fail, run.diagnoses.empty() ? "Failed" : "Other failures");
    write_undiagnosed(page, run, Verdict::warn, "Warnings");
    write_inconclusive(page, run);
    if (style.is_verbose)
      write_every_finding(page, run);
    else
      write_rest(page, run);
    page.blank();
  }
  page.verbatim(0, {verdict_word(run.verdict), run.verdict}, "  " + last_line(run));
  return page.take();
}

}  // namespace hairpin::reports

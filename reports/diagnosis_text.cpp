// SPDX-License-Identifier: Apache-2.0
#include "reports/diagnosis_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/finding_text.hpp"
#include "reports/matrix.hpp"
#include "reports/quoted_text.hpp"

namespace hairpin::reports {
namespace {

// The first screen shows each cause once with its packets, and the other pairs with one line each.
constexpr std::size_t kEvidenceOfFirst = 4, kEvidenceOfExplained = 2, kMostOthers = 8;

/// `first`, which gives the fault its name, and then the others as they come.
std::vector<std::string> causes_of(const Findings& findings, const std::string& first) {
  std::vector<std::string> causes;
  if (std::ranges::find(findings, first, &Finding::cause) != findings.end()) causes.push_back(first);
  for (const auto* finding : findings)
    if (std::ranges::find(causes, finding->cause) == causes.end()) causes.push_back(finding->cause);
  return causes;
}

/// Every finding of the checks that this fault touches: the pairs that passed belong into its matrix.
Findings of_the_same_checks(const Run& run, const Findings& findings) {
  Findings result;
  for (const auto& finding : run.findings) {
    const auto touches = [&](const Finding* other) { return other->check == finding.check; };
    if (std::ranges::any_of(findings, touches)) result.push_back(&finding);
  }
  return result;
}

void write_evidence(Page& page, std::size_t indent, const Finding& finding, std::size_t most) {
  const auto shown = std::min(most, finding.evidence.size());
  for (std::size_t i = 0; i < shown; ++i)
    page.verbatim(indent, {}, evidence_line(finding.evidence[i], page.is_verbose()));
  if (most > 0 && shown < finding.evidence.size())
    page.verbatim(indent, {}, fmt::format("... {} more, see -v", finding.evidence.size() - shown));
}

const std::string& gist(const Finding& finding) {
  return finding.observed.empty() ? finding.summary : finding.observed;
}

/// What follows from the fault at this pair: the RST, the time-out.
void write_explained(Page& page, const Run& run, const Finding& finding, std::size_t evidence) {
  for (const auto* symptom : explained_by(run, finding)) {
    if (symptom->observed.empty() && symptom->evidence.empty()) continue;  // merely not judged
    page.verbatim(6, {"then      ", {}}, gist(*symptom));
    write_evidence(page, 8, *symptom, evidence);
  }
}

void write_cause(Page& page, const Run& run, const Findings& findings, const std::string& cause) {
  Findings same;
  std::ranges::copy_if(findings, std::back_inserter(same),
                       [&](const auto* one) { return one->cause == cause; });
  page.blank();
  page.title(2, cause.empty() ? same.front()->check : cause);
  const auto evidence = page.is_verbose() ? kAllEvidence : kEvidenceOfFirst;
  write_finding(page, 4, *same.front(), evidence);
  write_explained(page, run, *same.front(), page.is_verbose() ? kAllEvidence : kEvidenceOfExplained);
  const auto others = page.is_verbose() ? same.size() : std::min(same.size(), kMostOthers + 1);
  for (std::size_t i = 1; i < others; ++i) {
    page.verbatim(4, {who(same[i]->subject) + "  ", {}}, gist(*same[i]));
    write_explained(page, run, *same[i], 0);
  }
  if (others < same.size())
    page.verbatim(4, {}, fmt::format("... and {} more, see -v", same.size() - others));
}

void write_list(Page& page, const std::string& title, const std::vector<std::string>& lines, bool is_prose) {
  if (lines.empty()) return;
  page.title(2, title);
  for (const auto& line : lines) {
    if (is_prose)
      page.prose(4, {"- ", {}}, line);
    else
      page.verbatim(4, {}, line);
  }
}

}  // namespace

void write_finding(Page& page, std::size_t indent, const Finding& finding, std::size_t most_evidence) {
  const auto judged = tally(finding);
  page.prose(indent, {who(finding.subject) + "  ", {}},
             finding.summary + (judged.empty() ? "" : " (" + judged + ")"));
  const auto field = [&](const char* label, const std::string& text) {
    if (!text.empty()) page.verbatim(indent + 2, {label, {}}, text);
  };
  field("expected  ", finding.expected);
  field("observed  ", finding.observed);
  if (!finding.reason.empty()) page.prose(indent + 2, {"reason    ", {}}, finding.reason);
  field("next      ", finding.next_step);
  if (page.is_verbose()) field("explained by ", finding.explained_by);
  write_evidence(page, indent + 2, finding, most_evidence);
}

void write_faults(Page& page, const Run& run, const Findings& findings, const std::string& first_cause) {
  write_matrices(page, 2, of_the_same_checks(run, findings));
  for (const auto& cause : causes_of(findings, first_cause)) write_cause(page, run, findings, cause);
}

void write_diagnosis(Page& page, const Run& run, const Diagnosis& diagnosis, std::size_t number) {
  const auto findings = findings_of(run, diagnosis);
  auto worst = Verdict::info;
  for (const auto verdict : {Verdict::warn, Verdict::inconclusive, Verdict::fail})
    if (std::ranges::any_of(findings, [&](const auto* one) { return one->verdict == verdict; }))
      worst = verdict;
  page.blank();
  page.prose(0, {fmt::format("[{}] {}  ", number, tag(worst)), worst}, diagnosis.summary);
  page.verbatim(2, {}, fmt::format("cause {}, to be mended by: {}", diagnosis.cause, diagnosis.owner));
  if (const auto alive = works(diagnosis); worst == Verdict::fail && !alive.empty())
    page.prose(2, {"works through the same VIP: ", {}}, alive);
  write_faults(page, run, findings, diagnosis.cause);
  const auto& remedy = diagnosis.remedy;
  page.blank();
  if (page.is_verbose() && has_repeat(diagnosis)) {
    page.title(2, "Repeat without hairpin");
    write_repeat(page, 4, diagnosis, diagnosis.failing.size());
    page.blank();
  }
  write_list(page, "Mend", remedy.mend, false);
  if (page.is_verbose()) write_list(page, "Make it last", remedy.keep, false);
  write_list(page, "Roll back", remedy.roll_back, false);
  write_list(page, "Side effects", remedy.side_effects, true);
  if (!remedy.verify.empty()) write_list(page, "Verify", {remedy.verify}, false);
  if (page.is_verbose()) write_list(page, "References", diagnosis.references, false);
}

}  // namespace hairpin::reports

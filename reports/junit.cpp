// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "reports/finding_text.hpp"
#include "reports/report.hpp"

// JUnit XML as Jenkins' xunit plug-in accepts it (its schema junit-10.xsd): no properties and no attributes
// beyond those used here. GitLab ignores a second test case of the same classname and name, so both are
// unique and stable.
namespace hairpin::reports {
namespace {

/// XML 1.0 has no form for most control characters: `printable` has already made them visible.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char letter : printable(text)) {
    switch (letter) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&apos;";
        break;
      default:
        result += letter;
    }
  }
  return result;
}

class Body {
 public:
  void line(std::string_view label, std::string_view text) {
    if (!text.empty()) text_ += escaped(label) + escaped(text) + "\n";
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_ = "\n";
};

/// Expected, observed, evidence: what a person needs who sees nothing but this test case.
std::string body_of(const Finding& finding) {
  Body body;
  body.line("", finding.summary);
  body.line("expected: ", finding.expected);
  body.line("observed: ", finding.observed);
  body.line("", tally(finding));
  body.line("reason: ", finding.reason);
  body.line("next step: ", finding.next_step);
  body.line("explained by: ", finding.explained_by);
  for (const auto& evidence : finding.evidence) body.line("  ", evidence_line(evidence, true));
  return body.text();
}

std::string remedy_of(const Run& run, const Finding& finding) {
  Body body;
  for (const auto& diagnosis : run.diagnoses) {
    if (std::ranges::find(diagnosis.findings, finding.id) == diagnosis.findings.end()) continue;
    body.line("diagnosis: ", diagnosis.summary);
    for (const auto& step : diagnosis.remedy.mend) body.line("mend: ", step);
    body.line("verify: ", diagnosis.remedy.verify);
  }
  return body.text().substr(1);
}

std::string message_of(const Finding& finding) {
  return escaped(finding.summary.empty() ? finding.reason : finding.summary);
}

std::string outcome(const Run& run, const Finding& finding) {
  const auto type = escaped(finding.cause.empty() ? finding.check : finding.cause);
  const auto body = body_of(finding);
  switch (finding.verdict) {
    case Verdict::fail:
      return fmt::format("<failure type=\"{}\" message=\"{}\">{}{}</failure>", type, message_of(finding),
                         body, remedy_of(run, finding));
    case Verdict::inconclusive:
      return fmt::format("<error type=\"{}\" message=\"{}\">{}</error>", type, message_of(finding), body);
    case Verdict::skip: {
      const auto reason = escaped(finding.reason.empty() ? finding.summary : finding.reason);
      return fmt::format("<skipped type=\"{}\" message=\"{}\"/>", type, reason);
    }
    case Verdict::warn:
      return fmt::format("<system-out>WARNING {}{}</system-out>", type, body);
    case Verdict::pass:
    case Verdict::info:
      break;
  }
  return fmt::format("<system-out>{}</system-out>", body);
}

struct Suite {
  std::string check;
  std::vector<const Finding*> findings;
};

std::vector<Suite> by_check(const Run& run) {
  std::vector<Suite> suites;
  for (const auto& finding : run.findings) {
    auto suite = std::ranges::find(suites, finding.check, &Suite::check);
    if (suite == suites.end()) suite = suites.insert(suite, Suite{finding.check, {}});
    suite->findings.push_back(&finding);
  }
  return suites;
}

/// The finding's id, which is unique; should a run break that promise, no case may hide another.
std::string unique_name(std::set<std::string>& used, const std::string& id) {
  auto name = escaped(id);
  for (int number = 2; !used.insert(name).second; ++number)
    name = fmt::format("{} ({})", escaped(id), number);
  return name;
}

std::string write_suite(const Run& run, const Suite& suite, std::set<std::string>& used) {
  const auto of = [&](Verdict verdict) {
    return std::ranges::count(suite.findings, verdict, &Finding::verdict);
  };
  auto xml =
      fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n",
                  escaped(suite.check), suite.findings.size(), of(Verdict::fail), of(Verdict::inconclusive),
                  of(Verdict::skip));
  for (const auto* finding : suite.findings)
    xml += fmt::format("    <testcase classname=\"hairpin.{}.{}\" name=\"{}\">{}</testcase>\n",
                       escaped(run.topology.name), escaped(finding->check), unique_name(used, finding->id),
                       outcome(run, *finding));
  return xml + "  </testsuite>\n";
}

}  // namespace

std::string junit(const Run& run) {
  const auto counts = count(run.findings);
  auto xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"hairpin {}\" time=\"{:.3f}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n",
      escaped(run.topology.name), run.run.duration_s, run.findings.size(), counts.fail, counts.inconclusive);
  std::set<std::string> used;
  for (const auto& suite : by_check(run)) xml += write_suite(run, suite, used);
  return xml + "</testsuites>\n";
}

}  // namespace hairpin::reports

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "reports/report.hpp"

// The plug-in interface of Nagios and Icinga: one line `STATUS - text | label=value[unit];warn;crit;min;max`,
// < 4 KB.
namespace hairpin::reports {
namespace {

constexpr std::array<std::string_view, 4> kStatus = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
constexpr std::size_t kMostText_bytes = 600;

/// What is worth a pager: the first diagnosis, or the first finding that has the verdict of the run.
std::string headline(const Run& run) {
  if (!run.diagnoses.empty()) return run.diagnoses.front().summary;
  const auto same = [&](const Finding& finding) { return finding.verdict == run.verdict; };
  const auto found = std::ranges::find_if(run.findings, same);
  if (run.verdict == Verdict::pass || found == run.findings.end()) return {};
  return found->summary.empty() ? found->reason : found->summary;
}

/// `|` would begin the performance data.
std::string one_line(const std::string& text) {
  auto safe = printable(text);
  std::ranges::replace(safe, '|', '/');
  if (safe.size() <= kMostText_bytes) return safe;
  return valid_utf8(safe.substr(0, kMostText_bytes)) + "...";
}

}  // namespace

int nagios_status(const Run& run) {
  switch (run.verdict) {
    case Verdict::pass:
      return 0;
    case Verdict::warn:
      return 1;
    case Verdict::fail:
      return 2;
    case Verdict::inconclusive:
    case Verdict::info:
    case Verdict::skip:
      break;
  }
  return 3;
}

std::string nagios(const Run& run) {
  const auto& counts = run.counts;
  auto line = fmt::format("HAIRPIN {} - {}: {} passed, {} failed, {} inconclusive",
                          kStatus[static_cast<std::size_t>(nagios_status(run))], one_line(run.topology.name),
                          counts.pass, counts.fail, counts.inconclusive);
  if (const auto text = headline(run); !text.empty()) line += ": " + one_line(text);
  line += fmt::format(
      " | pass={};;;0 fail={};;0;0 warn={};0;;0 info={};;;0 inconclusive={};;;0 skip={};;;0 "
      "duration={:.3f}s;;;0",
      counts.pass, counts.fail, counts.warn, counts.info, counts.inconclusive, counts.skip,
      run.run.duration_s);
  return line + "\n";
}

}  // namespace hairpin::reports

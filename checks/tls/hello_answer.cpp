// SPDX-License-Identifier: Apache-2.0
#include "checks/tls/hello_answer.hpp"

#include <fmt/format.h>

#include "checks/pairs.hpp"

namespace hairpin::checks {

HelloAnswer answer_to_hello(const ProbeObservation& probe) {
  if (probe.details && probe.details->choice) return HelloAnswer::taken;
  if (probe.end == End::local || probe.end == End::decided || probe.end == End::refused || !has_connected(probe)) return HelloAnswer::unknown;
  if (probe.end == End::silent) return HelloAnswer::hanging;
  return probe.end == End::closed || probe.end == End::reset ? HelloAnswer::ended : HelloAnswer::refused;
}

HelloForms forms_of(const Examined& e, std::span<const HelloForm> forms) {
  HelloForms all;
  for (const auto& form : forms) {
    const auto* probe = e.asked(form.question);
    const auto answer = probe ? answer_to_hello(*probe) : HelloAnswer::unknown;
    if (answer == HelloAnswer::unknown) continue;
    all.tried.push_back(probe);
    if (answer == HelloAnswer::taken)
      all.taken.emplace_back(form.words);
    else
      all.failed.push_back(fmt::format("{} ({})", form.words, ending_text(*probe)));
  }
  return all;
}

Finding judge_forms(std::string_view check, std::string_view cause, const Examined& e, std::span<const HelloForm> forms) {
  const auto* usual = e.asked(TlsQuestion::usual);
  const auto all = forms_of(e, forms);
  if (!usual || !has_negotiated(*usual) || all.tried.empty()) return skip_unseen(check, e);
  auto finding = finding_for(check, e.subject);
  for (const auto* probe : all.tried) finding.evidence.push_back(probe_evidence(*probe));
  finding.attempts = static_cast<std::uint32_t>(all.tried.size());
  finding.expected = "a ServerHello, as for the usual ClientHello";
  finding.observed = finding.summary = (all.taken.empty() ? "" : "answered: " + joined(all.taken)) +
                                       (all.taken.empty() || all.failed.empty() ? "" : "; ") +
                                       (all.failed.empty() ? "" : "not answered: " + joined(all.failed));
  if (all.failed.empty()) return finding;
  set_cause(finding, cause);
  finding.failed = static_cast<std::uint32_t>(all.failed.size());
  finding.summary += ": " + finding.observed;
  return finding;
}

}  // namespace hairpin::checks

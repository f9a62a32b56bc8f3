// SPDX-License-Identifier: Apache-2.0
#include "checks/tls/other_clients.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "checks/pairs.hpp"

namespace hairpin::checks {
namespace {

constexpr std::uint8_t kCertificateRequired = 116;  // RFC 8446 §6.2: none came

bool says_that_none_came(const ProbeObservation& probe) {
  return (probe.alert && probe.alert->code == kCertificateRequired) || probe.http_title.find("No required") != std::string::npos;
}

Reception by_status(const ProbeObservation& usual, const ProbeObservation& probe) {
  if (usual.http_status == probe.http_status) return Reception::taken;
  const bool is_turned_away = probe.http_status && is_forbidden(*probe.http_status) && usual.http_status && *usual.http_status < 400;
  return is_turned_away ? Reception::refused : Reception::unknown;
}

std::string words_for(const OtherClient& client, const ProbeObservation& probe) {
  if (probe.http_status && probe.http_title.empty()) return fmt::format("{} (HTTP {})", client.words, *probe.http_status);
  return fmt::format("{} ({})", client.words, ending_text(probe));
}

}  // namespace

bool is_forbidden(std::uint32_t status) {
  constexpr std::array<std::uint32_t, 5> kForbidden{400, 401, 403, 495, 496};
  return std::find(kForbidden.begin(), kForbidden.end(), status) != kForbidden.end();
}

Reception reception_beside(const ProbeObservation& usual, const ProbeObservation& probe) {
  if (says_that_none_came(probe)) return Reception::unknown;
  const auto reception = reception_of(probe);
  if (reception == Reception::taken) return by_status(usual, probe);
  const bool hung_up = probe.end == End::closed || probe.end == End::reset;
  return reception == Reception::unknown && hung_up && has_negotiated(probe) ? Reception::refused : reception;
}

bool OtherClients::took(TlsQuestion question) const {
  return std::find(taken_questions.begin(), taken_questions.end(), question) != taken_questions.end();
}

OtherClients outcomes_of(const Examined& e, std::span<const OtherClient> clients) {
  OtherClients all;
  const auto* usual = e.asked(TlsQuestion::usual);
  for (const auto& client : clients) {
    const auto* probe = e.asked(client.question);
    if (!probe || !usual) continue;
    all.tried.push_back(probe);
    const auto reception = reception_beside(*usual, *probe);
    if (reception == Reception::taken) all.taken_questions.push_back(client.question);
    if (reception == Reception::taken) all.taken.emplace_back(client.words);
    if (reception == Reception::refused) all.refused.push_back(words_for(client, *probe));
    if (reception == Reception::unknown) all.unknown.push_back(words_for(client, *probe));
  }
  return all;
}

std::optional<Finding> unfit_for_other_clients(std::string_view check, const Examined& e) {
  const auto* usual = e.asked(TlsQuestion::usual);
  if (!usual || !usual->details || !has_negotiated(*usual)) return skip_unseen(check, e);
  if (!usual->details->has_certificate) {
    auto skipped = skip(check, e.subject, "there is no client certificate to make others of");
    skipped.next_step = "give one that the server takes: --cert FILE --key FILE";
    return skipped;
  }
  if (!usual->details->was_asked) return skip(check, e.subject, "the server asks for no client certificate");
  if (reception_of(*usual) != Reception::taken)
    return skip(check, e.subject, "not even our sound client certificate is known to be taken", finding_id("mtls-accepted", e.subject));
  return {};
}

bool is_certificate_required(const Examined& e) { return mutual_tls_of(e) == MutualTls::required; }

Finding finding_about_clients(std::string_view check, const Examined& e, const OtherClients& outcomes) {
  auto finding = finding_for(check, e.subject);
  for (const auto* probe : outcomes.tried) finding.evidence.push_back(probe_evidence(*probe));
  finding.attempts = static_cast<std::uint32_t>(outcomes.tried.size());
  finding.observed = finding.summary = taken_text(outcomes.taken, outcomes.refused, outcomes.unknown);
  return finding;
}

Finding judge_refusals(Finding finding, const OtherClients& outcomes, std::string_view cause) {
  finding.expected = "the server refuses them, and takes the sound one";
  if (!outcomes.taken.empty()) {
    set_cause(finding, cause);
    finding.failed = static_cast<std::uint32_t>(outcomes.taken.size());
    finding.summary += ": " + finding.observed;
    return finding;
  }
  if (outcomes.unknown.empty()) return finding;
  auto observed = finding.observed;
  return unknown(std::move(finding), "whether each is refused is not known", std::move(observed),
                 "ask for something that the service answers: --path, or look into its log");
}

Finding judge_required_refusals(std::string_view check, const Examined& e, const OtherClients& outcomes, std::string_view cause) {
  auto finding = finding_about_clients(check, e, outcomes);
  if (is_certificate_required(e)) return judge_refusals(std::move(finding), outcomes, cause);
  finding.verdict = Verdict::info;
  finding.summary += "; it is not known to require a certificate";
  return finding;
}

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include "checks/tls/examined.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "checks/pairs.hpp"
#include "checks/subject.hpp"
#include "checks/tls/mode.hpp"

namespace hairpin::checks {
namespace {

const Expectation* expectation_of(const Topology& topology, const Target& target) {
  const auto* pool = topology.pool(target.pool);
  const auto* server = pool ? pool->virtual_server(target.virtual_server) : nullptr;
  static const Expectation nothing;
  return server ? &server->expect : &nothing;
}

/// `hairpin tls` has no plan.
bool is_run(const Case& c) { return !c.plan.sources.empty(); }

/// Alerts by which a server refuses a client certificate or its want (RFC 8446 §6.2, RFC 5246 §7.2.2).
bool is_about_a_certificate(std::uint8_t code) {
  constexpr std::array<std::uint8_t, 11> kCodes{40, 41, 42, 43, 44, 45, 46, 48, 49, 51, 116};
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

/// Some servers finish the handshake and refuse on a page: nginx says "400 No required SSL certificate was sent" and "400 The
/// SSL certificate error".
bool is_refusing_page(const ProbeObservation& probe) {
  if (!probe.http_status || *probe.http_status < 400 || *probe.http_status >= 500) return false;
  std::string title = probe.http_title;
  std::transform(title.begin(), title.end(), title.begin(), [](unsigned char c) { return std::tolower(c); });
  return title.find("certificate") != std::string::npos;
}

bool shows_certificates(const ProbeObservation& probe) { return probe.details && !probe.details->chain.empty(); }

}  // namespace

bool ends_at_balancer(const Expectation& expect) {
  return expect.tls_mode == TlsMode::terminate || expect.tls_mode == TlsMode::reencrypt;
}

bool is_passed_through(const Case& c, const Target& target) {
  return std::any_of(c.trips.begin(), c.trips.end(), [&](const Trip& trip) {
    return trip.probe->target == target && (mode_of(trip) == TlsMode::passthrough || hello_at_responder(c, trip) != nullptr);
  });
}

const ProbeObservation* Examined::asked(TlsQuestion question) const {
  const auto found = std::find_if(connections.rbegin(), connections.rend(),
                                  [&](const auto* probe) { return probe->question == question; });
  return found == connections.rend() ? nullptr : *found;
}

std::vector<const ProbeObservation*> Examined::all(TlsQuestion question) const {
  std::vector<const ProbeObservation*> answers;
  for (const auto* probe : connections)
    if (probe->question == question) answers.push_back(probe);
  return answers;
}

const ProbeObservation* Examined::certified() const {
  using enum TlsQuestion;
  for (const auto question : {usual, without_certificate, only_tls13, only_tls12, only_tls11, only_tls10})
    if (const auto* probe = asked(question); probe && shows_certificates(*probe)) return probe;
  return nullptr;
}

const ProbeObservation* Examined::uncertified() const {
  if (const auto* probe = asked(TlsQuestion::without_certificate)) return probe;
  const auto* probe = asked(TlsQuestion::usual);
  return probe && probe->details && !probe->details->has_certificate ? probe : nullptr;
}

namespace {

/// A run may ask one member several times, and the last answer counts: a refusal stays the last, so that nothing hides it.
void add(std::vector<const ProbeObservation*>& connections, const ProbeObservation& probe, bool is_run) {
  const bool hides = is_run && !connections.empty() && connections.back()->question == probe.question &&
                     reception_of(*connections.back()) == Reception::refused;
  connections.insert(hides ? connections.end() - 1 : connections.end(), &probe);
}

}  // namespace

std::string taken_text(const std::vector<std::string>& taken, const std::vector<std::string>& refused,
                       const std::vector<std::string>& unknown) {
  std::vector<std::string> parts;
  if (!taken.empty()) parts.push_back("takes " + joined(taken));
  if (!refused.empty()) parts.push_back("refuses " + joined(refused));
  if (!unknown.empty()) parts.push_back("not known: " + joined(unknown));
  return joined(parts, "; ");
}

/// The name that the balancer asks a member for, where it speaks TLS of its own to it; what direct questions have to cover.
std::optional<std::string> name_asked_by_balancer(const Case& c, const Subject& subject) {
  for (const auto& trip : c.trips) {
    const auto& target = trip.probe->target;
    const bool is_alike = target.pool == subject.pool && target.virtual_server == subject.virtual_server && trip.member == subject.member;
    if (is_alike && !trip.is_direct() && mode_of(trip) == TlsMode::reencrypt) return trip.responder->tls->server_name;
  }
  return {};
}

std::vector<Examined> examined(const Case& c) {
  std::vector<Examined> all;
  for (const auto& trip : c.trips) {
    const auto& probe = *trip.probe;
    if (!probe.question || *probe.question >= TlsQuestion::foreign_certificate) continue;  // these have checks of their own
    auto subject = subject_of(probe.host, probe.target);
    const auto* expect = expectation_of(c.topology, probe.target);
    const bool is_balancers = probe.target.member.empty() && ends_at_balancer(*expect) && !is_passed_through(c, probe.target);
    if (!is_balancers && subject.member.empty()) subject.member = trip.member;  // who answered at the VIP
    const auto* member = c.topology.host(subject.member);
    if (is_run(c) && !subject.member.empty() && !member) continue;  // member.foreign's
    auto at = std::find_if(all.begin(), all.end(), [&](const Examined& e) { return e.subject == subject; });
    if (at == all.end()) at = all.insert(all.end(), {subject, expect, {}, is_run(c), member && member->agent, member && !(member->tls && !member->tls->trusted.empty()), {}});
    if (trip.is_direct() && !at->asked_by_balancer) at->asked_by_balancer = name_asked_by_balancer(c, subject);
    add(at->connections, probe, is_run(c));
  }
  return all;
}

std::vector<Finding> judge_each(const Case& c, Finding (*judge_endpoint)(const Examined&), TlsQuestion needed) {
  std::vector<Finding> findings;
  for (const auto& e : examined(c))
    if (!is_run(c) || e.asked(needed)) findings.push_back(judge_endpoint(e));
  return findings;
}

bool has_connected(const ProbeObservation& probe) { return probe.ended_in > Phase::connect; }

bool has_shaken_hands(const ProbeObservation& probe) { return probe.tls && probe.ended_in > Phase::tls; }

bool has_negotiated(const ProbeObservation& probe) { return probe.tls && !probe.tls->version.empty(); }

Reception reception_of(const ProbeObservation& probe) {
  if (is_refusing_page(probe)) return Reception::refused;
  const bool was_refused = probe.alert && !probe.alert->was_sent && is_about_a_certificate(probe.alert->code);
  if (was_refused) return Reception::refused;
  const bool has_gone_on = has_shaken_hands(probe) && !probe.alert && probe.details && probe.details->has_spoken;
  return has_gone_on ? Reception::taken : Reception::unknown;
}

std::string ending_text(const ProbeObservation& probe) {
  if (is_refusing_page(probe)) return "a page \"" + probe.http_title + "\"";
  if (probe.alert) return (probe.alert->was_sent ? "our alert " : "the alert ") + probe.alert->name;
  return fmt::format("{} in phase {}{}", boost::describe::enum_to_string(probe.end, ""),
                     boost::describe::enum_to_string(probe.ended_in, ""), probe.error.empty() ? "" : " (" + probe.error + ")");
}

Finding finding_about(std::string_view check, const Examined& e, const ProbeObservation& probe) {
  auto finding = finding_for(check, e.subject);
  finding.attempts = 1;
  finding.evidence.push_back(probe_evidence(probe));
  return finding;
}

void blame(Finding& finding, std::string_view cause, std::string summary) {
  set_cause(finding, cause);
  finding.failed = finding.attempts;
  if (!summary.empty()) finding.summary = std::move(summary);
}

Finding skip_unseen(std::string_view check, const Examined& e) {
  return skip(check, e.subject, "no handshake got so far", finding_id("tls-handshake", e.subject));
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  return fmt::format("{}", fmt::join(parts, between));
}

}  // namespace hairpin::checks

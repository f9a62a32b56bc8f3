// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checks/catalogue.hpp"
#include "checks/pairs.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::string_view kId = "tls-handshake";

std::string session_text(const ProbeObservation& probe) {
  auto text = fmt::format("{}, {}", probe.tls->version, probe.tls->cipher);
  if (probe.details && !probe.details->group.empty()) text += ", " + probe.details->group;
  return text;
}

/// Which versions alone do work where all of them together do not.
std::string what_works(const Examined& e) {
  using enum TlsQuestion;
  std::vector<std::string> works;
  for (const auto question : {only_tls13, only_tls12, only_tls11, only_tls10})
    if (const auto* probe = e.asked(question); probe && has_shaken_hands(*probe)) works.push_back(probe->tls->version);
  return works.empty() ? std::string() : "; offered alone, " + joined(works) + " works";
}

/// A server that asked for a certificate and then refused has no quarrel with the handshake.
bool is_about_our_certificate(const ProbeObservation& probe) {
  return probe.details && probe.details->was_asked && !has_shaken_hands(probe) &&
         (reception_of(probe) == Reception::refused || probe.end == End::closed || probe.end == End::reset);
}

Subject of_the_source(Subject subject) {
  subject.member.clear();
  subject.way.clear();
  return subject;
}

std::string_view cause_of(const ProbeObservation& probe) {
  if (probe.ended_in == Phase::connect) return "tls.unreachable";
  if (probe.end == End::alert && probe.alert && !probe.alert->was_sent) return "tls.handshake-refused";
  if (probe.end == End::garbled || probe.end == End::alert) return "tls.not-understood";
  return "tls.handshake-broken";
}

Finding judge_endpoint(const Examined& e) {
  const auto* probe = e.asked(TlsQuestion::usual);
  if (!probe) return skip(kId, e.subject, "nobody asked");
  auto finding = finding_about(kId, e, *probe);
  finding.expected = "a TLS handshake";
  if (has_shaken_hands(*probe)) {
    finding.observed = session_text(*probe);
    finding.summary = "the handshake is complete: " + finding.observed;
    return finding;
  }
  finding.observed = ending_text(*probe);
  if (e.is_of_run && (probe->ended_in == Phase::connect || probe->end == End::decided))
    return skip(kId, e.subject, "the path did not carry it", finding_id("reachability", of_the_source(e.subject)));
  if (e.is_of_run && probe->end == End::silent)
    return unknown(std::move(finding), "the handshake fell silent", "packets of it may have been lost", "see what loss and return-path say, then run again");
  if (is_about_our_certificate(*probe))
    return skip(kId, e.subject, "the server wants another client certificate", finding_id("mtls-accepted", e.subject));
  if (probe->end == End::local || probe->end == End::decided)
    return unknown(std::move(finding), "could not be tried: " + probe->error, "this host could not open the connection",
                   "mend what the message names, then run again");
  blame(finding, cause_of(*probe));
  finding.summary += ": " + finding.observed + what_works(e);
  return finding;
}

bool names_certificates(const Case& c, const Pair& pair) {
  const auto* source = c.topology.host(pair.planned->source);
  const bool is_tls = pair.server->protocol == Protocol::https || pair.server->protocol == Protocol::tls;
  return source && source->tls && is_tls && pair.skip_reason.empty();
}

bool is_answered(const Pair& pair) {
  return std::any_of(pair.trips.begin(), pair.trips.end(), [](const Trip* trip) { return trip->is_answered(); });
}

/// The path carried it, the topology names certificates, and nobody asked: an agent that could not, or a run that was cut short.
std::optional<Finding> unasked(const Case& c, const Pair& pair, const std::vector<Examined>& all) {
  if (!names_certificates(c, pair) || !is_answered(pair)) return {};
  const Target target{pair.pool->name, pair.server->name, {}, pair.planned->vip};
  const bool is_passed = ends_at_balancer(pair.server->expect) && is_passed_through(c, target);
  const bool is_balancers = ends_at_balancer(pair.server->expect) && !is_passed;
  const auto subject = is_balancers ? pair.source_subject() : pair.subject();
  if ((is_balancers && !pair.is_first_of_source) ||
      std::any_of(all.begin(), all.end(), [&](const Examined& e) { return e.subject == subject; }))
    return {};
  if (is_passed)
    return skip(kId, subject, "the balancer was to be asked, and does not end TLS", finding_id("tls-mode", pair.source_subject()));
  if (pair.server->depth < Depth::tls) return skip(kId, subject, "the probe goes no deeper than the ClientHello: certificates are not shown");
  return unknown(finding_for(kId, subject), "the certificates were not tried", "the run ended before, or the agent of " + subject.source + " could not",
                 "see what the run said, then run again, with a longer --limit");
}

/// A connection of the path, of the same source to the same place, that got through no handshake either: what stopped it is the path's.
const Trip* lost_alike(const Case& c, const Subject& subject) {
  const auto found = std::find_if(c.trips.begin(), c.trips.end(), [&](const Trip& trip) {
    const auto& probe = *trip.probe;
    const bool is_alike = probe.host == subject.source && to_string(probe.target.endpoint) == subject.vip && !probe.question;
    const bool is_of_member = subject.member.empty() || trip.member.empty() || trip.member == subject.member;
    return is_alike && is_of_member && !trip.is_answered() && probe.ended_in <= Phase::tls;
  });
  return found == c.trips.end() ? nullptr : &*found;
}

Finding judge_beside_the_path(const Case& c, const Examined& e) {
  auto finding = judge_endpoint(e);
  const auto* lost = e.is_of_run && finding.cause == "tls.handshake-broken" ? lost_alike(c, e.subject) : nullptr;
  if (!lost) return finding;
  auto subject = of_the_source(e.subject);
  subject.member = lost->member.empty() ? e.subject.member : lost->member;
  return skip(kId, e.subject, "the path's own connections end so as well", finding_id("reachability", subject));
}

std::vector<Finding> judge(const Case& c) {
  std::vector<Finding> findings;
  const auto all = examined(c);
  for (const auto& e : all)
    if (!e.is_of_run || e.asked(TlsQuestion::usual)) findings.push_back(judge_beside_the_path(c, e));
  for (const auto& pair : pairs_of(c))
    if (auto finding = unasked(c, pair, all)) findings.push_back(std::move(*finding));
  return findings;
}

}  // namespace

const Check tls_handshake{
    .id = kId,
    .claim = "A client that speaks every version of TLS completes a handshake",
    .source = "RFC 8446 §4, RFC 5246 §7.4",
    .needs = "probe",
    .explanation =
        "The client offers TLS 1.0 to 1.3, every cipher that OpenSSL has, the server's name, and the client certificate when "
        "there is one. An alert of the server is `tls.handshake-refused` (its name says why); something that is no TLS "
        "`tls.not-understood`; a connection that was closed, reset or fell silent `tls.handshake-broken`; no TCP connection "
        "`tls.unreachable`. A refusal after the server asked for a client certificate is judged by `mtls-accepted`; "
        "in a run, a connection that breaks off as those of its path do by `reachability`.",
    .judge = judge};

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "checks/check.hpp"

namespace hairpin::test {

inline TlsAlert from_server(std::uint8_t code, std::string name) { return {code, std::move(name), false}; }

/// What one client learnt of one server, without a server: the usual answer of a sound one, to be spoilt by the test.
class TlsScene {
 public:
  TlsScene() {
    VirtualServer server;
    server.name = "444";
    Pool pool;
    pool.name = "pool01";
    pool.vips = {*parse_address("10.137.2.11")};
    pool.virtual_servers = {server};
    topology.pools = {pool};
    ask(TlsQuestion::usual);
  }

  Expectation& expect() { return topology.pools[0].virtual_servers[0].expect; }

  /// A connection that was answered; TLS 1.3 unless the question is about another version.
  ProbeObservation& ask(TlsQuestion question) {
    ProbeObservation probe;
    probe.host = "client1";
    probe.trip = TripId::random();
    probe.target = {"pool01", "444", "", {*parse_address("10.137.2.11"), 444}};
    probe.question = question;
    probe.depth = Depth::http;
    probe.started = kNow;
    probe.ended = kNow + std::chrono::milliseconds(5);
    probe.end = End::answered;
    probe.ended_in = Phase::close;
    probe.http_status = 200;
    probe.tls.emplace();
    probe.tls->version = version_of(question);
    probe.tls->cipher = probe.tls->version == "TLSv1.3" ? "TLS_AES_256_GCM_SHA384" : "ECDHE-ECDSA-AES256-GCM-SHA384";
    probe.details.emplace();
    probe.details->has_spoken = true;
    probe.details->has_downgrade_mark = probe.tls->version == "TLSv1.2";
    probe.details->signature = "ECDSA+SHA256";
    probe.details->chain = {leaf(), intermediate()};
    probe.details->verification = Verification{"ca.pem", {}, {"CN=pool01.example.com", "CN=Issuing CA", "CN=Root"}, "pool01.example.com", true, {}, {}};
    observations.probes.push_back(std::move(probe));
    return observations.probes.back();
  }
  ProbeObservation& usual() { return observations.probes.front(); }
  TlsDetails& details() { return *usual().details; }

  /// The server wants a client certificate and has refused this connection with an alert, after the handshake.
  static void refuse(ProbeObservation& probe, std::uint8_t code) {
    probe.details->was_asked = true;
    probe.details->has_spoken = false;
    probe.end = End::alert;
    probe.ended_in = Phase::response;
    probe.http_status.reset();
    probe.alert = from_server(code, "alert " + std::to_string(code));
  }
  /// No handshake: `end` in the TLS phase.
  static void break_off(ProbeObservation& probe, End end) {
    probe.end = end;
    probe.ended_in = Phase::tls;
    probe.http_status.reset();
    probe.tls->version.clear();
    probe.tls->cipher.clear();
    probe.details->chain.clear();
    probe.details->verification.reset();
    probe.details->has_spoken = false;
  }

  /// No handshake: the server refuses what it was offered with this alert, handshake_failure unless told otherwise.
  static ProbeObservation& refuse_offer(ProbeObservation& probe, std::uint8_t code = 40) {
    break_off(probe, End::alert);
    probe.alert = from_server(code, "alert " + std::to_string(code));
    return probe;
  }

  void hold_against(std::int32_t code, std::uint32_t depth) {
    details().verification->errors.push_back({code, "error " + std::to_string(code), depth, "CN=somebody"});
  }

  /// The finding of a check; there is exactly one.
  Finding finding(const std::string& check) const {
    const auto run = checks::judge(topology, Plan(), observations);
    std::vector<Finding> found;
    std::copy_if(run.findings.begin(), run.findings.end(), std::back_inserter(found),
                 [&](const Finding& one) { return one.check == check; });
    EXPECT_EQ(found.size(), 1U) << check;
    return found.empty() ? Finding() : found.front();
  }
  std::string cause(const std::string& check) const { return finding(check).cause; }
  Verdict verdict(const std::string& check) const { return finding(check).verdict; }

  static CertificateFacts leaf() {
    CertificateFacts facts;
    facts.sha256 = "aa";
    facts.subject = "CN=pool01.example.com";
    facts.common_name = "pool01.example.com";
    facts.serial = "5A17";
    facts.issuer = "CN=Issuing CA";
    facts.dns_names = {"pool01.example.com"};
    facts.not_before = kNow - std::chrono::days(100);
    facts.not_after = kNow + std::chrono::days(200);
    facts.key = "EC P-256";
    facts.key_bits = 256;
    facts.signature = "ecdsa-with-SHA256";
    facts.digest = "SHA256";
    facts.purposes = {"serverAuth"};
    facts.key_usage = {"digitalSignature"};
    return facts;
  }
  static CertificateFacts intermediate() {
    auto facts = leaf();
    facts.sha256 = "bb";
    facts.subject = facts.issuer;
    facts.common_name = "Issuing CA";
    facts.issuer = "CN=Root";
    facts.is_authority = true;
    facts.not_after = kNow + std::chrono::days(2000);
    facts.purposes.reset();
    facts.key_usage = {"keyCertSign"};
    return facts;
  }

  static constexpr WallTime kNow{std::chrono::sys_days(std::chrono::year(2026) / 11 / 29)};
  Topology topology;
  Observations observations;

 private:
  static std::string version_of(TlsQuestion question) {
    switch (question) {
      case TlsQuestion::only_tls10: return "TLSv1";
      case TlsQuestion::only_tls11: return "TLSv1.1";
      case TlsQuestion::only_tls12:
      case TlsQuestion::fallback:
      case TlsQuestion::session_tls12:
      case TlsQuestion::resumed_tls12:
      case TlsQuestion::moved_tls12:
      case TlsQuestion::bare_session_tls12:
      case TlsQuestion::bare_resumed_tls12: return "TLSv1.2";
      default: return "TLSv1.3";
    }
  }
};

}  // namespace hairpin::test

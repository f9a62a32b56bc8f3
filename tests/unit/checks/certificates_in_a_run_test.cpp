// SPDX-License-Identifier: Apache-2.0
// The site's certificates in a run: what is wrong with them is told apart from what is wrong with the path.
#include "tests/unit/checks/expect.hpp"
#include "tests/unit/checks/tls_scene.hpp"

namespace hairpin {
namespace {

using test::Scene;
using test::TlsScene;
using enum Verdict;

/// A trip that asked about TLS; the server's certificate and the way it treated ours are sound.
void make_question(ProbeObservation& probe, TlsQuestion question = TlsQuestion::usual) {
  probe.question = question;
  const TlsScene sound;
  if (probe.tls) probe.tls->version = "TLSv1.3";
  probe.details = sound.observations.probes.front().details;
  probe.details->has_certificate = question != TlsQuestion::without_certificate;
  probe.details->was_asked = true;
  probe.details->issuers = IssuerList{1, 100, 0, true, true};
}

/// The paths of client1 are sound, and each member was asked through the VIP.
Scene asked_members() {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.mutual_tls = MutualTls::required;
  for (auto& host : scene.topology.hosts)
    if (!host.is_load_balancer) host.tls = HostTls{"a.crt", "a.key", "roots.pem", ""};
  for (int i = 0; i < 3; ++i)
    for (const auto* member : {"oc01", "oc02"}) scene.answered("client1", member);
  for (const auto* member : {"oc01", "oc02"}) make_question(scene.answered("client1", member));
  return scene;
}

/// The responder at the end of the question saw an alert, and no request.
void refuse_last(Scene& scene, std::uint8_t code) {
  auto& probe = scene.observations.probes.back();
  TlsScene::refuse(probe, code);
  probe.answer.reset();
  auto& seen = scene.observations.responders.back();
  seen.trip.reset();
  seen.end = End::alert;
}

const Finding& of(const Run& run, const std::string& check, const std::string& member) {
  const auto found = std::find_if(run.findings.begin(), run.findings.end(), [&](const Finding& finding) {
    return finding.check == check && finding.subject.source == "client1" && finding.subject.member == member;
  });
  static const Finding nothing;
  EXPECT_NE(found, run.findings.end()) << check << " " << member;
  return found == run.findings.end() ? nothing : *found;
}

TEST(CertificatesInARun, ARefusedOneIsToldApartFromThePath) {
  auto scene = asked_members();
  refuse_last(scene, 42);
  auto& seen = scene.observations.responders.back();
  scene.observations.probes.back().tls->client_random = seen.tls->client_random.emplace();
  seen.error = "depth 0: certificate is not yet valid";
  EXPECT_EQ(of(scene.judge(), "mtls-accepted", "oc02").cause, "mtls.held-to-be-bad") << "the alert has several reasons";
  seen.error = "depth 1: certificate rejected";
  const auto run = scene.judge();
  EXPECT_EQ(of(run, "mtls-accepted", "oc01").verdict, pass);
  EXPECT_EQ(of(run, "mtls-accepted", "oc02").cause, "mtls.not-for-clients");
  for (const auto* check : {"reachability", "return-path"})
    for (const auto* member : {"oc01", "oc02"}) EXPECT_EQ(of(run, check, member).verdict, pass) << check;
  EXPECT_EQ(of(run, "return-path", "oc02").attempts, 3U) << "a question is no trip of its pair";
}

TEST(CertificatesInARun, ARefusalIsToldFromBothEnds) {
  auto scene = asked_members();
  refuse_last(scene, 43);
  auto& seen = scene.observations.responders.back();
  seen.error = "depth 0: unsuitable certificate purpose; depth 0: certificate has expired";
  const auto quotes = [&] {
    const auto found = of(scene.judge(), "mtls-accepted", "oc02");
    return std::any_of(found.evidence.begin(), found.evidence.end(), [&](const Evidence& each) { return each.text == seen.error; });
  };
  EXPECT_FALSE(quotes()) << "whose connection that was is not known";
  scene.observations.probes.back().tls->client_random = seen.tls->client_random.emplace();
  EXPECT_TRUE(quotes());
  seen.tls->client_random->bytes[0] = 1;
  EXPECT_FALSE(quotes());
}

TEST(CertificatesInARun, AnUnknownIssuerIsSaidOnce) {
  auto scene = asked_members();
  refuse_last(scene, 48);
  scene.observations.probes.back().details->issuers->has_ours = false;
  const auto run = scene.judge();
  EXPECT_EQ(of(run, "mtls-accepted", "oc02").cause, "mtls.unknown-issuer");
  EXPECT_EQ(of(run, "mtls-issuers", "oc02").explained_by, of(run, "mtls-accepted", "oc02").id);
}

TEST(CertificatesInARun, TheRunsOwnOnesAreNotJudged) {
  auto scene = asked_members();
  auto& details = *scene.observations.probes.back().details;
  details.chain.front().issuer = std::string("CN=") + kRunAuthority + "01TEST";
  details.verification->errors.push_back({20, "unable to get local issuer certificate", 0, "CN=oc02"});
  const auto run = scene.judge();
  for (const auto* check : {"tls-chain", "tls-trust", "tls-name", "tls-validity", "tls-usage", "tls-strength"})
    EXPECT_EQ(of(run, check, "oc02").verdict, skip) << check;
  EXPECT_EQ(of(run, "tls-trust", "oc01").verdict, pass);
}

TEST(CertificatesInARun, OurRespondersRequireNothingAndProveNothingByIt) {
  auto scene = asked_members();
  scene.observations.probes.back().details->has_certificate = false;
  EXPECT_EQ(of(scene.judge(), "mtls-request", "oc02").verdict, skip);
}

TEST(CertificatesInARun, OnlyWhatWasAskedIsJudged) {
  const auto run = asked_members().judge();
  for (const auto& finding : run.findings)
    for (const auto* check : {"tls-version", "tls-downgrade", "tls-server-name", "tls-resumption", "tls-cipher", "tls-compression",
                              "tls-ending", "tls-groups", "tls-hello-size", "tls-key-types", "tls-master-secret", "tls-plaintext",
                              "tls-protocol", "tls-renegotiation"})
      EXPECT_NE(finding.check, check);
}

TEST(CertificatesInARun, ThatWereNotTriedAreInconclusive) {
  auto scene = asked_members();
  scene.observations.probes.pop_back();
  const auto finding = of(scene.judge(), "tls-handshake", "oc02");
  EXPECT_EQ(finding.verdict, inconclusive);
  EXPECT_EQ(of(scene.judge(), "tls-handshake", "oc01").verdict, pass);
  for (auto& host : scene.topology.hosts) host.tls.reset();
  const auto run = scene.judge();
  EXPECT_TRUE(std::none_of(run.findings.begin(), run.findings.end(),
                           [](const Finding& each) { return each.check == "tls-handshake" && each.verdict == inconclusive; }))
      << "nobody promised to try them";
}

TEST(CertificatesInARun, ARefusalIsNotHiddenByALaterSuccess) {
  auto scene = asked_members();
  refuse_last(scene, 42);
  make_question(scene.answered("client1", "oc02"));
  EXPECT_EQ(of(scene.judge(), "mtls-accepted", "oc02").cause, "mtls.held-to-be-bad");
}

TEST(CertificatesInARun, SilenceMayBeThePathsAndIsNotJudged) {
  auto scene = asked_members();
  TlsScene::break_off(scene.observations.probes.back(), End::silent);
  scene.observations.probes.back().answer.reset();
  EXPECT_EQ(of(scene.judge(), "tls-handshake", "oc02").verdict, inconclusive);
}

std::size_t broken_handshakes(const Run& run) {
  return static_cast<std::size_t>(std::count_if(run.findings.begin(), run.findings.end(), [](const Finding& one) { return one.cause == "tls.handshake-broken"; }));
}

TEST(CertificatesInARun, AConnectionThatEndsAsThePathsDoIsThePaths) {
  auto scene = asked_members();
  TlsScene::break_off(scene.observations.probes.back(), End::closed);
  scene.observations.probes.back().answer.reset();
  scene.observations.probes.back().details->was_asked = false;
  EXPECT_EQ(broken_handshakes(scene.judge()), 1U) << "the path carries everything else";
  scene.member_refuses("client1", "oc02", true).ended_in = Phase::tls;
  const auto run = scene.judge();
  EXPECT_EQ(broken_handshakes(run), 0U);
  EXPECT_TRUE(std::any_of(run.findings.begin(), run.findings.end(), [&](const Finding& one) {
    return one.check == "tls-handshake" && one.verdict == skip && one.explained_by == of(run, "reachability", "oc02").id;
  }));
}

TEST(CertificatesInARun, OfAMemberWithoutRootsAreTakenByAnybody) {
  auto scene = asked_members();
  for (auto& host : scene.topology.hosts)
    if (host.name == "oc02") host.tls.reset();
  EXPECT_EQ(of(scene.judge(), "mtls-accepted", "oc02").verdict, skip);
  EXPECT_EQ(of(scene.judge(), "mtls-accepted", "oc01").verdict, pass);
}

TEST(CertificatesInARun, OfASourceThatTrustsNothingAreNotVerified) {
  auto scene = asked_members();
  for (auto& probe : scene.observations.probes)
    if (probe.details) probe.details->verification.reset();
  for (const auto* check : {"tls-trust", "tls-name", "tls-chain"}) EXPECT_EQ(of(scene.judge(), check, "oc02").verdict, skip) << check;
}

TEST(CertificatesInARun, OfABalancerThatEndsTlsAreTheBalancers) {
  Scene scene;
  auto& expect = scene.topology.pools[0].virtual_servers[0].expect;
  expect.tls_mode = TlsMode::terminate;
  expect.mutual_tls = MutualTls::required;
  make_question(scene.answered("client1", "oc01", {.is_proxied = true}));
  make_question(scene.answered("client1", "oc02", {.is_proxied = true}), TlsQuestion::without_certificate);
  for (auto& seen : scene.observations.responders) seen.tls.reset(), seen.is_plaintext = true;
  const auto run = scene.judge();
  EXPECT_EQ(of(run, "mtls-accepted", "").verdict, pass);
  EXPECT_EQ(of(run, "mtls-request", "").cause, "mtls.not-required") << "it was taken without one";
}

/// A balancer that ends TLS refuses client1 in whatever it is asked.
Scene refused_at_balancer(std::uint8_t code) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.tls_mode = TlsMode::terminate;
  for (int i = 0; i < 4; ++i) {
    auto& probe = scene.vip_is_silent("client1");
    probe.tls.emplace();
    make_question(probe);
    TlsScene::refuse(probe, code);
    if (i == 3) continue;
    probe.question.reset();
    probe.details.reset();
  }
  return scene;
}

TEST(CertificatesInARun, ThatABalancerRefusesAreNoFaultOfThePath) {
  const auto run = refused_at_balancer(48).judge();
  const auto& refusal = of(run, "mtls-accepted", "");
  EXPECT_EQ(refusal.cause, "mtls.unknown-issuer");
  EXPECT_EQ(of(run, "reachability", "").verdict, skip);
  EXPECT_EQ(of(run, "reachability", "").explained_by, refusal.id);
  for (const auto* member : {"oc01", "oc02"}) {
    EXPECT_EQ(of(run, "coverage", member).verdict, skip);
    EXPECT_EQ(of(run, "coverage", member).explained_by, refusal.id);
    EXPECT_EQ(of(run, "return-path", member).verdict, skip) << "nothing is known of it";
  }
}

TEST(CertificatesInARun, ThatABalancerRefusesAndNobodyNamedAreInconclusive) {
  auto scene = refused_at_balancer(48);
  scene.observations.probes.pop_back();
  EXPECT_EQ(of(scene.judge(), "reachability", "").verdict, inconclusive);
  EXPECT_EQ(of(scene.judge(), "reachability", "").next_step, "name one that it takes: hosts.client1.tls");
  auto other = refused_at_balancer(40);
  other.observations.probes.pop_back();
  EXPECT_EQ(of(other.judge(), "reachability", "").verdict, inconclusive);
  EXPECT_EQ(of(other.judge(), "reachability", "").next_step.find("hosts."), std::string::npos) << "nothing in common, or no certificate";
  scene.topology.pools[0].virtual_servers[0].expect.tls_mode = TlsMode::passthrough;
  EXPECT_EQ(of(scene.judge(), "reachability", "").next_step.find("hosts."), std::string::npos);
}

std::string owner_of(const Run& run, const std::string& cause) {
  for (const auto& diagnosis : run.diagnoses)
    if (diagnosis.cause == cause) return diagnosis.owner;
  return "nobody";
}

TEST(CertificatesInARun, WhatTheBalancerShowsAndTrustsIsItsOwners) {
  const auto run = refused_at_balancer(48).judge();
  EXPECT_EQ(owner_of(run, "mtls.unknown-issuer"), "load-balancer");
  EXPECT_EQ(owner_of(run, "tls.not-yet-valid"), "load-balancer") << "the scene is of 1970";
  EXPECT_EQ(owner_of(refused_at_balancer(43).judge(), "mtls.wrong-purpose"), "certificate") << "what it was shown is not for clients";
  auto members = asked_members();
  refuse_last(members, 48);
  EXPECT_EQ(owner_of(members.judge(), "mtls.unknown-issuer"), "certificate") << "a member refused it";
}

TEST(CertificatesInARun, WhoseAnswerThePathBehindABalancerLostAreNotJudged) {
  auto scene = refused_at_balancer(48);
  auto& probe = scene.observations.probes.back();
  probe.alert.reset();
  probe.end = End::decided;
  const auto run = scene.judge();
  const auto& finding = of(run, "mtls-accepted", "");
  EXPECT_EQ(finding.verdict, skip);
  EXPECT_EQ(finding.explained_by, "reachability/pool01/mcu-factory/client1/ipv4");
}

TEST(CertificatesInARun, WhereThePathIsBrokenTheHandshakeIsNotBlamed) {
  Scene scene;
  make_question(scene.third_address("oc01", "oc02"));
  const auto run = scene.judge();
  const auto found = std::find_if(run.findings.begin(), run.findings.end(),
                                  [](const Finding& finding) { return finding.check == "tls-handshake"; });
  ASSERT_NE(found, run.findings.end());
  EXPECT_EQ(found->verdict, skip);
  EXPECT_EQ(found->explained_by, "reachability/pool01/mcu-factory/oc01/ipv4");
}

TEST(CertificatesInARun, DirectAndThroughTheVipAreTwoFindings) {
  auto scene = asked_members();
  auto& direct = scene.direct_control("client1", "oc02");
  make_question(direct);
  TlsScene::refuse(direct, 42);
  const auto run = scene.judge();
  std::set<std::string> ids;
  for (const auto& finding : run.findings) EXPECT_TRUE(ids.insert(finding.id).second) << finding.id;
  EXPECT_TRUE(ids.contains("mtls-accepted/pool01/mcu-factory/client1/oc02/ipv4/direct"));
  EXPECT_EQ(of(run, "mtls-accepted", "oc02").verdict, pass) << "through the VIP";
}

}  // namespace
}  // namespace hairpin

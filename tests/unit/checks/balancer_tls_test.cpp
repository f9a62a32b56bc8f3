// SPDX-License-Identifier: Apache-2.0
// A balancer that ends TLS: what it speaks to members, whether it verifies them, and what it tells them of clients.
#include "tests/unit/checks/expect.hpp"
#include "tests/unit/checks/tls_scene.hpp"

namespace hairpin {
namespace {

using test::Scene;
using test::TlsScene;
using enum Verdict;

/// client1 was answered by each member, in a TLS session of the balancer's own.
class BalancerTls : public testing::Test {
 protected:
  BalancerTls() {
    expect().tls_mode = TlsMode::reencrypt;
    for (const auto* member : {"oc01", "oc02"}) answered(member);
  }
  Expectation& expect() { return scene.topology.pools[0].virtual_servers[0].expect; }
  ResponderObservation& answered(const std::string& member, std::optional<TlsQuestion> question = {}) {
    auto& probe = scene.answered("client1", member, {.is_proxied = true});
    probe.question = question;
    if (question) {
      probe.details = TlsScene().details();
      probe.details->has_certificate = question == TlsQuestion::usual;
      probe.details->was_asked = true;
      probe.tls->version = "TLSv1.3";
    }
    auto& seen = scene.observations.responders.back();
    seen.tls->exporter = "another session";
    seen.tls->version = "TLSv1.2";
    seen.tls->cipher = "ECDHE-ECDSA-AES256-GCM-SHA384";
    return seen;
  }
  /// Members have certificates that the topology names.
  void name_certificates() {
    for (auto& host : scene.topology.hosts)
      if (!host.is_load_balancer) host.tls = HostTls{"a.crt", "a.key", "roots.pem", ""};
  }
  Finding finding(const std::string& check, const std::string& source, const std::string& member, const std::string& way = {}) const {
    for (const auto& each : scene.judge().findings)
      if (each.check == check && each.subject.source == source && each.subject.member == member && each.subject.way == way) return each;
    ADD_FAILURE() << check << " " << source << ">" << member;
    return {};
  }
  Finding leg(const std::string& member) const { return finding("tls-member-leg", "", member); }

  Scene scene;
};

TEST_F(BalancerTls, ThatTakesWhatTheRunMadeVerifiesNobody) {
  EXPECT_EQ(leg("oc01").cause, "tls.members-unverified");
  EXPECT_EQ(leg("oc02").verdict, warn);
  name_certificates();
  EXPECT_EQ(leg("oc01").verdict, info) << "the site's own certificate may have been verified";
}

TEST_F(BalancerTls, IsReportedAsTheMemberSawIt) {
  scene.observations.responders.front().tls->server_name = "pool01.example.com";
  scene.observations.responders.back().tls->peer_certificate_sha256 = "0123456789abcdef0123";
  scene.observations.responders.back().tls->offered_protocols = {"h2", "http/1.1"};
  EXPECT_EQ(leg("oc01").observed, "TLSv1.2, ECDHE-ECDSA-AES256-GCM-SHA384, the name pool01.example.com, no client certificate");
  EXPECT_EQ(leg("oc02").observed, "TLSv1.2, ECDHE-ECDSA-AES256-GCM-SHA384, no server name, client certificate 0123456789abcdef…, ALPN h2 http/1.1");
}

TEST_F(BalancerTls, ThatTakesAForeignCertificateVerifiesNobody) {
  name_certificates();
  answered("oc01", TlsQuestion::foreign_certificate);
  EXPECT_EQ(leg("oc01").cause, "tls.members-unverified");
  EXPECT_EQ(leg("oc02").verdict, info) << "nobody asked there";
}

/// The balancer ends its session with a member with an alert, and the client's after it.
void refuse_member(Scene& scene, std::uint8_t code) {
  auto& probe = scene.observations.probes.back();
  probe.end = End::closed;
  probe.ended_in = Phase::response;
  probe.answer.reset();
  auto& seen = scene.observations.responders.back();
  seen.trip.reset();
  seen.end = End::alert;
  seen.alert = TlsAlert{code, "alert", false};
}

TEST_F(BalancerTls, ThatRefusesAForeignCertificateVerifies) {
  name_certificates();
  answered("oc01", TlsQuestion::foreign_certificate);
  refuse_member(scene, 48);
  EXPECT_EQ(leg("oc01").verdict, pass);
  EXPECT_EQ(leg("oc02").verdict, info) << "this member was not refused";
  scene.observations.responders.back().alert->was_sent = true;
  EXPECT_EQ(leg("oc01").verdict, info) << "the member refused the balancer";
  scene.observations.responders.back().alert = TlsAlert{80, "internal_error", false};
  EXPECT_EQ(leg("oc01").verdict, info) << "internal_error says nothing of certificates";
}

TEST_F(BalancerTls, WhoseOwnCertificateAMemberRefusesIsToldSo) {
  answered("oc01");
  refuse_member(scene, 43);
  auto& seen = scene.observations.responders.back();
  seen.alert->was_sent = true;
  seen.tls->peer_certificate_sha256 = "0123456789abcdef0123";
  seen.error = "depth 0: unsuitable certificate purpose";
  const auto found = [&] { return finding("reachability", "client1", "oc01"); };
  EXPECT_EQ(found().cause, "member.refuses-balancer");
  EXPECT_EQ(found().summary, "oc01 refuses the balancer's client certificate");
  EXPECT_NE(found().evidence.back().text.find("depth 0: unsuitable certificate purpose"), std::string::npos) << found().evidence.back().text;

  seen.tls->client_random.emplace();
  EXPECT_EQ(found().cause, "member.refuses-balancer");
  scene.observations.probes.front().tls->client_random.emplace();
  EXPECT_NE(found().cause, "member.refuses-balancer") << "it was a probe's own connection";
  seen.tls->client_random.reset();
  seen.alert->was_sent = false;
  EXPECT_NE(found().cause, "member.refuses-balancer") << "the balancer refused the member";
  seen.alert->was_sent = true;
  seen.tls->peer_certificate_sha256.clear();
  EXPECT_NE(found().cause, "member.refuses-balancer") << "the balancer showed none";
  seen.tls->peer_certificate_sha256 = "0123";
  seen.accepted += std::chrono::seconds(10);
  EXPECT_NE(found().cause, "member.refuses-balancer") << "that was another connection";
}

TEST_F(BalancerTls, ThatRefusedAMemberAnotherTimeProvesNothing) {
  name_certificates();
  answered("oc01");
  refuse_member(scene, 48);
  EXPECT_EQ(leg("oc01").verdict, info) << "no foreign certificate was shown";
  scene.pass_time(std::chrono::seconds(10));
  answered("oc02", TlsQuestion::foreign_certificate);
  EXPECT_EQ(leg("oc01").verdict, info) << "that was long before";
}

TEST_F(BalancerTls, ThatNobodySawAtBothEndsIsNotJudged) {
  scene.observations.responders.clear();
  EXPECT_EQ(leg("oc01").verdict, skip);
  expect().tls_mode = TlsMode::passthrough;
  for (const auto& each : scene.judge().findings) EXPECT_NE(each.check, "tls-member-leg");
}

TEST_F(BalancerTls, AsksMembersForTheNameThatTheirCertificateHasToCover) {
  name_certificates();
  auto& direct = scene.direct_control("client1", "oc01");
  direct.question = TlsQuestion::usual;
  direct.tls.emplace().version = "TLSv1.3";
  direct.details = TlsScene().details();
  direct.details->chain.front().dns_names = {"oc01.example.com", "*.inside.example.com"};
  direct.details->verification->has_name = false;  // of the pool, which clients never see
  const auto named = [&](const std::string& name) {
    scene.observations.responders.front().tls->server_name = name;
    return finding("tls-name", "client1", "oc01", "direct");
  };
  EXPECT_EQ(named("").verdict, info);
  EXPECT_EQ(named("OC01.example.com").verdict, pass);
  EXPECT_EQ(named("a.inside.example.com").verdict, pass);
  EXPECT_EQ(named("a.b.inside.example.com").cause, "tls.name-mismatch") << "one label";
  EXPECT_EQ(named("inside.example.com").cause, "tls.name-mismatch");
  EXPECT_EQ(named("pool01.example.com").cause, "tls.name-mismatch");
}

TEST_F(BalancerTls, ShowsOneCertificate) {
  answered("oc01", TlsQuestion::usual);
  answered("oc02", TlsQuestion::without_certificate);
  EXPECT_EQ(finding("tls-same-certificate", "", "").verdict, pass);
  scene.observations.probes.back().details->chain.front().sha256 = "cc";
  EXPECT_EQ(finding("tls-same-certificate", "", "").cause, "tls.certificates-differ");
  for (auto& seen : scene.observations.responders) seen.tls->exporter = to_string(*seen.trip);
  const auto members = finding("tls-same-certificate", "", "");
  EXPECT_EQ(members.verdict, info) << "members may have their own";
  EXPECT_NE(members.observed.find("cc… oc02 (1 connections)"), std::string::npos) << members.observed;
}

TEST_F(BalancerTls, ThatPassesItOnShowsWhatEachMemberHas) {
  name_certificates();
  expect().tls_mode = TlsMode::passthrough;
  answered("oc01", TlsQuestion::usual);
  const auto only = finding("tls-same-certificate", "", "");
  EXPECT_EQ(only.verdict, inconclusive) << only.summary;
  EXPECT_NE(only.summary.find("oc02"), std::string::npos);
  for (auto& host : scene.topology.hosts)
    if (host.name == "oc02") host.tls.reset();
  EXPECT_EQ(finding("tls-same-certificate", "", "").verdict, info) << "oc01 alone has one to show";
  name_certificates();
  answered("oc02", TlsQuestion::usual);
  EXPECT_EQ(finding("tls-same-certificate", "", "").verdict, pass);
}

TEST_F(BalancerTls, ThatPassesItOnIsNotAskedForWhatItDoesNotEnd) {
  name_certificates();
  expect().mutual_tls = MutualTls::required;
  answered("oc01", TlsQuestion::usual);
  answered("oc01", TlsQuestion::without_certificate);
  EXPECT_EQ(finding("mtls-request", "client1", "").cause, "mtls.not-required");
  for (auto& seen : scene.observations.responders) seen.tls->exporter = to_string(*seen.trip);
  EXPECT_EQ(finding("tls-mode", "client1", "").cause, "tls.mode-differs");
  EXPECT_EQ(finding("mtls-request", "client1", "oc01").verdict, skip) << "our own responder was asked";
  const auto left = finding("tls-handshake", "client1", "oc02");
  EXPECT_EQ(left.verdict, skip);
  EXPECT_EQ(left.explained_by, finding("tls-mode", "client1", "").id);
}

TEST_F(BalancerTls, TellsMembersWhoTheClientIs) {
  expect().identity_header = "X-Client-Subject";
  answered("oc01", TlsQuestion::usual).identities = std::vector<std::string>{"CN=client1"};
  EXPECT_EQ(finding("mtls-identity", "client1", "").verdict, pass);
  scene.observations.responders.back().identities = std::vector<std::string>{kForgedIdentity, "CN=client1"};
  EXPECT_EQ(finding("mtls-identity", "client1", "").cause, "mtls.identity-forged");
  scene.observations.responders.back().identities.emplace();
  EXPECT_EQ(finding("mtls-identity", "client1", "").cause, "mtls.identity-missing");
  answered("oc02", TlsQuestion::without_certificate).identities = std::vector<std::string>{kForgedIdentity};
  EXPECT_EQ(finding("mtls-identity", "client1", "").cause, "mtls.identity-forged") << "who shows nothing is believed";
  expect().identity_header.clear();
  for (const auto& each : scene.judge().findings) EXPECT_NE(each.check, "mtls-identity");
}

TEST_F(BalancerTls, TellsNothingOfClientsThatItRefused) {
  expect().identity_header = "X-Client-Subject";
  answered("oc01", TlsQuestion::usual);
  scene.observations.responders.back().trip.reset();
  scene.observations.probes.back().answer.reset();
  EXPECT_EQ(finding("mtls-identity", "client1", "").verdict, skip);
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
// Where TLS ends, by what both ends know of one connection.
#include "tests/unit/checks/expect.hpp"

namespace hairpin {
namespace {

using test::id;
using test::Scene;

enum class Built { passthrough, reencrypt, terminate };

Scene built(Built how, std::optional<TlsMode> promised) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.tls_mode = promised;
  for (const auto* member : {"oc01", "oc02"}) scene.answered("client1", member, {.is_proxied = true});
  for (auto& seen : scene.observations.responders) {
    if (how == Built::reencrypt) seen.tls->exporter = "another session";
    if (how == Built::terminate) seen.tls.reset(), seen.is_plaintext = true;
  }
  return scene;
}

Finding of(Scene scene) { return *scene.finding(scene.judge(), id("tls-mode", "client1")); }

TEST(TlsModeCheck, IsProvenByTheExporters) {
  using enum Built;
  const std::pair<Built, TlsMode> kRows[] = {
      {passthrough, TlsMode::passthrough}, {reencrypt, TlsMode::reencrypt}, {terminate, TlsMode::terminate}};
  for (const auto& [how, mode] : kRows)
    for (const auto promised : {TlsMode::passthrough, TlsMode::reencrypt, TlsMode::terminate}) {
      const auto finding = of(built(how, promised));
      EXPECT_EQ(finding.cause, mode == promised ? "" : "tls.mode-differs") << int(how) << int(promised);
      EXPECT_EQ(finding.attempts, 2U);
    }
}

TEST(TlsModeCheck, WithoutAPromiseIsReported) {
  const auto finding = of(built(Built::reencrypt, {}));
  EXPECT_EQ(finding.verdict, Verdict::info);
  EXPECT_NE(finding.observed.find("reencrypt (2 connections)"), std::string::npos);
}

TEST(TlsModeCheck, OneConnectionOfAnotherKindBreaksThePromise) {
  auto scene = built(Built::passthrough, TlsMode::passthrough);
  scene.observations.responders.back().tls->exporter = "another session";
  const auto finding = of(std::move(scene));
  EXPECT_EQ(finding.cause, "tls.mode-differs");
  EXPECT_EQ(finding.failed, 1U);
}

TEST(TlsModeCheck, SaysNothingWhereOneEndIsUnknown) {
  auto blind = built(Built::passthrough, TlsMode::passthrough);
  blind.observations.responders.clear();
  EXPECT_EQ(of(std::move(blind)).verdict, Verdict::skip);
  auto no_exporter = built(Built::passthrough, TlsMode::passthrough);
  for (auto& seen : no_exporter.observations.responders) seen.tls->exporter.clear();
  EXPECT_EQ(of(std::move(no_exporter)).verdict, Verdict::skip);
  auto no_exporter_here = built(Built::passthrough, TlsMode::passthrough);
  for (auto& probe : no_exporter_here.observations.probes) probe.tls->exporter.clear();
  EXPECT_EQ(of(std::move(no_exporter_here)).verdict, Verdict::skip);
}

TEST(TlsModeCheck, ExportersThatJoinedTheEndsProveNothing) {
  auto scene = built(Built::passthrough, TlsMode::passthrough);
  for (auto& seen : scene.observations.responders) seen.trip.reset();  // joined by the equal exporter
  EXPECT_EQ(of(std::move(scene)).verdict, Verdict::skip);
}

TEST(TlsModeCheck, AHelloThatAMemberSawProvesPassthroughWithoutARequest) {
  auto scene = built(Built::passthrough, TlsMode::terminate);
  for (auto& probe : scene.observations.probes) {  // the member does not know who made the source's certificate
    probe.tls->exporter.clear();
    probe.end = End::alert;
    probe.ended_in = Phase::response;
    probe.answer.reset();
    probe.alert = TlsAlert{48, "unknown_ca", false};
  }
  for (auto& seen : scene.observations.responders) seen.trip.reset(), seen.tls->exporter.clear(), seen.end = End::alert;
  const auto without_hellos = of(scene);
  EXPECT_EQ(without_hellos.verdict, Verdict::skip);
  for (std::size_t i = 0; i < 2; ++i) {
    ClientRandom random;
    random.bytes[0] = static_cast<std::uint8_t>(i + 1);
    scene.observations.probes[i].tls->client_random = scene.observations.responders[i].tls->client_random = random;
  }
  EXPECT_EQ(of(scene).cause, "tls.mode-differs");
  EXPECT_EQ(of(scene).failed, 2U);
  const auto run = scene.judge();
  EXPECT_EQ(scene.finding(run, id("reachability", "client1"))->verdict, Verdict::skip);
  scene.topology.pools[0].virtual_servers[0].expect.tls_mode = TlsMode::passthrough;
  EXPECT_EQ(of(scene).verdict, Verdict::pass);
}

TEST(TlsModeCheck, ACertificateThatNoMemberHasDisprovesPassthroughWithoutARequest) {
  auto scene = built(Built::passthrough, TlsMode::passthrough);
  for (auto& probe : scene.observations.probes) {  // the balancer does not know who made the source's certificate
    probe.tls->exporter.clear();
    probe.tls->peer_certificate_sha256 = "the balancer's";
    probe.end = End::alert;
    probe.ended_in = Phase::response;
    probe.answer.reset();
    probe.alert = TlsAlert{48, "unknown_ca", false};
  }
  scene.observations.responders.clear();
  scene.direct_control("client1", "oc01").tls.emplace().peer_certificate_sha256 = "of oc01";
  EXPECT_EQ(of(scene).verdict, Verdict::skip) << "oc02 may have it";
  scene.direct_control("client1", "oc02").tls.emplace().peer_certificate_sha256 = "of oc02";
  EXPECT_EQ(of(scene).cause, "tls.mode-differs");
  EXPECT_EQ(of(scene).failed, 2U);
  scene.observations.probes.back().tls->peer_certificate_sha256 = "the balancer's";
  EXPECT_EQ(of(scene).verdict, Verdict::skip) << "as oc02 has";
}

}  // namespace
}  // namespace hairpin

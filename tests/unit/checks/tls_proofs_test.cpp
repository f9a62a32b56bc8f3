// SPDX-License-Identifier: Apache-2.0
// The checks of what proves a certificate beside its chain, of one certificate everywhere, and of what sessions must not open.
#include "checks/tls/chain.hpp"
#include "tests/unit/checks/tls_scene.hpp"

namespace hairpin {
namespace {

using test::TlsScene;
using enum Verdict;

/// With a list that holds this against the chain.
TlsScene with_lists(std::vector<ChainError> errors) {
  TlsScene scene;
  scene.details().revocation = Revocation{"crl.pem", std::move(errors)};
  return scene;
}

ChainError error(std::int32_t code, std::uint32_t depth) { return {code, "error " + std::to_string(code), depth, depth == 0 ? "CN=leaf" : "CN=Issuing CA"}; }

TEST(TlsRevocation, IsJudgedByTheListsThatWereGiven) {
  EXPECT_EQ(TlsScene().verdict("tls-revocation"), skip);
  EXPECT_EQ(with_lists({}).verdict("tls-revocation"), pass);
  for (const std::uint32_t depth : {0U, 1U}) EXPECT_EQ(with_lists({error(23, depth)}).cause("tls-revocation"), "tls.revoked") << depth;
  EXPECT_EQ(with_lists({error(23, 0)}).verdict("tls-revocation"), fail);
}

TEST(TlsRevocation, TellsNoListAnOldListAndAListedCertificateApart) {
  EXPECT_EQ(with_lists({error(3, 0)}).cause("tls-revocation"), "tls.revocation-unknown");
  EXPECT_EQ(with_lists({error(8, 0)}).cause("tls-revocation"), "tls.revocation-unknown") << "a signature that does not verify";
  EXPECT_EQ(with_lists({error(12, 0)}).cause("tls-revocation"), "tls.revocation-list-expired");
  EXPECT_EQ(with_lists({error(12, 0), error(23, 0)}).cause("tls-revocation"), "tls.revoked") << "an old list still names it";
  for (const std::int32_t code : {3, 12}) EXPECT_EQ(with_lists({error(code, 0)}).verdict("tls-revocation"), inconclusive);
}

TEST(TlsRevocation, OfAnAuthorityWithoutListIsOnlyNamed) {
  const auto finding = with_lists({error(3, 1)}).finding("tls-revocation");
  EXPECT_EQ(finding.verdict, pass);
  EXPECT_NE(finding.summary.find("not known of CN=Issuing CA"), std::string::npos);
}

TEST(TlsRevocation, NeedsAPathToARoot) {
  auto scene = with_lists({error(33, 0)});
  scene.hold_against(checks::x509::kNoLocalIssuer, 1);
  EXPECT_EQ(scene.verdict("tls-revocation"), skip);
  scene.details().revocation->errors.push_back(error(23, 0));
  EXPECT_EQ(scene.cause("tls-revocation"), "tls.revoked");
}

TlsScene with_staple(void (*spoil)(Staple&)) {
  TlsScene scene;
  Staple staple;
  staple.response = "successful";
  staple.status = StapleStatus::good;
  staple.this_update = TlsScene::kNow - std::chrono::hours(1);
  staple.next_update = TlsScene::kNow + std::chrono::hours(1);
  staple.has_issuer = staple.is_signed = true;
  spoil(staple);
  scene.details().staple = staple;
  return scene;
}

TEST(TlsStaple, IsGoodFreshAndTheRightOnes) {
  EXPECT_EQ(with_staple([](Staple&) {}).verdict("tls-staple"), pass);
  EXPECT_EQ(with_staple([](Staple& staple) { staple.next_update.reset(); }).verdict("tls-staple"), pass);
  EXPECT_EQ(with_staple([](Staple& staple) { staple.status = StapleStatus::revoked; }).cause("tls-staple"), "tls.staple-revoked");
  EXPECT_EQ(with_staple([](Staple& staple) { staple.next_update = TlsScene::kNow - std::chrono::minutes(6); }).cause("tls-staple"), "tls.staple-stale");
  EXPECT_EQ(with_staple([](Staple& staple) { staple.this_update = TlsScene::kNow + std::chrono::minutes(6); }).cause("tls-staple"), "tls.staple-stale");
  EXPECT_EQ(with_staple([](Staple& staple) { staple.next_update = TlsScene::kNow - std::chrono::minutes(4); }).verdict("tls-staple"), pass)
      << "clocks differ by so much";
  EXPECT_EQ(with_staple([](Staple& staple) { staple.is_signed = false; }).cause("tls-staple"), "tls.staple-invalid");
  EXPECT_EQ(with_staple([](Staple& staple) { staple.status = StapleStatus::unknown; }).cause("tls-staple"), "tls.staple-invalid");
  EXPECT_EQ(with_staple([](Staple& staple) { staple.status = StapleStatus::not_told; }).cause("tls-staple"), "tls.staple-invalid") << "another certificate's";
  EXPECT_EQ(with_staple([](Staple& staple) { staple.is_signed = false; staple.status = StapleStatus::revoked; }).cause("tls-staple"), "tls.staple-invalid")
      << "anybody can write that";
}

TEST(TlsStaple, CannotBeJudgedWithoutTheIssuer) {
  EXPECT_EQ(with_staple([](Staple& staple) { staple.has_issuer = staple.is_signed = false; }).verdict("tls-staple"), inconclusive);
}

TEST(TlsStaple, IsMissedOnlyWhereTheCertificateDemandsIt) {
  TlsScene scene;
  EXPECT_EQ(scene.verdict("tls-staple"), info);
  scene.details().chain.front().must_staple = true;
  EXPECT_EQ(scene.cause("tls-staple"), "tls.staple-missing");
  scene.usual().ended_in = Phase::tls;
  EXPECT_EQ(scene.verdict("tls-staple"), skip) << "a handshake that is not complete tells nothing";
}

TEST(TlsTrust, OfAPathThatOpensslDoesNotFindSaysSo) {
  TlsScene scene;
  scene.hold_against(checks::x509::kNoLocalIssuer, 1);
  EXPECT_EQ(scene.cause("tls-trust"), "tls.untrusted");
  scene.details().verification->other_path = {"CN=pool01.example.com", "CN=Issuing CA", "CN=Root"};
  scene.details().verification->led_astray_by = "CN=Issuing CA, issued by CN=Old Root";
  EXPECT_EQ(scene.cause("tls-trust"), "tls.path-hidden");
  EXPECT_NE(scene.finding("tls-trust").summary.find("issued by CN=Old Root"), std::string::npos);
}

/// The usual question and ten more.
TlsScene asked_eleven_times() {
  TlsScene scene;
  for (int i = 0; i < 10; ++i) scene.ask(TlsQuestion::same_again);
  return scene;
}

CertificateFacts& leaf_of(ProbeObservation& probe) { return probe.details->chain.front(); }

TEST(TlsOneCertificate, IsOneEverywhere) {
  const auto scene = asked_eleven_times();
  EXPECT_EQ(scene.verdict("tls-one-certificate"), pass);
  EXPECT_NE(scene.finding("tls-one-certificate").summary.find("11 connections, one certificate: another on one of 2 members"), std::string::npos);
  EXPECT_EQ(TlsScene().verdict("tls-one-certificate"), skip) << "one connection compares nothing";
}

TEST(TlsOneCertificate, ThatIsAnotherSometimesIsCounted) {
  auto scene = asked_eleven_times();
  for (const std::size_t i : {3U, 5U, 7U}) leaf_of(scene.observations.probes[i]).sha256 = "cc";
  const auto finding = scene.finding("tls-one-certificate");
  EXPECT_EQ(finding.cause, "tls.certificate-varies");
  EXPECT_EQ(finding.verdict, warn);
  EXPECT_EQ(finding.attempts, 11U);
  EXPECT_EQ(finding.failed, 3U);
}

TEST(TlsOneCertificate, ThatHoldsOnlySometimesFails) {
  auto scene = asked_eleven_times();
  auto& probe = scene.observations.probes[4];
  leaf_of(probe).sha256 = "cc";
  probe.details->verification->errors.push_back(error(10, 0));
  EXPECT_EQ(scene.cause("tls-one-certificate"), "tls.certificate-fails-sometimes");
  probe.details->verification->errors.clear();
  probe.details->verification->has_name = false;
  EXPECT_EQ(scene.cause("tls-one-certificate"), "tls.certificate-fails-sometimes");
  for (auto& other : scene.observations.probes) other.details->verification->has_name = false;
  EXPECT_EQ(scene.cause("tls-one-certificate"), "tls.certificate-varies") << "none is better than the other";
}

TEST(TlsOneCertificate, InAnotherChainIsAWarning) {
  auto scene = asked_eleven_times();
  scene.observations.probes[2].details->chain.pop_back();
  EXPECT_EQ(scene.cause("tls-one-certificate"), "tls.chain-varies");
  EXPECT_EQ(scene.verdict("tls-one-certificate"), warn);
}

TEST(TlsOneCertificate, IsNotKnownWhereConnectionsShowNone) {
  auto scene = asked_eleven_times();
  TlsScene::break_off(scene.observations.probes[6], End::silent);
  EXPECT_EQ(scene.verdict("tls-one-certificate"), inconclusive);
  leaf_of(scene.observations.probes[2]).sha256 = "cc";
  EXPECT_EQ(scene.cause("tls-one-certificate"), "tls.certificate-varies") << "what was seen stays seen";
}

TEST(TlsResumption, TellsLifetimeAndScope) {
  TlsScene scene;
  auto& details = *scene.ask(TlsQuestion::session_tls13).details;
  details.tickets = 2;
  details.ticket_lifetime_s = 7200;
  scene.ask(TlsQuestion::resumed_tls13).details->is_resumed = true;
  EXPECT_EQ(scene.finding("tls-resumption").observed, "TLSv1.3: 1 of 1 resumed, good for 7200 s");
  auto& moved = scene.ask(TlsQuestion::moved_tls13);
  EXPECT_NE(scene.finding("tls-resumption").observed.find(", not with another name"), std::string::npos);
  moved.details->is_resumed = true;
  EXPECT_NE(scene.finding("tls-resumption").observed.find(", with another name as well"), std::string::npos);
}

/// Sessions that allow early data, and what came of them.
TlsScene with_early_data(EarlyData first, EarlyData replay, bool was_known) {
  TlsScene scene;
  scene.ask(TlsQuestion::session_tls13).details->most_early_bytes = 16'384;
  scene.ask(TlsQuestion::early_data).details->early_data = first;
  auto& details = *scene.ask(TlsQuestion::early_replay).details;
  details.early_data = replay;
  details.was_known_before = was_known;
  return scene;
}

TEST(TlsEarlyData, ThatAreAcceptedTwiceFail) {
  using enum EarlyData;
  auto scene = with_early_data(accepted, accepted, true);
  EXPECT_EQ(scene.cause("tls-early-data"), "tls.early-data-replayed");
  scene.observations.probes.back().http_status = 425;
  EXPECT_EQ(scene.verdict("tls-early-data"), info) << "the service says Too Early";
  EXPECT_EQ(with_early_data(accepted, refused, true).verdict("tls-early-data"), info);
  EXPECT_EQ(with_early_data(refused, not_sent, false).verdict("tls-early-data"), info);
}

TEST(TlsEarlyData, ThatTheFirstConnectionDidNotKnowAreNoReplay) {
  using enum EarlyData;
  EXPECT_EQ(with_early_data(accepted, accepted, false).verdict("tls-early-data"), inconclusive);
  EXPECT_EQ(with_early_data(accepted, refused, false).verdict("tls-early-data"), inconclusive);
  auto scene = with_early_data(accepted, refused, true);
  TlsScene::break_off(scene.observations.probes.back(), End::silent);
  EXPECT_EQ(scene.verdict("tls-early-data"), inconclusive);
}

TEST(TlsEarlyData, AreOffWhereNoSessionAllowsThem) {
  TlsScene scene;
  auto& probe = scene.ask(TlsQuestion::session_tls13);
  EXPECT_EQ(scene.verdict("tls-early-data"), pass);
  TlsScene::break_off(probe, End::alert);
  EXPECT_EQ(scene.verdict("tls-early-data"), skip) << "no TLS 1.3";
}

/// A server that requires a client certificate, and resumes a session that has none.
TlsScene with_bare_session() {
  TlsScene scene;
  scene.details().was_asked = scene.details().has_certificate = true;
  TlsScene::refuse(scene.ask(TlsQuestion::without_certificate), 116);
  scene.ask(TlsQuestion::session_tls13);
  scene.ask(TlsQuestion::bare_session_tls13);
  scene.ask(TlsQuestion::bare_resumed_tls13).details->is_resumed = true;
  return scene;
}

TEST(MtlsSessions, OfAnotherNameOpenNothing) {
  auto scene = with_bare_session();
  EXPECT_EQ(scene.cause("mtls-sessions"), "mtls.bypassed-by-session");
  EXPECT_EQ(scene.verdict("mtls-sessions"), fail);
  auto& probe = scene.observations.probes.back();
  probe.details->is_resumed = false;
  EXPECT_EQ(scene.verdict("mtls-sessions"), pass) << "a full handshake";
  probe.details->is_resumed = true;
  TlsScene::refuse(probe, 116);
  EXPECT_EQ(scene.verdict("mtls-sessions"), pass);
}

TEST(MtlsSessions, ThatAreAnsweredWithAnErrorOpenNothingUnlessEverybodyGetsIt) {
  auto scene = with_bare_session();
  auto& probe = scene.observations.probes.back();
  probe.http_status = 403;
  EXPECT_EQ(scene.verdict("mtls-sessions"), pass) << "the page requires a certificate";
  probe.http_status = 421;
  EXPECT_EQ(scene.verdict("mtls-sessions"), inconclusive) << "misdirected, or not found";
  scene.usual().http_status = 421;
  EXPECT_EQ(scene.cause("mtls-sessions"), "mtls.bypassed-by-session") << "as with a certificate";
  probe.http_status = 400;
  probe.http_title = "400 No required SSL certificate was sent";
  EXPECT_EQ(scene.verdict("mtls-sessions"), pass);
}

TEST(MtlsSessions, WithoutAnAnswerAreNotKnown) {
  auto scene = with_bare_session();
  scene.observations.probes.back().http_status.reset();
  EXPECT_EQ(scene.verdict("mtls-sessions"), inconclusive);
}

TEST(MtlsSessions, MatterWhereACertificateIsRequired) {
  auto scene = with_bare_session();
  auto& bare = scene.observations.probes[1];
  bare.alert.reset();
  bare.end = End::answered;
  bare.details->has_spoken = true;
  bare.ended_in = Phase::close;
  EXPECT_EQ(scene.verdict("mtls-sessions"), skip) << "only requested";
  TlsScene none;
  EXPECT_EQ(none.verdict("mtls-sessions"), skip);
}

}  // namespace
}  // namespace hairpin

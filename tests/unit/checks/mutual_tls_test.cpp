// SPDX-License-Identifier: Apache-2.0
// What a server does about client certificates, with the truth about TLS 1.3: a complete handshake proves nothing.
#include "tests/unit/checks/tls_scene.hpp"

namespace hairpin {
namespace {

using test::TlsScene;
using enum Verdict;

/// A server that asks; our certificate was taken.
TlsScene taken() {
  TlsScene scene;
  scene.details().was_asked = true;
  scene.details().has_certificate = true;
  scene.details().issuers = IssuerList{3, 300, 0, true, true};
  return scene;
}

ProbeObservation& ask_bare(TlsScene& scene) {
  auto& probe = scene.ask(TlsQuestion::without_certificate);
  probe.details->was_asked = true;
  return probe;
}

TEST(MutualRequest, OfAServerThatAsksForNothingIsNone) {
  TlsScene scene;
  EXPECT_EQ(scene.verdict("mtls-request"), info);
  scene.expect().mutual_tls = MutualTls::none;
  EXPECT_EQ(scene.verdict("mtls-request"), pass);
  scene.expect().mutual_tls = MutualTls::required;
  EXPECT_EQ(scene.cause("mtls-request"), "mtls.not-required");
}

TEST(MutualRequest, OfAServerThatMayAskLaterIsNotKnown) {
  TlsScene silent;  // asks for nothing in the handshake, and hangs up when we do not renegotiate
  silent.details().has_spoken = false;
  silent.usual().end = End::closed;
  silent.usual().ended_in = Phase::response;
  silent.usual().http_status.reset();
  silent.expect().mutual_tls = MutualTls::required;
  EXPECT_EQ(silent.verdict("mtls-request"), inconclusive);
  TlsScene forbids;
  forbids.usual().http_status = 403;
  forbids.expect().mutual_tls = MutualTls::required;
  EXPECT_EQ(forbids.verdict("mtls-request"), inconclusive);
  forbids.expect().mutual_tls = MutualTls::none;
  EXPECT_EQ(forbids.verdict("mtls-request"), pass);
}

TEST(MutualRequest, ThatGoesOnWithoutACertificateIsNotRequired) {
  auto scene = taken();
  ask_bare(scene);
  scene.expect().mutual_tls = MutualTls::required;
  EXPECT_EQ(scene.cause("mtls-request"), "mtls.not-required");
  scene.expect().mutual_tls = MutualTls::requested;
  EXPECT_EQ(scene.verdict("mtls-request"), pass);
}

TEST(MutualRequest, IsRequiredWhenTheRefusalComesAfterTheHandshake) {
  auto scene = taken();
  TlsScene::refuse(ask_bare(scene), 116);
  scene.expect().mutual_tls = MutualTls::required;
  EXPECT_EQ(scene.verdict("mtls-request"), pass);
  scene.expect().mutual_tls = MutualTls::none;
  EXPECT_EQ(scene.cause("mtls-request"), "mtls.required-unexpectedly");
}

TEST(MutualRequest, IsRequiredWhenAPageSaysSo) {
  auto scene = taken();
  auto& bare = ask_bare(scene);
  bare.http_status = 400;
  bare.http_title = "400 No required SSL certificate was sent";
  scene.expect().mutual_tls = MutualTls::required;
  EXPECT_EQ(scene.verdict("mtls-request"), pass);
}

TEST(MutualRequest, AnotherPageOrAlertIsNoRefusalOfACertificate) {
  auto scene = taken();
  auto& bare = ask_bare(scene);
  bare.http_status = 404;
  bare.http_title = "404 Not Found";
  scene.expect().mutual_tls = MutualTls::requested;
  EXPECT_EQ(scene.verdict("mtls-request"), pass);
  TlsScene::refuse(bare, 80);
  EXPECT_EQ(scene.verdict("mtls-request"), inconclusive) << "internal_error";
}

TEST(MutualRequest, ThatOnlyHangsUpIsComparedWithTheOtherConnection) {
  auto scene = taken();
  auto& bare = ask_bare(scene);
  bare.end = End::closed;
  bare.ended_in = Phase::response;
  bare.http_status.reset();
  bare.details->has_spoken = false;
  scene.expect().mutual_tls = MutualTls::required;
  EXPECT_EQ(scene.verdict("mtls-request"), pass);
  scene.usual().end = End::closed;
  scene.usual().http_status.reset();
  scene.details().has_spoken = false;
  EXPECT_EQ(scene.verdict("mtls-request"), inconclusive) << "both were hung up";
}

TEST(MutualRequest, OfGnutlsInTls12IsRefusedAsUndecodable) {
  auto scene = taken();
  TlsScene::refuse(ask_bare(scene), 50);
  scene.expect().mutual_tls = MutualTls::required;
  EXPECT_EQ(scene.verdict("mtls-request"), pass);
  scene.details().has_spoken = false;
  EXPECT_EQ(scene.verdict("mtls-request"), inconclusive) << "the one with a certificate was not taken either";
}

TEST(MutualRequest, OfMembersThatDifferIsAFaultOfItsOwn) {
  auto scene = taken();  // one asks, the other one does not
  TlsScene::refuse(ask_bare(scene), 116);
  auto& again = scene.ask(TlsQuestion::same_again);
  again.details->was_asked = true;
  scene.expect().mutual_tls = MutualTls::required;
  EXPECT_EQ(scene.verdict("mtls-request"), pass);
  scene.ask(TlsQuestion::same_again).details->was_asked = false;
  EXPECT_EQ(scene.cause("mtls-request"), "mtls.request-varies");
  scene.expect().mutual_tls.reset();
  EXPECT_EQ(scene.cause("mtls-request"), "mtls.request-varies") << "without a promise too";
  TlsScene::break_off(scene.observations.probes.back(), End::reset);
  EXPECT_EQ(scene.verdict("mtls-request"), info) << "who broke off had no time to ask";
}

TEST(MutualRequest, ThatOneOfManyConnectionsDoesNotMeetIsAFaultOfItsOwn) {
  auto scene = taken();
  scene.expect().mutual_tls = MutualTls::required;
  for (int i = 0; i < 11; ++i) TlsScene::refuse(ask_bare(scene), 116);
  EXPECT_EQ(scene.verdict("mtls-request"), pass);
  EXPECT_NE(scene.finding("mtls-request").summary.find("one of 2 members"), std::string::npos) << scene.finding("mtls-request").summary;
  auto& open = scene.observations.probes[5];
  open = scene.usual();
  open.question = TlsQuestion::without_certificate;
  EXPECT_EQ(scene.cause("mtls-request"), "mtls.request-varies");
  EXPECT_EQ(scene.finding("mtls-request").failed, 1U);
  TlsScene::refuse(open, 80);
  EXPECT_EQ(scene.verdict("mtls-request"), inconclusive) << "internal_error: one member may do otherwise";
}

TEST(MutualRequest, MayBeRequiredByAPage) {
  auto scene = taken();
  auto& bare = ask_bare(scene);
  scene.expect().mutual_tls = MutualTls::required;
  for (const auto status : {400U, 401U, 403U, 495U, 496U}) {
    bare.http_status = status;
    EXPECT_EQ(scene.verdict("mtls-request"), pass) << status;
  }
  bare.http_status = 302;
  EXPECT_EQ(scene.verdict("mtls-request"), inconclusive) << "to a login";
  bare.http_status = 403;
  scene.usual().http_status = 403;
  EXPECT_EQ(scene.verdict("mtls-request"), inconclusive) << "nobody gets this path";
  scene.usual().http_status = bare.http_status = 302;
  EXPECT_EQ(scene.cause("mtls-request"), "mtls.not-required") << "the same for both";
}

TEST(MutualAccepted, NeedsMoreThanAHandshake) {
  auto scene = taken();
  EXPECT_EQ(scene.verdict("mtls-accepted"), pass);
  scene.details().has_spoken = false;
  scene.usual().end = End::silent;
  scene.usual().ended_in = Phase::response;
  scene.usual().http_status.reset();
  EXPECT_EQ(scene.verdict("mtls-accepted"), inconclusive);
}

TEST(MutualAccepted, NamesTheDefectByTheAlert) {
  const std::pair<std::uint8_t, const char*> kRows[] = {
      {40, "mtls.none-sent"}, {116, "mtls.none-sent"}, {42, "mtls.held-to-be-bad"}, {43, "mtls.wrong-purpose"},
      {44, "mtls.revoked"},   {45, "mtls.expired"},    {48, "mtls.unknown-issuer"},  {51, "mtls.key-not-proven"},
      {46, "mtls.refused"},   {49, "mtls.refused"}};
  for (const auto& [alert, cause] : kRows) {
    auto scene = taken();
    TlsScene::refuse(scene.usual(), alert);
    EXPECT_EQ(scene.cause("mtls-accepted"), cause) << int(alert);
    EXPECT_EQ(scene.verdict("tls-handshake"), pass) << "the handshake was complete for us";
  }
}

TEST(MutualAccepted, InTls12TheHandshakeEndsOfItAndIsNotBlamed) {
  auto scene = taken();
  TlsScene::refuse(scene.usual(), 48);
  scene.usual().ended_in = Phase::tls;
  EXPECT_EQ(scene.cause("mtls-accepted"), "mtls.unknown-issuer");
  EXPECT_EQ(scene.verdict("tls-handshake"), skip);
}

TEST(MutualAccepted, WithoutACertificateIsTheTestsWantAndNoFault) {
  TlsScene scene;
  TlsScene::refuse(scene.usual(), 116);
  const auto finding = scene.finding("mtls-accepted");
  EXPECT_EQ(finding.cause, "mtls.certificate-required");
  EXPECT_EQ(finding.verdict, inconclusive);
  EXPECT_NE(finding.next_step.find("--cert"), std::string::npos);
}

TEST(MutualAccepted, OurOwnAlertIsNoRefusalOfTheServer) {
  auto scene = taken();
  TlsScene::refuse(scene.usual(), 42);
  scene.usual().alert->was_sent = true;
  EXPECT_EQ(scene.verdict("mtls-accepted"), inconclusive);
}

TEST(MutualAccepted, ThatNobodyAskedForOrThatWeDoNotHaveIsNotJudged) {
  auto not_asked = taken();
  not_asked.details().was_asked = false;
  EXPECT_EQ(not_asked.verdict("mtls-accepted"), skip);
  auto without = taken();
  without.details().has_certificate = false;
  EXPECT_EQ(without.verdict("mtls-accepted"), skip) << "asked for, not required";
}

TEST(MutualAccepted, WhoHangsUpOnEverybodySaysNothingOfTheCertificate) {
  auto scene = taken();
  ask_bare(scene);
  for (auto& probe : scene.observations.probes) {
    probe.end = End::reset;
    probe.ended_in = Phase::response;
    probe.http_status.reset();
    probe.details->has_spoken = false;
  }
  EXPECT_EQ(scene.verdict("mtls-accepted"), inconclusive);
}

TEST(MutualAccepted, HungUpWithItAndTakenWithoutItIsRefused) {
  auto scene = taken();
  ask_bare(scene);
  scene.usual().end = End::reset;
  scene.usual().ended_in = Phase::response;
  scene.usual().http_status.reset();
  scene.details().has_spoken = false;
  EXPECT_EQ(scene.cause("mtls-accepted"), "mtls.refused");
}

TEST(MutualIssuers, HaveToNameOurs) {
  auto scene = taken();
  EXPECT_EQ(scene.verdict("mtls-issuers"), pass);
  scene.details().issuers->has_ours = false;
  EXPECT_EQ(scene.cause("mtls-issuers"), "mtls.issuer-not-named");
  scene.details().issuers = IssuerList{};
  EXPECT_EQ(scene.verdict("mtls-issuers"), info) << "an empty list is allowed";
}

TEST(MutualIssuers, BeyondWhatSchannelTakesAreAWarning) {
  auto scene = taken();
  scene.details().issuers = IssuerList{200, 16'384, 0, true, true};
  EXPECT_EQ(scene.verdict("mtls-issuers"), pass);
  scene.details().issuers = IssuerList{200, 16'385, 0, true, false};
  const auto finding = scene.finding("mtls-issuers");
  EXPECT_EQ(finding.cause, "mtls.issuer-list-too-long");
  EXPECT_NE(finding.summary.find("our issuer is beyond them"), std::string::npos);
}

}  // namespace
}  // namespace hairpin

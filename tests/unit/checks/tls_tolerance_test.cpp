// SPDX-License-Identifier: Apache-2.0
// The checks of what a server bears, and of the marks that it leaves: unknown values, new keys, capitals, signatures, downgrades.
#include "tests/unit/checks/tls_scene.hpp"

namespace hairpin {
namespace {

using test::TlsScene;
using enum Verdict;

ProbeObservation& ask_with_unknown_values(TlsScene& scene, bool is_answered) {
  auto& probe = scene.ask(TlsQuestion::unknown_values);
  TlsScene::break_off(probe, is_answered ? End::answered : End::closed);
  if (is_answered) probe.details->choice = ServerChoice{0x1301, 0, false};
  return probe;
}

TEST(TlsUnknownValues, HaveToBeLeftOut) {
  TlsScene scene;
  ask_with_unknown_values(scene, false);
  EXPECT_EQ(scene.cause("tls-unknown-values"), "tls.unknown-values-refused");
  EXPECT_EQ(scene.verdict("tls-unknown-values"), fail);
  ask_with_unknown_values(scene, true);
  EXPECT_EQ(scene.verdict("tls-unknown-values"), pass) << "the second try was answered";
}

TEST(TlsUnknownValues, AreNoQuestionWhereNothingIsAnswered) {
  TlsScene scene;
  TlsScene::refuse_offer(scene.usual());
  ask_with_unknown_values(scene, false);
  EXPECT_EQ(scene.verdict("tls-unknown-values"), skip);
  TlsScene other;
  auto& probe = ask_with_unknown_values(other, false);
  probe.end = End::local;
  EXPECT_EQ(other.verdict("tls-unknown-values"), skip) << "this host could not try";
  probe.end = End::refused;
  probe.ended_in = Phase::connect;
  EXPECT_EQ(other.verdict("tls-unknown-values"), skip) << "no connection";
}

ProbeObservation& ask_for_new_keys(TlsScene& scene, KeyUpdate update) {
  auto& probe = scene.ask(TlsQuestion::key_update);
  probe.details->key_update = update;
  return probe;
}

void leave_unanswered(ProbeObservation& probe) {
  probe.http_status.reset();
  probe.end = End::reset;
  probe.ended_in = Phase::response;
  probe.details->has_spoken = false;
}

TEST(TlsKeyUpdate, ChangesBothSides) {
  TlsScene scene;
  auto& probe = ask_for_new_keys(scene, KeyUpdate::answered);
  EXPECT_EQ(scene.verdict("tls-key-update"), pass);
  probe.details->key_update = KeyUpdate::unanswered;
  EXPECT_EQ(scene.cause("tls-key-update"), "tls.key-update-ignored");
  EXPECT_EQ(scene.verdict("tls-key-update"), warn);
  leave_unanswered(probe);
  EXPECT_EQ(scene.cause("tls-key-update"), "tls.key-update-refused");
  EXPECT_EQ(scene.verdict("tls-key-update"), fail);
}

TEST(TlsKeyUpdate, ThatWorksTheSecondTimeIsNotRefused) {
  TlsScene scene;
  leave_unanswered(ask_for_new_keys(scene, KeyUpdate::unanswered));
  ask_for_new_keys(scene, KeyUpdate::answered);
  EXPECT_EQ(scene.verdict("tls-key-update"), pass);
}

TEST(TlsKeyUpdate, IsComparedWithAnAnswerWithoutIt) {
  TlsScene scene;
  scene.usual().http_status.reset();
  leave_unanswered(ask_for_new_keys(scene, KeyUpdate::unanswered));
  EXPECT_EQ(scene.verdict("tls-key-update"), skip) << "nobody answers a request";
  scene.usual().http_status = 200;
  scene.usual().tls->version = "TLSv1.2";
  EXPECT_EQ(scene.verdict("tls-key-update"), skip) << "an answer in TLS 1.2 says nothing about 1.3";
}

TEST(TlsKeyUpdate, NeedsAHandshakeOfTls13) {
  TlsScene scene;
  TlsScene::refuse_offer(scene.ask(TlsQuestion::only_tls13), 70);
  TlsScene::refuse_offer(scene.ask(TlsQuestion::key_update), 70);
  EXPECT_EQ(scene.verdict("tls-key-update"), skip);
  TlsScene wanting;
  TlsScene::refuse(wanting.ask(TlsQuestion::key_update), 116);
  EXPECT_EQ(wanting.verdict("tls-key-update"), skip) << "a client certificate was wanted";
}

TEST(TlsServerName, HasNoCase) {
  TlsScene scene;
  scene.ask(TlsQuestion::other_name);
  auto& upper = scene.ask(TlsQuestion::name_upper);
  EXPECT_EQ(scene.verdict("tls-server-name"), info);
  upper.details->chain.front().sha256 = "cc";
  EXPECT_EQ(scene.cause("tls-server-name"), "tls.name-case-sensitive");
  TlsScene::refuse_offer(upper, 112);
  EXPECT_EQ(scene.cause("tls-server-name"), "tls.name-case-sensitive");
  upper.alert.reset();
  TlsScene::break_off(upper, End::silent);
  EXPECT_EQ(scene.verdict("tls-server-name"), info) << "silence is no refusal of a name";
}

TEST(TlsServerName, MayRefuseADotAtItsEnd) {
  TlsScene scene;
  scene.ask(TlsQuestion::other_name);
  TlsScene::refuse_offer(scene.ask(TlsQuestion::name_dotted), 112);
  EXPECT_EQ(scene.verdict("tls-server-name"), info);
  EXPECT_NE(scene.finding("tls-server-name").observed.find("with a dot at the end: refused"), std::string::npos);
}

TEST(TlsSignature, IsNotMadeWithSha1) {
  TlsScene scene;
  auto& probe = scene.ask(TlsQuestion::only_tls12);
  EXPECT_EQ(scene.verdict("tls-signature"), pass);
  for (const auto* signature : {"RSA+SHA1", "ECDSA+SHA1", "RSA+MD5"}) {
    probe.details->signature = signature;
    EXPECT_EQ(scene.cause("tls-signature"), "tls.signature-weak") << signature;
  }
  probe.details->signature.clear();
  EXPECT_EQ(scene.verdict("tls-signature"), skip) << "RSA key exchange signs nothing";
}

TEST(TlsDowngrade, HasToBeMarked) {
  TlsScene scene;
  scene.ask(TlsQuestion::only_tls13);
  TlsScene::refuse_offer(scene.ask(TlsQuestion::fallback), 86);
  scene.ask(TlsQuestion::only_tls12).details->has_downgrade_mark = false;
  EXPECT_EQ(scene.cause("tls-downgrade"), "tls.downgrade-unmarked");
  EXPECT_EQ(scene.verdict("tls-downgrade"), warn);
  scene.observations.probes.back().details->has_downgrade_mark = true;
  EXPECT_EQ(scene.verdict("tls-downgrade"), pass);
}

/// A server that asks for a client certificate, which we have, and takes these signatures in TLS 1.2 or 1.3.
TlsScene asking_for(std::vector<std::string> signatures, TlsQuestion question = TlsQuestion::only_tls12) {
  TlsScene scene;
  auto& details = *scene.ask(question).details;
  details.was_asked = details.has_certificate = true;
  details.asked_signatures = std::move(signatures);
  details.own_key = "EC P-256";
  details.own_signatures = {"RSA+SHA512", "RSA+SHA256"};
  return scene;
}

TEST(MtlsSignatures, HaveToBeThoseOfOurCertificates) {
  EXPECT_EQ(asking_for({"ECDSA+SHA256", "RSA+SHA256", "RSA+SHA512"}).verdict("mtls-signatures"), pass);
  const auto finding = asking_for({"ECDSA+SHA256", "RSA+SHA256"}).finding("mtls-signatures");
  EXPECT_EQ(finding.cause, "mtls.signature-not-asked");
  EXPECT_EQ(finding.verdict, warn);
  EXPECT_NE(finding.summary.find("TLSv1.2: not RSA+SHA512, by which our certificate is signed"), std::string::npos);
  EXPECT_EQ(asking_for({"ECDSA+SHA256", "RSA+SHA512"}).cause("mtls-signatures"), "mtls.signature-not-asked") << "the intermediate's";
}

TEST(MtlsSignatures, HaveToBeMadeByOurKey) {
  EXPECT_EQ(asking_for({"RSA+SHA256", "RSA+SHA512"}).cause("mtls-signatures"), "mtls.signature-not-asked");
  EXPECT_EQ(asking_for({"RSA-PSS+SHA256"}, TlsQuestion::only_tls13).cause("mtls-signatures"), "mtls.signature-not-asked");
  EXPECT_EQ(asking_for({"ECDSA+SHA256"}, TlsQuestion::only_tls13).verdict("mtls-signatures"), pass) << "TLS 1.3 may have another list for certificates";
  auto rsa = asking_for({"RSA+SHA256", "RSA+SHA512"}, TlsQuestion::only_tls13);
  rsa.observations.probes.back().details->own_key = "RSA";
  EXPECT_EQ(rsa.cause("mtls-signatures"), "mtls.signature-not-asked") << "TLS 1.3 signs with PSS";
}

TEST(MtlsSignatures, AreReportedWhereWeHaveNoCertificate) {
  auto scene = asking_for({"RSA+SHA256"});
  scene.observations.probes.back().details->has_certificate = false;
  EXPECT_EQ(scene.verdict("mtls-signatures"), info);
  EXPECT_EQ(TlsScene().verdict("mtls-signatures"), skip) << "nobody asked";
}

}  // namespace
}  // namespace hairpin

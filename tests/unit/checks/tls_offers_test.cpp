// SPDX-License-Identifier: Apache-2.0
// The checks of what a server takes of what it is offered, and how it ends. Certificates, versions, sessions: tls_test.cpp.
#include "base/cipher_class.hpp"
#include "tests/unit/checks/tls_scene.hpp"

namespace hairpin {
namespace {

using test::TlsScene;
using enum Verdict;

/// The ServerHello that answered a ClientHello of our own.
ProbeObservation& choose(ProbeObservation& probe, std::uint32_t cipher, std::uint32_t compression = 0) {
  TlsScene::break_off(probe, End::answered);
  probe.ended_in = Phase::close;
  probe.details->choice = ServerChoice{cipher, compression, false};
  return probe;
}

ProbeObservation& ask_in_the_clear(TlsScene& scene, std::optional<std::uint32_t> status) {
  auto& probe = scene.ask(TlsQuestion::plaintext);
  probe.tls.reset();
  probe.details.reset();
  probe.http_status = status;
  if (!status) probe.ended_in = Phase::response;
  return probe;
}

TEST(TlsPlaintext, ThatIsServedFails) {
  for (const std::uint32_t status : {200U, 302U}) {
    TlsScene scene;
    ask_in_the_clear(scene, status);
    EXPECT_EQ(scene.cause("tls-plaintext"), "tls.plaintext-served") << status;
  }
}

TEST(TlsPlaintext, ThatIsTurnedAwayPasses) {
  TlsScene scene;
  ask_in_the_clear(scene, 400);
  EXPECT_EQ(scene.verdict("tls-plaintext"), pass);
  for (const auto end : {End::closed, End::reset, End::alert}) {
    TlsScene other;
    auto& probe = ask_in_the_clear(other, {});
    probe.end = end;
    if (end == End::alert) probe.alert = test::from_server(10, "unexpected_message");
    EXPECT_EQ(other.verdict("tls-plaintext"), pass);
  }
}

TEST(TlsPlaintext, ThatIsMetWithSilenceOrSomethingElseIsInconclusive) {
  for (const auto end : {End::silent, End::garbled}) {
    TlsScene scene;
    ask_in_the_clear(scene, {}).end = end;
    EXPECT_EQ(scene.verdict("tls-plaintext"), inconclusive);
  }
}

TEST(TlsPlaintext, IsNoQuestionWhereNoTlsIs) {
  TlsScene scene;
  TlsScene::break_off(scene.usual(), End::garbled);
  ask_in_the_clear(scene, 200);
  EXPECT_EQ(scene.verdict("tls-plaintext"), skip);
}

TEST(TlsRenegotiation, HasToBeSecureAndRefused) {
  const auto scene_with = [](bool is_secure, Renegotiation outcome) {
    TlsScene scene;
    auto& details = *scene.ask(TlsQuestion::renegotiation).details;
    details.has_secure_renegotiation = is_secure;
    details.renegotiation = outcome;
    return scene;
  };
  EXPECT_EQ(scene_with(false, Renegotiation::refused).cause("tls-renegotiation"), "tls.renegotiation-insecure");
  EXPECT_EQ(scene_with(true, Renegotiation::accepted).cause("tls-renegotiation"), "tls.renegotiation-accepted");
  EXPECT_EQ(scene_with(true, Renegotiation::refused).verdict("tls-renegotiation"), pass);
  EXPECT_EQ(scene_with(true, Renegotiation::unanswered).verdict("tls-renegotiation"), pass);
  EXPECT_EQ(scene_with(false, Renegotiation::not_tried).verdict("tls-renegotiation"), skip) << "a client certificate was wanted first";
}

TEST(TlsRenegotiation, IsNoQuestionToAServerWithoutTls12) {
  TlsScene scene;
  TlsScene::refuse_offer(scene.ask(TlsQuestion::renegotiation), 70);
  EXPECT_EQ(scene.verdict("tls-renegotiation"), skip);
}

TEST(TlsMasterSecret, ThatIsNotExtendedIsAWarning) {
  TlsScene scene;
  auto& probe = scene.ask(TlsQuestion::only_tls12);
  EXPECT_EQ(scene.cause("tls-master-secret"), "tls.master-secret-not-extended");
  EXPECT_EQ(scene.verdict("tls-master-secret"), warn);
  probe.details->has_extended_master_secret = true;
  EXPECT_EQ(scene.verdict("tls-master-secret"), pass);
  TlsScene::refuse_offer(probe, 70);
  EXPECT_EQ(scene.verdict("tls-master-secret"), skip);
  EXPECT_NE(scene.finding("tls-master-secret").summary.find("does not speak TLSv1.2"), std::string::npos);
}

TEST(TlsCompression, ThatIsOnFails) {
  TlsScene scene;
  auto& probe = choose(scene.ask(TlsQuestion::compression), 0xC030, 1);
  EXPECT_EQ(scene.cause("tls-compression"), "tls.compression-on");
  choose(probe, 0xC030, 0);
  EXPECT_EQ(scene.verdict("tls-compression"), pass);
  TlsScene::refuse_offer(probe, 70).details->choice.reset();
  EXPECT_EQ(scene.verdict("tls-compression"), skip);
}

/// A server that takes the ciphers of one class.
TlsScene taking(CipherClass kind, const char* policy = nullptr) {
  TlsScene scene;
  using enum TlsQuestion;
  if (policy) scene.expect().tls_policy = *find_tls_policy(policy);
  constexpr TlsQuestion kAll[] = {cipher_unencrypted, cipher_anonymous, cipher_export_grade, cipher_rc4, cipher_triple_des, cipher_static_rsa, cipher_cbc};
  for (const auto question : kAll) TlsScene::refuse_offer(scene.ask(question));
  auto& taken = scene.observations.probes[1 + static_cast<std::size_t>(kind)];
  taken.alert.reset();
  choose(taken, numbers_of(kind).front());
  return scene;
}

TEST(TlsCipher, ThatProtectsNothingFailsWithoutAPolicyToo) {
  for (const auto kind : {CipherClass::unencrypted, CipherClass::anonymous, CipherClass::export_grade})
    EXPECT_EQ(taking(kind).cause("tls-cipher"), "tls.cipher-useless") << words_for(kind);
  EXPECT_NE(taking(CipherClass::anonymous).finding("tls-cipher").summary.find("ADH-AES256-GCM-SHA384"), std::string::npos);
}

TEST(TlsCipher, OfTheOtherClassesIsThePolicysBusiness) {
  for (const auto kind : {CipherClass::rc4, CipherClass::triple_des, CipherClass::static_rsa, CipherClass::cbc}) {
    EXPECT_EQ(taking(kind).verdict("tls-cipher"), info) << words_for(kind);
    EXPECT_EQ(taking(kind, "modern").cause("tls-cipher"), "tls.cipher-forbidden") << words_for(kind);
    EXPECT_EQ(taking(kind, "intermediate").cause("tls-cipher"), "tls.cipher-forbidden") << words_for(kind);
    EXPECT_EQ(taking(kind, "legacy").verdict("tls-cipher"), kind == CipherClass::rc4 ? fail : pass) << words_for(kind);
  }
}

TEST(TlsCipher, ThatWasNeitherTakenNorRefusedIsNotKnownWhereItMatters) {
  auto scene = taking(CipherClass::static_rsa);
  auto& rc4 = scene.observations.probes[1 + static_cast<std::size_t>(CipherClass::rc4)];
  rc4.alert.reset();
  TlsScene::break_off(rc4, End::silent);
  EXPECT_EQ(scene.verdict("tls-cipher"), info) << "no policy forbids it";
  scene.expect().tls_policy = *find_tls_policy("legacy");
  EXPECT_EQ(scene.verdict("tls-cipher"), inconclusive);
  scene.expect().tls_policy.reset();
  auto& anonymous = scene.observations.probes[1 + static_cast<std::size_t>(CipherClass::anonymous)];
  anonymous.alert.reset();
  TlsScene::break_off(anonymous, End::silent);
  EXPECT_EQ(scene.verdict("tls-cipher"), inconclusive) << "nobody wants it";
}

TEST(TlsProtocol, IsReported) {
  TlsScene scene;
  scene.ask(TlsQuestion::protocol_http).details->protocol = "h2";
  TlsScene::refuse_offer(scene.ask(TlsQuestion::protocol_unknown), 120);
  const auto finding = scene.finding("tls-protocol");
  EXPECT_EQ(finding.verdict, info);
  EXPECT_EQ(finding.observed, "of h2 and http/1.1: h2; of an unknown protocol: refused (the alert alert 120)");
  auto& probe = scene.observations.probes[1];
  TlsScene::refuse(probe, 40);
  probe.ended_in = Phase::tls;
  EXPECT_NE(scene.finding("tls-protocol").observed.find("h2 and http/1.1: not known"), std::string::npos) << "a client certificate was wanted";
}

TEST(TlsEnding, IsReportedAfterAnAnswer) {
  TlsScene scene;
  for (const auto ending : {StreamEnd::close_notify, StreamEnd::bare, StreamEnd::reset, StreamEnd::not_seen}) {
    scene.details().ending = ending;
    EXPECT_EQ(scene.verdict("tls-ending"), info);
  }
}

TEST(TlsEnding, ThatCutsTheAnswerOffIsAWarning) {
  for (const auto ending : {StreamEnd::bare, StreamEnd::reset}) {
    TlsScene scene;
    scene.usual().http_status.reset();
    scene.usual().ended_in = Phase::response;
    scene.details().ending = ending;
    EXPECT_EQ(scene.cause("tls-ending"), "tls.answer-cut-off");
    scene.details().has_spoken = false;
    EXPECT_EQ(scene.verdict("tls-ending"), skip) << "nothing came: it may be no web server";
  }
}

TEST(TlsEnding, IsThatOfTheConnectionWithARequest) {
  TlsScene scene;
  scene.usual().http_status.reset();
  scene.usual().ended_in = Phase::response;
  scene.details().ending = StreamEnd::reset;
  scene.ask(TlsQuestion::usual).depth = Depth::tls;
  EXPECT_EQ(scene.cause("tls-ending"), "tls.answer-cut-off");
}

TEST(TlsCertificateForm, HasRules) {
  EXPECT_EQ(TlsScene().verdict("tls-certificate-form"), pass);
  const auto cause = [](auto spoil) {
    TlsScene scene;
    spoil(scene.details().chain.front());
    return scene.cause("tls-certificate-form");
  };
  const std::string kMalformed = "tls.certificate-malformed";
  for (const auto* serial : {"", "0", "00", "-05", "800000000000000000000000000000000000000A", "0100000000000000000000000000000000000000AB"})
    EXPECT_EQ(cause([&](auto& leaf) { leaf.serial = serial; }), kMalformed) << serial;
  for (const auto* serial : {"1", "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", "007FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"})
    EXPECT_EQ(cause([&](auto& leaf) { leaf.serial = serial; }), "") << serial;
  EXPECT_EQ(cause([](auto& leaf) { leaf.version = 1; }), kMalformed);
  EXPECT_EQ(cause([](auto& leaf) { leaf.is_authority = true; }), kMalformed);
  EXPECT_EQ(cause([](auto& leaf) { leaf.dns_names.clear(); }), kMalformed);
  EXPECT_EQ(cause([](auto& leaf) { leaf.dns_names = {"pool_01.example.com"}; }), kMalformed);
  EXPECT_EQ(cause([](auto& leaf) { leaf.dns_names = {"pool01 example.com"}; }), kMalformed);
  EXPECT_EQ(cause([](auto& leaf) { leaf.dns_names.clear(); leaf.addresses = {"10.137.2.11"}; }), "");
}

TlsScene with_sizes() {
  TlsScene scene;
  using enum TlsQuestion;
  for (const auto& [question, bytes] : {std::pair(hello_300, 300U), {hello_511, 511U}, {hello_1600, 1600U}, {hello_17000, 17'000U}})
    choose(scene.ask(question), 0x1301).details->hello_bytes = bytes;
  return scene;
}

void take_back(ProbeObservation& probe, End end) {
  TlsScene::break_off(probe, end);
  probe.details->choice.reset();
}

TEST(TlsHelloSize, ThatHangsWhereAnotherIsAnsweredFails) {
  EXPECT_EQ(with_sizes().verdict("tls-hello-size"), pass);
  for (const std::size_t which : {1U, 2U, 3U, 4U}) {
    auto scene = with_sizes();
    take_back(scene.observations.probes[which], End::silent);
    EXPECT_EQ(scene.cause("tls-hello-size"), "tls.hello-size") << which;
    TlsScene::break_off(scene.usual(), End::silent);
    EXPECT_EQ(scene.cause("tls-hello-size"), "tls.hello-size") << "the usual one may hang for the same reason";
  }
}

TEST(TlsHelloSize, ThatEndsTheConnectionFailsButForTwoRecords) {
  for (const auto end : {End::closed, End::reset}) {
    auto scene = with_sizes();
    take_back(scene.observations.probes[4], end);
    EXPECT_EQ(scene.verdict("tls-hello-size"), info);
    take_back(scene.observations.probes[2], end);
    EXPECT_EQ(scene.cause("tls-hello-size"), "tls.hello-size");
  }
}

TEST(TlsHelloSize, IsNoFaultWhereNothingIsAnswered) {
  auto scene = with_sizes();
  for (auto& probe : scene.observations.probes) take_back(probe, End::silent);
  EXPECT_EQ(scene.verdict("tls-hello-size"), skip);
}

TEST(TlsKeyTypes, AreTheLeafs) {
  TlsScene scene;
  TlsScene::refuse_offer(scene.ask(TlsQuestion::only_rsa));
  scene.ask(TlsQuestion::only_ecdsa);
  EXPECT_EQ(scene.finding("tls-key-types").observed, "for RSA alone: none (the alert alert 40); for ECDSA alone: EC P-256");
  EXPECT_EQ(scene.verdict("tls-key-types"), info);
  scene.ask(TlsQuestion::only_rsa);
  EXPECT_NE(scene.finding("tls-key-types").observed.find("for RSA alone: none (a certificate with the key EC P-256 came)"), std::string::npos);
}

TlsScene with_groups(End p256) {
  TlsScene scene;
  using enum TlsQuestion;
  for (const auto question : {group_x25519, group_p256, group_p384}) TlsScene::refuse_offer(scene.ask(question));
  if (p256 == End::answered) scene.ask(group_p256);
  if (p256 == End::silent) TlsScene::break_off(scene.ask(group_p256), End::silent);
  return scene;
}

TEST(TlsGroups, AreReportedWithoutPolicyAndOneHasToBeTakenByOne) {
  EXPECT_EQ(with_groups(End::alert).verdict("tls-groups"), info);
  const auto judged = [](End p256) {
    auto scene = with_groups(p256);
    scene.expect().tls_policy = *find_tls_policy("intermediate");
    return scene.finding("tls-groups");
  };
  EXPECT_EQ(judged(End::alert).cause, "tls.group-missing");
  EXPECT_EQ(judged(End::answered).verdict, pass);
  EXPECT_EQ(judged(End::silent).verdict, inconclusive);
}

TEST(TlsGroups, OfTls12MayBeRefusedForTheCertificatesCurve) {
  auto scene = with_groups(End::alert);
  scene.expect().tls_policy = *find_tls_policy("intermediate");
  scene.usual().tls->version = "TLSv1.2";
  EXPECT_EQ(scene.verdict("tls-groups"), inconclusive);
  scene.details().chain.front().key = "RSA";
  EXPECT_EQ(scene.cause("tls-groups"), "tls.group-missing");
}

}  // namespace
}  // namespace hairpin

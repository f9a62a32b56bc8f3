// SPDX-License-Identifier: Apache-2.0
// The checks of a server's TLS: certificates, versions, sessions. Client certificates: mutual_tls_test.cpp.
#include "tests/unit/checks/tls_scene.hpp"

namespace hairpin {
namespace {

using std::chrono::days;
using test::TlsScene;
using enum Verdict;

TEST(TlsHandshake, ThatIsCompletePasses) { EXPECT_EQ(TlsScene().verdict("tls-handshake"), pass); }

TEST(TlsHandshake, ThatEndsNamesHow) {
  const auto cause = [](End end, std::optional<TlsAlert> alert = {}) {
    TlsScene scene;
    TlsScene::break_off(scene.usual(), end);
    scene.usual().alert = alert;
    return scene.cause("tls-handshake");
  };
  EXPECT_EQ(cause(End::alert, test::from_server(40, "handshake_failure")), "tls.handshake-refused");
  EXPECT_EQ(cause(End::alert, TlsAlert{70, "protocol_version", true}), "tls.not-understood") << "our own alert";
  EXPECT_EQ(cause(End::garbled), "tls.not-understood");
  EXPECT_EQ(cause(End::closed), "tls.handshake-broken");
  EXPECT_EQ(cause(End::reset), "tls.handshake-broken");
  EXPECT_EQ(cause(End::silent), "tls.handshake-broken");
}

TEST(TlsHandshake, WithoutAConnectionIsNotTheServersTls) {
  TlsScene scene;
  TlsScene::break_off(scene.usual(), End::refused);
  scene.usual().ended_in = Phase::connect;
  EXPECT_EQ(scene.cause("tls-handshake"), "tls.unreachable");
  EXPECT_EQ(scene.verdict("tls-chain"), skip);
  EXPECT_EQ(scene.verdict("tls-version"), skip);
  EXPECT_EQ(scene.verdict("mtls-request"), skip);
}

TEST(TlsHandshake, ThatThisHostCouldNotTryIsInconclusive) {
  TlsScene scene;
  TlsScene::break_off(scene.usual(), End::local);
  scene.usual().ended_in = Phase::connect;
  EXPECT_EQ(scene.verdict("tls-handshake"), inconclusive);
}

TEST(TlsHandshake, SaysWhichVersionAloneWorks) {
  TlsScene scene;
  TlsScene::break_off(scene.usual(), End::closed);
  scene.ask(TlsQuestion::only_tls12);
  EXPECT_NE(scene.finding("tls-handshake").summary.find("TLSv1.2 works"), std::string::npos);
}

TEST(TlsChain, WholeAndInOrderPasses) { EXPECT_EQ(TlsScene().verdict("tls-chain"), pass); }

TEST(TlsChain, OfALeafWithoutIssuerIsIncompleteAndNotUntrusted) {
  TlsScene scene;
  scene.details().chain.pop_back();
  scene.hold_against(20, 0);
  scene.hold_against(21, 0);
  EXPECT_EQ(scene.cause("tls-chain"), "tls.chain-incomplete");
  EXPECT_EQ(scene.verdict("tls-trust"), skip);
}

TEST(TlsChain, ThatEndsAtAnUnknownAuthorityIsUntrustedAndNotIncomplete) {
  TlsScene scene;
  scene.hold_against(20, 1);
  EXPECT_EQ(scene.cause("tls-trust"), "tls.untrusted");
  EXPECT_EQ(scene.verdict("tls-chain"), pass);
}

TEST(TlsChain, WithARootOrAStrangerOrOutOfOrderIsSurplus) {
  auto root = TlsScene::intermediate();
  root.subject = root.issuer = "CN=Root";
  root.is_self_issued = true;
  auto stranger = TlsScene::intermediate();
  stranger.subject = "CN=Stranger";
  for (const auto& more : {root, stranger}) {
    TlsScene scene;
    scene.details().chain.push_back(more);
    EXPECT_EQ(scene.cause("tls-chain"), "tls.chain-surplus") << more.subject;
  }
  TlsScene scene;
  scene.details().chain.insert(scene.details().chain.begin() + 1, stranger);
  EXPECT_EQ(scene.cause("tls-chain"), "tls.chain-surplus");
}

TEST(TlsTrust, NamesWhatIsHeldAgainstTheChain) {
  const auto cause = [](std::int32_t code, std::uint32_t depth) {
    TlsScene scene;
    scene.hold_against(code, depth);
    return scene.cause("tls-trust");
  };
  EXPECT_EQ(cause(18, 0), "tls.untrusted");
  EXPECT_EQ(cause(19, 2), "tls.untrusted");
  EXPECT_EQ(cause(28, 2), "tls.issuer-not-for-servers");
  EXPECT_EQ(cause(26, 1), "tls.issuer-not-for-servers");
  EXPECT_EQ(cause(7, 0), "tls.chain-invalid");
  EXPECT_EQ(cause(26, 0), "") << "the leaf's own purpose is tls-usage's";
  EXPECT_EQ(cause(10, 1), "") << "time is tls-validity's";
}

TEST(TlsTrust, QuotesEveryErrorWithItsDepth) {
  TlsScene scene;
  scene.hold_against(28, 2);
  scene.hold_against(7, 1);
  std::string evidence;
  for (const auto& one : scene.finding("tls-trust").evidence) evidence += one.text + "\n";
  EXPECT_NE(evidence.find("error 28 at depth 2"), std::string::npos);
  EXPECT_NE(evidence.find("error 7 at depth 1"), std::string::npos);
}

TEST(TlsTrust, WithNothingTrustedIsInconclusive) {
  TlsScene scene;
  scene.details().verification.reset();
  EXPECT_EQ(scene.verdict("tls-trust"), inconclusive);
  EXPECT_EQ(scene.verdict("tls-chain"), inconclusive);
  EXPECT_EQ(scene.verdict("tls-name"), skip);
}

TEST(TlsName, ThatIsNotInTheCertificateFails) {
  TlsScene scene;
  scene.details().verification->has_name = false;
  scene.details().chain.front().dns_names.clear();
  const auto finding = scene.finding("tls-name");
  EXPECT_EQ(finding.cause, "tls.name-mismatch");
  EXPECT_NE(finding.summary.find("only its common name"), std::string::npos);
}

TEST(TlsValidity, CountsEveryCertificate) {
  const auto cause = [](std::size_t which, days begin, days end) {
    TlsScene scene;
    scene.details().chain[which].not_before = TlsScene::kNow + begin;
    scene.details().chain[which].not_after = TlsScene::kNow + end;
    return scene.cause("tls-validity");
  };
  for (const std::size_t which : {0U, 1U}) {
    EXPECT_EQ(cause(which, days(-9), days(0)), "tls.expired");
    EXPECT_EQ(cause(which, days(-9), days(-1)), "tls.expired");
    EXPECT_EQ(cause(which, days(1), days(900)), "tls.not-yet-valid");
    EXPECT_EQ(cause(which, days(-9), days(29)), "tls.expires-soon");
    EXPECT_EQ(cause(which, days(0), days(30)), "");
  }
}

TEST(TlsValidity, OfTheTrustedCertificateCountsToo) {
  TlsScene scene;
  scene.hold_against(10, 2);
  EXPECT_EQ(scene.cause("tls-validity"), "tls.expired");
}

TEST(TlsUsage, NeedsServerAuthWhereThereIsAList) {
  TlsScene scene;
  auto& leaf = scene.details().chain.front();
  leaf.purposes = {"clientAuth"};
  EXPECT_EQ(scene.cause("tls-usage"), "tls.wrong-purpose");
  leaf.purposes = {"clientAuth", "serverAuth"};
  EXPECT_EQ(scene.verdict("tls-usage"), pass);
  leaf.purposes.reset();
  EXPECT_EQ(scene.verdict("tls-usage"), pass);
}

TEST(TlsUsage, NeedsDigitalSignatureWhereTheServerSigned) {
  TlsScene scene;
  scene.details().chain.front().key_usage = {"keyEncipherment"};
  EXPECT_EQ(scene.cause("tls-usage"), "tls.no-digital-signature");
  scene.usual().tls->version = "TLSv1.2";
  scene.usual().tls->cipher = "AES256-GCM-SHA384";
  EXPECT_EQ(scene.verdict("tls-usage"), pass) << "RSA key exchange signs nothing";
}

TEST(TlsStrength, IsReportedWithoutPolicyAndJudgedByOne) {
  TlsScene scene;
  EXPECT_EQ(scene.verdict("tls-strength"), info);
  scene.expect().tls_policy = *find_tls_policy("intermediate");
  EXPECT_EQ(scene.verdict("tls-strength"), pass);
  auto& chain = scene.details().chain;
  chain[0].key = "RSA";
  chain[0].key_bits = 1024;
  EXPECT_EQ(scene.cause("tls-strength"), "tls.weak-key");
  chain[0].key_bits = 2048;
  chain[1].digest = "SHA1";
  EXPECT_EQ(scene.cause("tls-strength"), "tls.weak-signature");
  chain[1].is_self_issued = true;
  EXPECT_EQ(scene.verdict("tls-strength"), pass) << "nobody verifies a root's signature";
  chain[0].not_before = chain[0].not_after - days(367);
  EXPECT_EQ(scene.cause("tls-strength"), "tls.lifetime-too-long");
}

TEST(TlsStrength, WantsTheLeafsKeyOfAKindThatThePolicyLists) {
  TlsScene scene;
  auto& chain = scene.details().chain;
  chain[0].not_before = chain[0].not_after - days(90);
  scene.expect().tls_policy = *find_tls_policy("modern");
  EXPECT_EQ(scene.verdict("tls-strength"), pass) << "EC P-256";
  chain[1].key = "RSA";
  chain[1].key_bits = 2048;
  EXPECT_EQ(scene.verdict("tls-strength"), pass) << "who issued it signs nothing in the handshake";
  chain[0].key = "RSA";
  chain[0].key_bits = 4096;
  EXPECT_EQ(scene.cause("tls-strength"), "tls.key-kind-forbidden");
}

TEST(TlsVersionCheck, ComparesWithThePolicy) {
  TlsScene scene;
  scene.expect().tls_policy = *find_tls_policy("intermediate");
  for (const auto question : {TlsQuestion::only_tls10, TlsQuestion::only_tls11}) {
    auto& probe = scene.ask(question);
    TlsScene::break_off(probe, End::alert);
    probe.alert = test::from_server(70, "protocol_version");
  }
  scene.ask(TlsQuestion::only_tls12);
  scene.ask(TlsQuestion::only_tls13);
  EXPECT_EQ(scene.verdict("tls-version"), pass);
  scene.expect().tls_policy = *find_tls_policy("modern");
  EXPECT_EQ(scene.cause("tls-version"), "tls.version-forbidden");
  scene.expect().tls_policy = *find_tls_policy("legacy");
  EXPECT_EQ(scene.cause("tls-version"), "tls.version-missing");
  scene.expect().tls_policy.reset();
  EXPECT_EQ(scene.verdict("tls-version"), info);
}

TEST(TlsVersionCheck, ThatWasNeitherSpokenNorRefusedIsNotKnown) {
  for (const bool is_impossible : {true, false}) {
    TlsScene scene;
    scene.expect().tls_policy = *find_tls_policy("legacy");
    auto& probe = scene.ask(TlsQuestion::only_tls10);
    TlsScene::break_off(probe, is_impossible ? End::closed : End::silent);  // our side closed it
    probe.details->is_impossible_here = is_impossible;
    EXPECT_EQ(scene.verdict("tls-version"), inconclusive);
  }
}

TEST(TlsVersionCheck, IsSpokenAlsoWhereTheClientCertificateWasRefused) {
  TlsScene scene;
  scene.expect().tls_policy = *find_tls_policy("legacy");
  auto& probe = scene.ask(TlsQuestion::only_tls10);
  TlsScene::refuse(probe, 40);
  probe.ended_in = Phase::tls;
  EXPECT_EQ(scene.verdict("tls-version"), pass);
}

TEST(TlsDowngrade, IsRefusedByItsOwnAlert) {
  TlsScene scene;
  scene.ask(TlsQuestion::only_tls13);
  auto& probe = scene.ask(TlsQuestion::fallback);
  EXPECT_EQ(scene.cause("tls-downgrade"), "tls.fallback-accepted");
  TlsScene::break_off(probe, End::alert);
  probe.alert = test::from_server(86, "inappropriate_fallback");
  EXPECT_EQ(scene.verdict("tls-downgrade"), pass);
  probe.alert = test::from_server(70, "protocol_version");
  EXPECT_EQ(scene.verdict("tls-downgrade"), inconclusive) << "it may not speak TLS 1.2 at all";
}

TEST(TlsDowngrade, IsNoQuestionToAServerWithoutTls12) {
  TlsScene scene;
  scene.ask(TlsQuestion::only_tls13);
  TlsScene::break_off(scene.ask(TlsQuestion::only_tls12), End::closed);
  TlsScene::break_off(scene.ask(TlsQuestion::fallback), End::closed);
  EXPECT_EQ(scene.verdict("tls-downgrade"), skip);
}

TEST(TlsDowngrade, IsNoQuestionToAServerWithoutTls13) {
  TlsScene scene;
  TlsScene::break_off(scene.ask(TlsQuestion::only_tls13), End::closed);
  scene.ask(TlsQuestion::fallback);
  EXPECT_EQ(scene.verdict("tls-downgrade"), skip);
}

TEST(TlsResumption, ThatSometimesWorksIsAWarning) {
  for (const int resumed : {0, 1, 2}) {
    TlsScene scene;
    scene.ask(TlsQuestion::session_tls13).details->tickets = 2;
    for (int i = 0; i < 2; ++i) scene.ask(TlsQuestion::resumed_tls13).details->is_resumed = i < resumed;
    EXPECT_EQ(scene.cause("tls-resumption"), resumed == 1 ? "tls.resumption-partial" : "") << resumed;
  }
}

TEST(TlsServerName, TellsWhatOtherNamesGet) {
  TlsScene scene;
  scene.ask(TlsQuestion::without_name).details->chain.front().sha256 = "cc";
  TlsScene::break_off(scene.ask(TlsQuestion::other_name), End::alert);
  const auto finding = scene.finding("tls-server-name");
  EXPECT_EQ(finding.verdict, info);
  EXPECT_NE(finding.observed.find("without a name: another certificate; with an unknown name: refused"), std::string::npos);
}

TEST(TlsChecks, SayNothingWhereNobodyAsked) {
  TlsScene scene;
  scene.usual().question.reset();
  const auto run = checks::judge(scene.topology, Plan(), scene.observations);
  EXPECT_TRUE(std::none_of(run.findings.begin(), run.findings.end(), [](const Finding& one) {
    return one.check.starts_with("tls-") || one.check.starts_with("mtls-");
  }));
}

}  // namespace
}  // namespace hairpin

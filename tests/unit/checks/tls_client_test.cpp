// SPDX-License-Identifier: Apache-2.0
// The checks that behave as a bad client, or as an unusual one.
#include "tests/unit/checks/tls_scene.hpp"

namespace hairpin {
namespace {

using test::TlsScene;
using enum Verdict;
using enum TlsQuestion;

/// A server that requires a certificate and took ours.
class MutualScene : public TlsScene {
 public:
  MutualScene() {
    details().was_asked = true;
    details().has_certificate = true;
    refuse(ask(without_certificate), 116);
  }
  void ask_and_refuse(TlsQuestion question, std::uint8_t alert) { refuse(ask(question), alert); }
  ProbeObservation& answered(TlsQuestion question, std::uint32_t status) {
    auto& probe = ask(question);
    probe.http_status = status;
    return probe;
  }
  /// Goes on without a certificate as well.
  void only_request() {
    auto& bare = ask(without_certificate);
    bare.details->was_asked = true;
  }
};

MutualScene verifying() {
  MutualScene scene;
  scene.ask_and_refuse(client_self_signed, 48);
  scene.ask_and_refuse(client_stranger, 48);
  scene.ask_and_refuse(client_namesake, 51);
  return scene;
}

TEST(MutualVerification, OfAServerThatRefusesThemAllPassesAndTellsTheAlerts) {
  const auto finding = verifying().finding("mtls-verification");
  EXPECT_EQ(finding.verdict, pass);
  EXPECT_EQ(finding.attempts, 3U);
  EXPECT_NE(finding.summary.find("self-signed (the alert alert 48)"), std::string::npos) << finding.summary;
}

TEST(MutualVerification, FailsWhereOneIsTaken) {
  for (const auto& [question, cause] : {std::pair(client_self_signed, "mtls.anybody-accepted"), {client_stranger, "mtls.anybody-accepted"}, {client_namesake, "mtls.issuer-by-name"}}) {
    auto scene = verifying();
    scene.ask(question);
    const auto finding = scene.finding("mtls-verification");
    EXPECT_EQ(finding.cause, cause);
    EXPECT_EQ(finding.failed, 1U);
  }
  auto everybody = verifying();
  for (const auto question : {client_self_signed, client_stranger, client_namesake}) everybody.ask(question);
  EXPECT_EQ(everybody.cause("mtls-verification"), "mtls.anybody-accepted");
}

TEST(MutualVerification, IsReportedWhereNoCertificateIsRequired) {
  auto scene = verifying();
  scene.ask(client_self_signed);
  scene.only_request();
  EXPECT_EQ(scene.verdict("mtls-verification"), info);
}

TEST(MutualVerification, TakesAForbiddenPageForARefusalAndAnotherForNothing) {
  for (const auto& [status, verdict] : {std::pair(403U, pass), {495U, pass}, {502U, inconclusive}, {200U, fail}}) {
    auto scene = verifying();
    scene.answered(client_self_signed, status);
    EXPECT_EQ(scene.verdict("mtls-verification"), verdict) << status;
  }
  auto forbidden = verifying();
  forbidden.usual().http_status = 403;
  forbidden.answered(client_self_signed, 403);
  EXPECT_EQ(forbidden.verdict("mtls-verification"), fail) << "the sound one gets the same page";
  forbidden.answered(client_self_signed, 401);
  EXPECT_EQ(forbidden.verdict("mtls-verification"), inconclusive);
}

TEST(MutualVerification, TakesAHangUpForARefusalAndSilenceForNothing) {
  for (const auto& [end, verdict] : {std::pair(End::closed, pass), {End::reset, pass}, {End::silent, inconclusive}, {End::local, inconclusive}}) {
    auto scene = verifying();
    auto& probe = scene.ask(client_stranger);
    probe.end = end;
    probe.ended_in = Phase::response;
    probe.http_status.reset();
    probe.details->has_spoken = false;
    EXPECT_EQ(scene.verdict("mtls-verification"), verdict) << int(end);
  }
  auto broken = verifying();
  TlsScene::break_off(broken.ask(client_stranger), End::reset);
  EXPECT_EQ(broken.verdict("mtls-verification"), inconclusive) << "before the server chose a version nobody has seen a certificate";
}

TEST(MutualVerification, OfACertificateThatDidNotComeIsNotKnown) {
  auto scene = verifying();
  scene.ask_and_refuse(client_self_signed, 116);
  EXPECT_EQ(scene.verdict("mtls-verification"), inconclusive);
  auto page = verifying();
  auto& probe = page.answered(client_self_signed, 400);
  probe.http_title = "400 No required SSL certificate was sent";
  EXPECT_EQ(page.verdict("mtls-verification"), inconclusive);
  probe.http_title = "400 The SSL certificate error";
  EXPECT_EQ(page.verdict("mtls-verification"), pass);
}

TEST(MutualVerification, NeedsASoundCertificateThatIsTaken) {
  auto refused = verifying();
  TlsScene::refuse(refused.usual(), 48);
  EXPECT_EQ(refused.verdict("mtls-verification"), skip);
  EXPECT_FALSE(refused.finding("mtls-verification").explained_by.empty());
  auto unasked = verifying();
  unasked.details().was_asked = false;
  EXPECT_EQ(unasked.verdict("mtls-verification"), skip);
  auto without = verifying();
  without.details().has_certificate = false;
  EXPECT_EQ(without.verdict("mtls-verification"), skip);
  EXPECT_EQ(MutualScene().verdict("mtls-verification"), skip) << "none was made";
}

TEST(MutualPossession, HasToBeProven) {
  MutualScene scene;
  EXPECT_EQ(scene.verdict("mtls-possession"), skip);
  scene.ask_and_refuse(client_other_key, 51);
  EXPECT_EQ(scene.verdict("mtls-possession"), pass);
  scene.ask(client_other_key);
  EXPECT_EQ(scene.cause("mtls-possession"), "mtls.possession-unproven");
  scene.only_request();
  EXPECT_EQ(scene.cause("mtls-possession"), "mtls.possession-unproven") << "who shows a certificate has to have its key";
}

MutualScene with_authority() {
  MutualScene scene;
  scene.ask(client_issued);
  scene.ask_and_refuse(client_for_servers, 43);
  scene.ask_and_refuse(client_expired, 45);
  scene.ask_and_refuse(client_future, 42);
  return scene;
}

TEST(MutualDefects, AreRefused) {
  EXPECT_EQ(with_authority().verdict("mtls-defects"), pass);
  for (const auto& [question, cause] : {std::pair(client_for_servers, "mtls.wrong-purpose-accepted"), {client_expired, "mtls.dates-not-checked"},
                                        {client_future, "mtls.dates-not-checked"}, {client_revoked, "mtls.revoked-accepted"}}) {
    auto scene = with_authority();
    scene.ask(question);
    EXPECT_EQ(scene.cause("mtls-defects"), cause);
  }
}

TEST(MutualDefects, OfAnAuthorityWhoseSoundCertificateIsRefusedProveNothing) {
  auto scene = with_authority();
  scene.ask_and_refuse(client_issued, 48);
  EXPECT_EQ(scene.verdict("mtls-defects"), skip);
  EXPECT_NE(scene.finding("mtls-defects").summary.find("proves nothing"), std::string::npos);
  scene.ask(client_expired);
  EXPECT_EQ(scene.verdict("mtls-defects"), skip);
  scene.ask_and_refuse(client_revoked, 44);
  EXPECT_EQ(scene.verdict("mtls-defects"), pass) << "the revoked one is the user's own";
  EXPECT_EQ(scene.finding("mtls-defects").attempts, 1U);
}

TEST(MutualDefects, NeedWhatOnlyTheUserHas) {
  EXPECT_EQ(MutualScene().verdict("mtls-defects"), skip);
  EXPECT_NE(MutualScene().finding("mtls-defects").next_step.find("--client-ca"), std::string::npos);
}

TEST(MutualChain, IsReported) {
  MutualScene scene;
  EXPECT_EQ(scene.verdict("mtls-chain"), skip);
  scene.ask_and_refuse(client_leaf_alone, 48);
  scene.ask(client_long);
  scene.ask(client_chain_9);
  scene.ask_and_refuse(client_chain_10, 48);
  const auto finding = scene.finding("mtls-chain");
  EXPECT_EQ(finding.verdict, info);
  EXPECT_EQ(finding.summary, "takes followed by 17,000 bytes of other certificates, below 9; refuses without its intermediates (the alert alert 48), below 10 (the alert alert 48)");
}

TEST(MutualChain, ThatIsMetWithSilenceIsAWarning) {
  MutualScene scene;
  auto& probe = scene.ask(client_long);
  probe.end = End::silent;
  probe.ended_in = Phase::tls;
  probe.details->has_spoken = false;
  EXPECT_EQ(scene.cause("mtls-chain"), "mtls.long-chain-lost");
  probe.ended_in = Phase::connect;
  EXPECT_EQ(scene.verdict("mtls-chain"), info) << "not even TCP";
  probe.ended_in = Phase::tls;
  probe.end = End::closed;
  EXPECT_EQ(scene.verdict("mtls-chain"), info) << "its own limit";
}

TEST(MutualLater, IsReported) {
  TlsScene scene;
  EXPECT_EQ(scene.verdict("mtls-later"), skip);
  auto& probe = scene.ask(asked_later);
  EXPECT_EQ(scene.finding("mtls-later").observed, "asks for nothing after the handshake");
  probe.details->was_asked_later = true;
  EXPECT_EQ(scene.finding("mtls-later").observed, "asks for a client certificate after the handshake");
  EXPECT_EQ(scene.verdict("mtls-later"), info);
  probe.details->was_asked_later = probe.details->has_spoken = false;
  EXPECT_EQ(scene.verdict("mtls-later"), skip) << "nothing came after the handshake";
  TlsScene::break_off(probe, End::alert);
  EXPECT_EQ(scene.verdict("mtls-later"), skip) << "no TLS 1.3";
}

/// The ServerHello that answered a ClientHello of our own.
ProbeObservation& choose(ProbeObservation& probe) {
  TlsScene::break_off(probe, End::answered);
  probe.ended_in = Phase::close;
  probe.details->choice = ServerChoice{0x1301, 0, false};
  return probe;
}

struct Form {
  TlsQuestion question;
  const char* check;
  const char* cause;
};
constexpr Form kForms[] = {{segments_first_byte, "tls-hello-segments", "tls.hello-segments"}, {segments_record_header, "tls-hello-segments", "tls.hello-segments"},
                           {segments_random, "tls-hello-segments", "tls.hello-segments"},     {segments_name, "tls-hello-segments", "tls.hello-segments"},
                           {segments_at_once, "tls-hello-segments", "tls.hello-segments"},    {small_records, "tls-hello-records", "tls.hello-records"},
                           {post_quantum, "tls-hello-key-share", "tls.hello-key-share"}};

TEST(TlsHelloForms, AreAnsweredAsTheUsualOneIs) {
  for (const auto& form : kForms) {
    TlsScene scene;
    EXPECT_EQ(scene.verdict(form.check), skip) << form.check;
    auto& probe = choose(scene.ask(form.question));
    EXPECT_EQ(scene.verdict(form.check), pass) << form.check;
    for (const auto end : {End::silent, End::closed, End::reset, End::garbled, End::alert}) {
      TlsScene::break_off(probe, end);
      probe.details->choice.reset();
      EXPECT_EQ(scene.cause(form.check), form.cause) << int(form.question) << " " << int(end);
    }
    probe.end = End::local;
    EXPECT_EQ(scene.verdict(form.check), skip) << "this host could not ask";
    probe.end = End::silent;
    TlsScene::break_off(scene.usual(), End::silent);
    EXPECT_EQ(scene.verdict(form.check), skip) << "nothing is answered";
  }
}

TEST(TlsHelloForms, OneThatIsNotAnsweredIsEnough) {
  TlsScene scene;
  choose(scene.ask(segments_first_byte));
  TlsScene::break_off(scene.ask(segments_name), End::silent);
  const auto finding = scene.finding("tls-hello-segments");
  EXPECT_EQ(finding.cause, "tls.hello-segments");
  EXPECT_EQ(finding.failed, 1U);
  EXPECT_EQ(finding.attempts, 2U);
  EXPECT_EQ(finding.observed, "answered: after the first byte; not answered: within the server's name (silent in phase tls)");
}

TEST(TlsHelloForms, ALongKeyShareIsNotBlamedForTheSizeOfTheHello) {
  TlsScene scene;
  TlsScene::break_off(scene.ask(post_quantum), End::silent);
  choose(scene.ask(hello_1600));
  EXPECT_EQ(scene.cause("tls-hello-key-share"), "tls.hello-key-share");
  TlsScene::break_off(scene.observations.probes.back(), End::silent);
  scene.observations.probes.back().details->choice.reset();
  EXPECT_EQ(scene.verdict("tls-hello-key-share"), skip);
}

TEST(TlsRecordSizes, AreReported) {
  TlsScene scene;
  EXPECT_EQ(scene.verdict("tls-record-sizes"), skip) << "no answer came";
  scene.details().records = RecordSizes{3, 100, 0, 16'384, 1, false};
  const auto finding = scene.finding("tls-record-sizes");
  EXPECT_EQ(finding.verdict, info);
  EXPECT_EQ(finding.observed, "3 records: the first of 100 bytes, the longest of 16384, the shortest of 0; 1 of them empty");
  scene.details().records = RecordSizes{1, 100, 100, 100, 0, true};
  EXPECT_EQ(scene.finding("tls-record-sizes").observed, "1 record of 100 bytes; with padding (CBC)");
}

TEST(TlsRecordSizes, ThatTlsForbidsFail) {
  TlsScene scene;
  scene.usual().alert = TlsAlert{22, "record_overflow", true};
  EXPECT_EQ(scene.cause("tls-record-sizes"), "tls.record-too-long");
  scene.usual().alert->was_sent = false;
  EXPECT_EQ(scene.verdict("tls-record-sizes"), skip) << "the server's own alert is about ours";
}

TEST(TlsFragmentLength, IsReportedAndHasToBeKept) {
  TlsScene scene;
  EXPECT_EQ(scene.verdict("tls-fragment-length"), skip);
  auto& probe = scene.ask(small_fragments);
  EXPECT_EQ(scene.finding("tls-fragment-length").observed, "max_fragment_length is not granted");
  probe.details->fragment_bytes = 512;
  EXPECT_EQ(scene.finding("tls-fragment-length").observed, "max_fragment_length 512 is granted; no answer came that shows it");
  probe.details->records = RecordSizes{2, 512, 300, 512, 0, false};
  EXPECT_EQ(scene.finding("tls-fragment-length").observed, "max_fragment_length 512 is granted; the longest record of the answer has 512 bytes");
  EXPECT_EQ(scene.verdict("tls-fragment-length"), info);
  probe.alert = TlsAlert{22, "record_overflow", false};
  EXPECT_EQ(scene.verdict("tls-fragment-length"), info);
  probe.alert->was_sent = true;
  EXPECT_EQ(scene.cause("tls-fragment-length"), "tls.fragment-length-broken");
}

TEST(TlsHalfClose, IsReported) {
  TlsScene scene;
  EXPECT_EQ(scene.verdict("tls-half-close"), skip);
  auto& probe = scene.ask(half_close);
  EXPECT_EQ(scene.finding("tls-half-close").observed, "the answer comes after our close_notify and FIN");
  probe.http_status.reset();
  probe.end = End::closed;
  probe.ended_in = Phase::response;
  EXPECT_EQ(scene.finding("tls-half-close").observed, "no answer after our close_notify and FIN: closed in phase response");
  EXPECT_EQ(scene.verdict("tls-half-close"), info);
}

ProbeObservation& stall(TlsScene& scene, TlsQuestion question, std::optional<milliseconds> patience) {
  auto& probe = choose(scene.ask(question));
  probe.details->patience = patience;
  return probe;
}

TEST(TlsPatience, OfAHandshakeHasToEnd) {
  TlsScene scene;
  EXPECT_EQ(scene.verdict("tls-patience"), skip);
  stall(scene, stalled_connection, milliseconds(10'040));
  stall(scene, stalled_hello, milliseconds(10'000));
  stall(scene, stalled_session, {});
  const auto finding = scene.finding("tls-patience");
  EXPECT_EQ(finding.verdict, info) << "an idle session may live";
  EXPECT_EQ(finding.observed, "after the TCP handshake: ends after 10.0 s; after the ClientHello: ends after 10.0 s; after the TLS handshake: still waits when we stop");
  for (const auto question : {stalled_connection, stalled_hello}) {
    TlsScene waiting;
    stall(waiting, question, {});
    EXPECT_EQ(waiting.cause("tls-patience"), "tls.handshake-never-ends");
    EXPECT_EQ(waiting.finding("tls-patience").failed, 1U);
  }
}

TEST(TlsPatience, IsNotKnownOfWhoDidNotGetThere) {
  TlsScene scene;
  TlsScene::break_off(stall(scene, stalled_hello, {}), End::alert);
  EXPECT_EQ(scene.verdict("tls-patience"), skip);
}

}  // namespace
}  // namespace hairpin

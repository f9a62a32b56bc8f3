// SPDX-License-Identifier: Apache-2.0
// What is offered to get a question answered.
#include "probe/question.hpp"

#include <gmock/gmock.h>

#include "base/cipher_class.hpp"
#include "net/pki.hpp"
#include "net/tls/session_memory.hpp"
#include "probe/bad_client.hpp"

namespace hairpin::probe {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum TlsQuestion;

net::Examination offered(TlsQuestion question) { return *settings_for(question, {}).examination; }

TEST(AQuestion, AboutCiphersOffersOneClassAloneInTls12) {
  const std::pair<TlsQuestion, CipherClass> kRows[] = {
      {cipher_unencrypted, CipherClass::unencrypted}, {cipher_anonymous, CipherClass::anonymous},   {cipher_export_grade, CipherClass::export_grade},
      {cipher_rc4, CipherClass::rc4},                 {cipher_triple_des, CipherClass::triple_des}, {cipher_static_rsa, CipherClass::static_rsa},
      {cipher_cbc, CipherClass::cbc}};
  for (const auto& [question, kind] : kRows) {
    const auto examination = offered(question);
    ASSERT_TRUE(examination.shape) << words_for(kind);
    EXPECT_EQ(examination.shape->ciphers, numbers_of(kind)) << words_for(kind);
    EXPECT_EQ(examination.newest, TlsVersion::tls12) << words_for(kind);
  }
}

TEST(AQuestion, AboutCompressionOffersIt) {
  EXPECT_TRUE(offered(compression).shape->offers_compression);
  EXPECT_EQ(offered(compression).newest, TlsVersion::tls12) << "TLS 1.3 forbids to offer it";
}

TEST(AQuestion, AboutTheHellosSizeOffersEveryVersionInThatSize) {
  for (const auto& [question, bytes] : {std::pair(hello_300, 300U), {hello_511, 511U}, {hello_1600, 1600U}, {hello_17000, 17'000U}}) {
    EXPECT_EQ(offered(question).shape->bytes, bytes);
    EXPECT_EQ(offered(question).newest, TlsVersion::tls13);
  }
}

TEST(AQuestion, AboutOneThingOffersThatAlone) {
  EXPECT_THAT(offered(protocol_http).protocols, ElementsAre("h2", "http/1.1"));
  EXPECT_THAT(offered(protocol_unknown).protocols, ElementsAre(kUnknownProtocol));
  EXPECT_EQ(offered(group_x25519).groups, "X25519");
  EXPECT_EQ(offered(group_p256).groups, "P-256");
  EXPECT_EQ(offered(group_p384).groups, "P-384");
  EXPECT_TRUE(offered(renegotiation).renegotiates);
  EXPECT_EQ(offered(renegotiation).newest, TlsVersion::tls12);
}

TEST(AQuestion, AboutMembersSessionsShowsTheFirstOneAgainAndAgain) {
  Questioner questioner;
  questioner.sessions = std::make_shared<net::SessionMemory>();
  for (const auto question : {member_session, member_resumed}) EXPECT_EQ(settings_for(question, questioner).examination->sessions, questioner.sessions);
  EXPECT_TRUE(settings_for(member_session, questioner).examination->keeps_sessions);
  EXPECT_FALSE(settings_for(member_resumed, questioner).examination->keeps_sessions) << "another member's ticket would hide whose keys sealed it";
  EXPECT_EQ(settings_for(kept_open, questioner).examination->sessions, nullptr);
}

TEST(AQuestion, AboutTheHellosFormCutsItInTwo) {
  for (const auto& [question, cut] : {std::pair(segments_first_byte, 1U), {segments_record_header, 5U}, {segments_random, 43U}}) {
    EXPECT_THAT(offered(question).shape->cuts, ElementsAre(cut));
    EXPECT_GT(offered(question).shape->pause.count(), 0);
  }
  EXPECT_TRUE(offered(segments_name).shape->cuts_name);
  EXPECT_THAT(offered(segments_at_once).shape->cuts, ElementsAre(1, 5, 43));
  EXPECT_EQ(offered(segments_at_once).shape->pause.count(), 0);
  EXPECT_EQ(offered(small_records).shape->record_bytes, 100U);
  EXPECT_EQ(offered(post_quantum).shape->key_share_bytes, 1'216U);
}

TEST(AQuestion, OfAnUnusualClientIsUnusualInOneThing) {
  EXPECT_TRUE(offered(small_fragments).has_small_fragments);
  EXPECT_TRUE(offered(asked_later).takes_later_questions);
  EXPECT_EQ(offered(asked_later).oldest, TlsVersion::tls13);
  EXPECT_TRUE(offered(client_other_key).signs_with_another_key);
  EXPECT_FALSE(offered(usual).has_small_fragments || offered(usual).takes_later_questions || offered(usual).signs_with_another_key);
}

TEST(AQuestion, OfAnotherClientShowsItsCertificate) {
  Questioner questioner;
  questioner.identity.certificate_pem = "ours";
  questioner.clients[client_expired].certificate_pem = "expired";
  EXPECT_EQ(settings_for(client_expired, questioner).identity.certificate_pem, "expired");
  EXPECT_EQ(settings_for(usual, questioner).identity.certificate_pem, "ours");
  EXPECT_EQ(settings_for(without_certificate, questioner).identity.certificate_pem, "");
}

net::Identity client_of(const net::Identity& authority) {
  net::CertificateRequest request;
  request.common_name = "oc01";
  return net::issue(authority, request).value();
}

TEST(OtherClients, AreMadeOfWhatTheUserHas) {
  const auto authority = net::make_authority("Site Root", std::chrono::hours(1)).value();
  ClientMaterial material;
  material.sound = client_of(authority);
  const auto names = [](const auto& clients) {
    std::vector<TlsQuestion> all;
    for (const auto& [question, identity] : clients) all.push_back(question);
    return all;
  };
  EXPECT_THAT(names(unusual_clients(material)), ElementsAre(client_self_signed, client_stranger, client_namesake, client_other_key, client_long));
  material.sound.certificate_pem += authority.certificate_pem;
  EXPECT_THAT(names(unusual_clients(material)), testing::Contains(client_leaf_alone));
  material.revoked = client_of(authority);
  EXPECT_THAT(names(unusual_clients(material)), testing::Contains(client_revoked));
  material.authority = authority;
  EXPECT_THAT(names(unusual_clients(material)), testing::IsSupersetOf({client_issued, client_for_servers, client_expired, client_future, client_chain_1, client_chain_10}));
}

TEST(AQuestion, ThatIsUsualOffersWhatOpensslDoes) {
  const auto examination = offered(usual);
  EXPECT_FALSE(examination.shape);
  EXPECT_FALSE(examination.renegotiates);
  EXPECT_THAT(examination.protocols, IsEmpty());
  EXPECT_EQ(examination.ciphers + examination.signatures + examination.groups, "");
}

TEST(AQuestion, AboutNamesAsksForThem) {
  Questioner questioner;
  questioner.server_name = "pool01.example.com";
  questioner.other_name = "other.example.com";
  const auto name = [&](TlsQuestion question) { return settings_for(question, questioner).server_name; };
  EXPECT_EQ(name(usual), "pool01.example.com");
  EXPECT_EQ(name(without_name), "");
  EXPECT_EQ(name(other_name), kUnknownServerName);
  EXPECT_EQ(name(name_upper), "POOL01.EXAMPLE.COM");
  EXPECT_EQ(name(name_dotted), "pool01.example.com.");
  for (const auto question : {moved_tls12, moved_tls13, bare_session_tls12, bare_session_tls13}) EXPECT_EQ(name(question), "other.example.com");
  for (const auto question : {bare_resumed_tls12, bare_resumed_tls13}) EXPECT_EQ(name(question), "pool01.example.com");
}

TEST(AQuestion, AboutASessionWithoutCertificateShowsNone) {
  Questioner questioner;
  questioner.identity.certificate_pem = "a certificate";
  const auto has_certificate = [&](TlsQuestion question) { return !settings_for(question, questioner).identity.certificate_pem.empty(); };
  for (const auto question : {without_certificate, bare_session_tls12, bare_session_tls13, bare_resumed_tls12, bare_resumed_tls13})
    EXPECT_FALSE(has_certificate(question));
  for (const auto question : {usual, moved_tls12, moved_tls13, early_data, early_replay}) EXPECT_TRUE(has_certificate(question));
}

TEST(AQuestion, AboutEarlyDataHasThem) {
  Questioner questioner;
  questioner.early_request = "GET / HTTP/1.1";
  const auto early = *settings_for(early_data, questioner).examination;
  const auto replay = *settings_for(early_replay, questioner).examination;
  EXPECT_EQ(early.early_data, "GET / HTTP/1.1");
  EXPECT_EQ(replay.early_data, "GET / HTTP/1.1");
  EXPECT_FALSE(early.says_hello_twice);
  EXPECT_TRUE(replay.says_hello_twice);
  EXPECT_EQ(settings_for(usual, questioner).examination->early_data, "");
  EXPECT_EQ(early.oldest, TlsVersion::tls13);
}

TEST(AQuestion, AboutKeysAndUnknownValuesOffersThem) {
  EXPECT_TRUE(offered(key_update).updates_keys);
  EXPECT_EQ(offered(key_update).oldest, TlsVersion::tls13);
  EXPECT_TRUE(offered(unknown_values).shape->has_unknown_values);
}

TEST(AQuestion, CanBeOfferedByOurOpenssl) {
  for (const auto question : {renegotiation, compression, cipher_rc4, protocol_http, hello_511, only_rsa, only_ecdsa, group_x25519, group_p256, group_p384}) {
    const auto context = net::TlsContext::client(settings_for(question, {}));
    EXPECT_TRUE(context) << static_cast<int>(question);
  }
}

TEST(CipherClasses, AreDisjoint) {
  std::vector<std::uint16_t> all;
  for (int kind = 0; kind <= static_cast<int>(CipherClass::cbc); ++kind)
    for (const auto number : numbers_of(static_cast<CipherClass>(kind))) {
      EXPECT_THAT(all, testing::Not(testing::Contains(number)));
      all.push_back(number);
    }
}

}  // namespace
}  // namespace hairpin::probe

// SPDX-License-Identifier: Apache-2.0
// What a question about TLS writes down, with both ends ours. Other people's servers: tests/lab/tls.
#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include "net/pki.hpp"
#include "net/tls.hpp"
#include "net/tls/session_memory.hpp"
#include "net/tls/verify.hpp"
#include "tests/lab/net/loop.hpp"

namespace hairpin::net {
namespace {

using std::chrono::hours;

class Examined : public Loop {
 protected:
  Examined() {
    server.identity = issued("pool01.example.com");
    question.anchors = std::make_shared<const Anchors>(Anchors::read(authority.certificate_pem, "ca.pem").value());
    question.verified_name = "pool01.example.com";
  }
  Identity issued(const std::string& name) const {
    CertificateRequest request;
    request.common_name = name;
    request.dns_names = {name};
    return issue(authority, request).value();
  }
  /// The client's end of a handshake, after it has read what a server says afterwards.
  Handshake ask(int newest = TLS1_3_VERSION) {
    auto [dialled, accepted] = tcp_pair();
    client.examination = question;
    const auto client_context = TlsContext::client(client).value();
    const auto server_context = TlsContext::server(server).value();
    SSL_CTX_set_max_proto_version(server_context.native(), newest);
    if (gives_tickets) {
      SSL_CTX_clear_options(server_context.native(), SSL_OP_NO_TICKET);
      SSL_CTX_set_num_tickets(server_context.native(), 1);
    }
    const auto of_client = start(handshake_as_client(std::move(dialled), client_context));
    const auto of_server = start(handshake_as_server(std::move(accepted), server_context));
    run_until([&] { return of_client->has_value() && of_server->has_value(); });
    if (of_client->value().stream && of_server->value().stream) {
      EXPECT_TRUE(get(of_server->value().stream->write_all(std::span("x", 1))));
      char byte = 0;
      EXPECT_TRUE(get(of_client->value().stream->read_some(std::span(&byte, 1))));
    }
    return std::move(of_client->value());
  }
  static const TlsDetails& details_of(const Handshake& done) {
    return *(done.stream ? done.stream->session() : done.session).details;
  }

  Identity authority = make_authority("Site Root", hours(48)).value();
  TlsServerSettings server;
  TlsClientSettings client;
  Examination question;
  bool gives_tickets = false;
};

TEST_F(Examined, AServerIsRecordedWithItsChainAndItsVerification) {
  const auto done = ask();
  const auto& details = details_of(done);
  ASSERT_EQ(details.chain.size(), 1U);
  EXPECT_EQ(details.chain[0].common_name, "pool01.example.com");
  ASSERT_TRUE(details.verification);
  EXPECT_TRUE(details.verification->errors.empty());
  EXPECT_TRUE(details.verification->has_name);
  EXPECT_EQ(details.group, "X25519");
  EXPECT_TRUE(details.has_spoken);
  EXPECT_FALSE(details.was_asked);
}

TEST_F(Examined, AChainThatDoesNotVerifyIsAcceptedAndTold) {
  question.anchors = std::make_shared<const Anchors>(
      Anchors::read(make_authority("Other", hours(1)).value().certificate_pem, "other.pem").value());
  question.verified_name = "elsewhere.example.com";
  const auto done = ask();
  ASSERT_TRUE(done.stream);
  const auto& verification = *details_of(done).verification;
  EXPECT_FALSE(verification.errors.empty());
  EXPECT_FALSE(verification.has_name);
}

TEST_F(Examined, TheServersQuestionForACertificateIsSeenWithItsAuthorities) {
  server.client_certificates = ClientCertificates::required;
  server.trusted_pem = authority.certificate_pem;
  client.identity = issued("oc01");
  for (const int newest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const auto done = ask(newest);
    const auto& details = details_of(done);
    EXPECT_TRUE(details.was_asked);
    EXPECT_TRUE(details.has_certificate);
    ASSERT_TRUE(details.issuers);
    EXPECT_EQ(details.issuers->count, 1U);
    EXPECT_TRUE(details.issuers->has_ours_in_reach);
    EXPECT_TRUE(details.has_spoken);
  }
}

TEST_F(Examined, AVersionThatTheServerDoesNotSpeakIsItsRefusalAndNotOurs) {
  question.oldest = question.newest = TlsVersion::tls10;
  const auto done = ask();
  EXPECT_FALSE(done.stream);
  EXPECT_FALSE(details_of(done).is_impossible_here);
  ASSERT_TRUE(done.session.alert);
  EXPECT_FALSE(done.session.alert->was_sent);
}

TEST_F(Examined, ASessionIsKeptAndShownAgain) {
  gives_tickets = true;
  question.sessions = std::make_shared<SessionMemory>();
  const auto first = ask();
  EXPECT_GE(details_of(first).tickets, 1U);
  EXPECT_FALSE(details_of(first).is_resumed);
  EXPECT_NE(question.sessions->last(), nullptr);
  const auto second = ask();  // another server context: it cannot know the ticket
  EXPECT_TRUE(second.stream);
  EXPECT_FALSE(details_of(second).is_resumed);
}

}  // namespace
}  // namespace hairpin::net

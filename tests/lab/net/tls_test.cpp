// SPDX-License-Identifier: Apache-2.0
#include "net/tls.hpp"

#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <boost/asio/error.hpp>

#include "net/pki.hpp"
#include "net/tls/openssl.hpp"
#include "tests/lab/net/loop.hpp"

namespace hairpin::net {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::HasSubstr;
namespace asio = boost::asio;

/// The versions of TLS that both ends can be held to.
enum class Version { tls12, tls13 };

Identity issue_for(const Identity& authority, const std::string& name) {
  CertificateRequest request;
  request.common_name = name;
  request.dns_names = {name};
  request.addresses = {*parse_address("127.0.0.1")};
  return issue(authority, request).value();
}

std::string fingerprint_of(const Identity& identity) {
  return sha256_fingerprint(read_certificates(identity.certificate_pem, "it").value().front().get());
}

class Tls : public Loop, public testing::WithParamInterface<Version> {
 protected:
  Tls() {
    server.identity = server_identity;
    client.server_name = "pool01.example.com";
  }

  struct Pair {
    Handshake client;
    Handshake server;
  };

  /// Both handshakes at once; the connection is TCP, so that resets behave as they do in life.
  Pair shake_hands() {
    auto [dialled, accepted] = tcp_pair();
    return shake_hands(std::move(dialled), std::move(accepted));
  }
  Pair shake_hands(StreamPtr dialled, StreamPtr accepted) {
    const auto client_context = TlsContext::client(client).value();
    const auto server_context = TlsContext::server(server).value();
    if (GetParam() == Version::tls12) SSL_CTX_set_max_proto_version(client_context.native(), TLS1_2_VERSION);
    const auto of_client = start(handshake_as_client(std::move(dialled), client_context));
    const auto of_server = start(handshake_as_server(std::move(accepted), server_context));
    run_until([&] { return of_client->has_value() && of_server->has_value(); });
    return {std::move(of_client->value()), std::move(of_server->value())};
  }

  Identity authority = make_authority("tests", hours(1)).value();
  Identity foreign_authority = make_authority("others", hours(1)).value();
  Identity server_identity = issue_for(authority, "pool01.example.com");
  Identity client_identity = issue_for(authority, "oc01");
  TlsServerSettings server;
  TlsClientSettings client;
};

TEST_P(Tls, BothEndsKnowTheSameFacts) {
  server.client_certificates = ClientCertificates::required;
  server.trusted_pem = authority.certificate_pem;
  client.trusted_pem = authority.certificate_pem;
  client.identity = client_identity;
  const auto done = shake_hands();
  ASSERT_TRUE(done.client.stream) << done.client.session.error;
  ASSERT_TRUE(done.server.stream) << done.server.session.error;
  const auto& ours = done.client.session.facts;
  const auto& theirs = done.server.session.facts;
  EXPECT_EQ(ours.version, GetParam() == Version::tls12 ? "TLSv1.2" : "TLSv1.3");
  EXPECT_EQ(ours.version, theirs.version);
  EXPECT_EQ(ours.cipher, theirs.cipher);
  EXPECT_EQ(ours.server_name, "pool01.example.com");
  EXPECT_EQ(theirs.server_name, "pool01.example.com");
  EXPECT_THAT(ours.exporter, testing::MatchesRegex("[0-9a-f]{64}"));
  EXPECT_EQ(ours.exporter, theirs.exporter);
  ASSERT_TRUE(ours.client_random);
  EXPECT_EQ(ours.client_random, theirs.client_random);
  EXPECT_EQ(ours.peer_certificate_sha256, fingerprint_of(server_identity));
  EXPECT_EQ(theirs.peer_certificate_sha256, fingerprint_of(client_identity));
  EXPECT_EQ(done.client.session.peer_subject, "pool01.example.com");
  EXPECT_EQ(done.server.session.peer_subject, "oc01");
  EXPECT_FALSE(done.client.session.alert);
}

TEST_P(Tls, TwoConnectionsHaveNothingInCommon) {
  const auto one = shake_hands();
  const auto other = shake_hands();
  EXPECT_NE(one.client.session.facts.exporter, other.client.session.facts.exporter);
  EXPECT_NE(one.client.session.facts.client_random, other.client.session.facts.client_random);
}

TEST_P(Tls, WithoutTrustTheServerIsOnlyRecorded) {
  server.identity = issue_for(foreign_authority, "elsewhere.example.com");
  const auto done = shake_hands();
  ASSERT_TRUE(done.client.stream) << done.client.session.error;
  EXPECT_EQ(done.client.session.facts.peer_certificate_sha256, fingerprint_of(server.identity));
}

TEST_P(Tls, AForeignServerIsRefusedAndStillRecorded) {
  client.trusted_pem = authority.certificate_pem;
  server.identity = issue_for(foreign_authority, "pool01.example.com");
  const auto done = shake_hands();
  EXPECT_FALSE(done.client.stream);
  EXPECT_EQ(done.client.code, boost::system::errc::protocol_error);
  EXPECT_EQ(done.client.session.facts.peer_certificate_sha256, fingerprint_of(server.identity));
  EXPECT_THAT(done.client.session.error, HasSubstr("certificate verify failed: unable to get local issuer"));
  ASSERT_TRUE(done.client.session.alert);
  EXPECT_EQ(done.client.session.alert->name, "unknown_ca");
  EXPECT_TRUE(done.client.session.alert->was_sent);
  ASSERT_TRUE(done.server.session.alert);
  EXPECT_EQ(done.server.session.alert->code, 48);
  EXPECT_FALSE(done.server.session.alert->was_sent);
  EXPECT_EQ(done.server.session.facts.client_random, done.client.session.facts.client_random);
}

TEST_P(Tls, AnotherNameIsRefused) {
  client.trusted_pem = authority.certificate_pem;
  client.server_name = "pool02.example.com";
  const auto done = shake_hands();
  EXPECT_FALSE(done.client.stream);
  EXPECT_THAT(done.client.session.error, HasSubstr("hostname mismatch"));
  EXPECT_EQ(done.server.session.facts.server_name, "pool02.example.com");
}

TEST_P(Tls, AnAddressIsVerifiedAndNeverSentAsServerName) {
  client.trusted_pem = authority.certificate_pem;
  client.server_name = "127.0.0.1";
  const auto done = shake_hands();
  ASSERT_TRUE(done.client.stream) << done.client.session.error;
  EXPECT_EQ(done.server.session.facts.server_name, "");
  client.server_name = "127.0.0.2";
  EXPECT_FALSE(shake_hands().client.stream);
}

TEST_P(Tls, BytesGoBothWaysAndEndInOrder) {
  auto done = shake_hands();
  const std::string sent(1'000'000, 'x');
  const auto written = start(write_text(*done.client.stream, sent));
  std::string received;
  while (received.size() < sent.size()) received += get(read_text(*done.server.stream)).value();
  EXPECT_EQ(received, sent);
  ASSERT_TRUE(get(write_text(*done.server.stream, "answer")));
  EXPECT_EQ(get(read_text(*done.client.stream)).value(), "answer");
  ASSERT_TRUE(get(done.client.stream->shut_down()));
  EXPECT_EQ(get(read_text(*done.server.stream)).value(), "");
  EXPECT_EQ(done.server.stream->session().error, "");
  ASSERT_TRUE(get(write_text(*done.server.stream, "late")));
  EXPECT_EQ(get(read_text(*done.client.stream)).value(), "late");
}

TEST_P(Tls, AnEndWithoutCloseNotifyIsObserved) {
  auto done = shake_hands();
  ASSERT_EQ(::shutdown(done.client.stream->descriptor(), SHUT_WR), 0);
  EXPECT_EQ(get(read_text(*done.server.stream)).value(), "");
  EXPECT_EQ(done.server.stream->session().error, "the peer ended the connection without close_notify");
  EXPECT_TRUE(get(done.server.stream->shut_down()));
}

TEST_P(Tls, WritingToAPeerThatLeftIsAnErrorAndNoSignal) {
  auto [dialled, accepted] = stream_pair();
  auto done = shake_hands(std::move(dialled), std::move(accepted));
  done.server.stream.reset();
  EXPECT_EQ(get(write_text(*done.client.stream, "x")).error().code, boost::system::errc::broken_pipe);
}

/// What both ends know once the client has tried to read, which is when TLS 1.3 tells it.
void expect_refusal(const TlsSession& client, const TlsSession& server, const std::string& alert) {
  ASSERT_TRUE(server.alert) << server.error;
  EXPECT_EQ(server.alert->name, alert);
  EXPECT_TRUE(server.alert->was_sent);
  ASSERT_TRUE(client.alert) << client.error;
  EXPECT_EQ(client.alert->name, alert);
  EXPECT_FALSE(client.alert->was_sent);
}

TEST_P(Tls, BothSeeThatAClientCertificateIsMissing) {
  server.client_certificates = ClientCertificates::required;
  server.trusted_pem = authority.certificate_pem;
  auto done = shake_hands();
  EXPECT_FALSE(done.server.stream);
  EXPECT_EQ(done.server.code, boost::system::errc::protocol_error);
  if (GetParam() == Version::tls12) {
    EXPECT_FALSE(done.client.stream);
    EXPECT_EQ(done.client.code, boost::system::errc::protocol_error);
    expect_refusal(done.client.session, done.server.session, "handshake_failure");
    return;
  }
  ASSERT_TRUE(done.client.stream);
  const auto read = get(read_text(*done.client.stream));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, boost::system::errc::protocol_error);
  EXPECT_THAT(read.error().doing, HasSubstr("the peer sent the alert certificate_required"));
  expect_refusal(done.client.stream->session(), done.server.session, "certificate_required");
}

TEST_P(Tls, TheRefusalIsSeenAlsoByAClientThatWritesFirst) {
  server.client_certificates = ClientCertificates::required;
  server.trusted_pem = authority.certificate_pem;
  if (GetParam() == Version::tls12) GTEST_SKIP() << "TLS 1.2 refuses in the handshake";
  auto done = shake_hands();
  // The server's socket is closed by now: the first write draws a RST, the second fails.
  auto written = get(write_text(*done.client.stream, "GET / HTTP/1.1\r\n\r\n"));
  run_for(milliseconds(20));
  for (int i = 0; i < 3 && written; ++i) written = get(write_text(*done.client.stream, "more"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, boost::system::errc::protocol_error);
  expect_refusal(done.client.stream->session(), done.server.session, "certificate_required");
}

TEST_P(Tls, AForeignClientIsRefused) {
  server.client_certificates = ClientCertificates::required;
  server.trusted_pem = authority.certificate_pem;
  client.identity = issue_for(foreign_authority, "oc01");
  auto done = shake_hands();
  EXPECT_FALSE(done.server.stream);
  EXPECT_EQ(done.server.session.facts.peer_certificate_sha256, fingerprint_of(client.identity));
  if (done.client.stream) {
    EXPECT_FALSE(get(read_text(*done.client.stream)));
  }
  const auto& known = done.client.stream ? done.client.stream->session() : done.client.session;
  expect_refusal(known, done.server.session, "unknown_ca");
}

TEST_P(Tls, ARequestedCertificateMayBeMissing) {
  server.client_certificates = ClientCertificates::requested;
  const auto without = shake_hands();
  ASSERT_TRUE(without.server.stream) << without.server.session.error;
  EXPECT_EQ(without.server.session.facts.peer_certificate_sha256, "");
  client.identity = issue_for(foreign_authority, "oc01");
  const auto with = shake_hands();
  ASSERT_TRUE(with.server.stream) << with.server.session.error;
  EXPECT_EQ(with.server.session.facts.peer_certificate_sha256, fingerprint_of(client.identity));
}

TEST_P(Tls, NoByteIsUnreadAfterTheAnswer) {
  // A ticket that nobody reads would turn the client's close into a reset.
  auto done = shake_hands();
  ASSERT_TRUE(get(write_text(*done.server.stream, "answer")));
  EXPECT_EQ(get(read_text(*done.client.stream)).value(), "answer");
  done.client.stream.reset();
  EXPECT_EQ(get(read_text(*done.server.stream)).value(), "");
}

TEST_P(Tls, ASilentPeerIsATimeoutThatKeepsWhatIsKnown) {
  auto [one, other] = tcp_pair();
  auto handshake = handshake_as_client(std::move(one), TlsContext::client(client).value());
  const auto done = get(handshake_within(milliseconds(50), std::move(handshake)));
  EXPECT_FALSE(done.stream);
  EXPECT_EQ(done.code, asio::error::timed_out);
  EXPECT_TRUE(done.session.facts.client_random) << "the ClientHello was sent, a capture sees it";
  EXPECT_EQ(done.session.facts.server_name, "pool01.example.com");
  EXPECT_EQ(done.session.facts.version, "");
}

TEST_P(Tls, APeerThatClosesAndOneThatResetsAreToldApart) {
  for (const bool resets : {false, true}) {
    auto [one, other] = tcp_pair();
    const auto handshake = start(handshake_as_client(std::move(one), TlsContext::client(client).value()));
    run_for(milliseconds(5));
    if (!resets) {
      EXPECT_THAT(get(read_text(*other)).value(), testing::StartsWith("\x16"));
    }
    other.reset();  // with the ClientHello unread the kernel sends a RST
    ASSERT_TRUE(run_until([&] { return handshake->has_value(); }));
    EXPECT_EQ((*handshake)->code, resets ? boost::system::error_code(asio::error::connection_reset)
                                         : boost::system::error_code(asio::error::eof));
  }
}

TEST_P(Tls, GarbageIsRefused) {
  auto [one, other] = tcp_pair();
  const auto handshake = start(handshake_as_server(std::move(one), TlsContext::server(server).value()));
  ASSERT_TRUE(get(write_text(*other, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")));
  ASSERT_TRUE(run_until([&] { return handshake->has_value(); }));
  EXPECT_FALSE((*handshake)->stream);
  EXPECT_EQ((*handshake)->code, boost::system::errc::protocol_error);
  EXPECT_FALSE((*handshake)->session.facts.client_random);
}

TEST_P(Tls, AStreamMayGoWhileSomebodyReads) {
  auto done = shake_hands();
  const auto read = start(read_text(*done.client.stream));
  run_for(milliseconds(5));
  done.client.stream.reset();
  ASSERT_TRUE(run_until([&] { return read->has_value(); }));
  EXPECT_EQ((*read)->error().code, asio::error::operation_aborted);
}

TEST_P(Tls, OldVersionsCanBeExcluded) {
  server.only_tls13 = true;
  const auto done = shake_hands();
  EXPECT_EQ(done.server.stream != nullptr, GetParam() == Version::tls13);
  if (GetParam() == Version::tls13) return;
  ASSERT_TRUE(done.client.session.alert);
  EXPECT_EQ(done.client.session.alert->name, "protocol_version");
}

INSTANTIATE_TEST_SUITE_P(Both, Tls, testing::Values(Version::tls12, Version::tls13),
                         [](const auto& row) { return row.param == Version::tls12 ? "Tls12" : "Tls13"; });

}  // namespace
}  // namespace hairpin::net

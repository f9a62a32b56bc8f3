// SPDX-License-Identifier: Apache-2.0
// What a question offers and how the server ends, with both ends ours. Other people's servers: tests/lab/tls.
#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <boost/asio/error.hpp>

#include "net/pki.hpp"
#include "net/tls.hpp"
#include "net/tls/hello.hpp"
#include "tests/lab/net/loop.hpp"

namespace hairpin::net {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

class Offers : public Loop {
 protected:
  Offers() {
    CertificateRequest request;
    request.common_name = "pool01.example.com";
    server_settings.identity = issue(make_authority("Site Root", hours(48)).value(), request).value();
    server = TlsContext::server(server_settings).value();
  }
  /// Both ends after the handshake. The server's then reads until it hears nothing more, when it is to serve.
  void connect(bool serves = false) {
    auto [dialled, accepted] = tcp_pair();
    TlsClientSettings client;
    client.examination = question;
    const auto of_client = start(handshake_within(limit, handshake_as_client(std::move(dialled), TlsContext::client(client).value())));
    const auto of_server = start(handshake_as_server(std::move(accepted), server));
    run_until([&] { return of_server->has_value(); });
    ours = std::move((*of_server)->stream);
    if (serves && ours) spawn(executor(), serve(*ours));
    run_until([&] { return of_client->has_value(); });
    theirs = std::move(of_client->value());
  }
  /// A server renegotiates while it reads.
  static Task<> serve(Stream& stream) {
    auto work = read_text(stream);
    static_cast<void>(co_await std::move(work));
  }
  const TlsDetails& details() const { return *(theirs.stream ? theirs.stream->session() : theirs.session).details; }

  TlsServerSettings server_settings;
  TlsContext server;
  Examination question;
  TlsStreamPtr ours;
  Handshake theirs;
  milliseconds limit{5'000};
};

TEST_F(Offers, ARenegotiationIsAcceptedByAServerThatAllowsIt) {
  question.oldest = question.newest = TlsVersion::tls12;
  question.renegotiates = true;
  SSL_CTX_clear_options(server.native(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_options(server.native(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
  connect(true);
  EXPECT_TRUE(theirs.stream);
  EXPECT_EQ(details().renegotiation, Renegotiation::accepted);
  EXPECT_TRUE(details().has_secure_renegotiation);
}

TEST_F(Offers, ARenegotiationIsRefusedByTheOthers) {
  question.oldest = question.newest = TlsVersion::tls12;
  question.renegotiates = true;
  connect(true);
  EXPECT_EQ(details().renegotiation, Renegotiation::refused);
  EXPECT_EQ(theirs.session.facts.version, "TLSv1.2") << "the first handshake was complete";
}

TEST_F(Offers, ARenegotiationThatNobodyAnswersEndsWithItsTime) {
  question.oldest = question.newest = TlsVersion::tls12;
  question.renegotiates = true;
  limit = milliseconds(300);
  connect();
  EXPECT_EQ(details().renegotiation, Renegotiation::unanswered);
  EXPECT_EQ(theirs.code, boost::asio::error::timed_out);
}

TEST_F(Offers, ARenegotiationIsNotTriedInTls13) {
  question.renegotiates = true;
  connect(true);
  EXPECT_EQ(details().renegotiation, Renegotiation::not_tried);
}

/// SSL_CTX_set_alpn_select_cb.
int take_first(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned, void*) {
  *size = in[0];
  *out = in + 1;
  return SSL_TLSEXT_ERR_OK;
}

TEST_F(Offers, TheProtocolThatTheServerChoseIsKept) {
  question.protocols = {"h2"};
  connect();
  EXPECT_EQ(details().protocol, "");
  question.protocols = {"h2", "http/1.1"};
  connect();
  EXPECT_EQ(details().protocol, "http/1.1") << "what our own server speaks";
  SSL_CTX_set_alpn_select_cb(server.native(), take_first, nullptr);
  connect();
  EXPECT_EQ(details().protocol, "h2");
}

int take_another(SSL*, const unsigned char** out, unsigned char* size, const unsigned char*, unsigned, void*) {
  static constexpr unsigned char kAnother[] = {'h', '3'};
  *out = kAnother;
  *size = sizeof kAnother;
  return SSL_TLSEXT_ERR_OK;
}

TEST_F(Offers, AProtocolThatWasNotOfferedEndsTheHandshake) {
  question.protocols = {"h2", "http/1.1"};
  SSL_CTX_set_alpn_select_cb(server.native(), take_another, nullptr);
  connect();
  EXPECT_FALSE(theirs.stream);
}

TEST_F(Offers, AGroupAloneIsTheOneThatIsTaken) {
  question.groups = "P-384";
  connect();
  EXPECT_EQ(details().group, "P-384");
}

TEST_F(Offers, OnlyKeysOfTheWantedKindAreTaken) {
  question.ciphers = "aRSA";
  question.signatures = "RSA-PSS+SHA256:RSA+SHA256";
  connect();
  EXPECT_FALSE(theirs.stream) << "the certificate's key is EC";
}

/// How the client sees the end, after all that came before.
class Ending : public Offers {
 protected:
  StreamEnd seen() {
    while (true) {
      const auto text = get(read_text(*theirs.stream));
      if (!text || text->empty()) return theirs.stream->session().details->ending;
    }
  }
};

TEST_F(Ending, WithCloseNotifyIsTold) {
  connect();
  EXPECT_TRUE(get(write_text(*ours, "x")));
  EXPECT_TRUE(get(ours->shut_down()));
  EXPECT_EQ(seen(), StreamEnd::close_notify);
}

TEST_F(Ending, WithoutCloseNotifyIsTold) {
  connect();
  EXPECT_TRUE(get(write_text(*ours, "x")));
  ::shutdown(ours->descriptor(), SHUT_WR);
  EXPECT_EQ(seen(), StreamEnd::bare);
}

TEST_F(Ending, WithAResetIsTold) {
  connect();
  EXPECT_TRUE(get(write_text(*ours, "x")));
  const linger at_once{1, 0};
  ::setsockopt(ours->descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ours.reset();
  EXPECT_EQ(seen(), StreamEnd::reset);
}

TEST_F(Ending, AfterOurOwnTellsNothing) {
  connect();
  EXPECT_TRUE(get(theirs.stream->shut_down()));
  EXPECT_TRUE(get(ours->shut_down()));
  EXPECT_EQ(seen(), StreamEnd::not_seen);
}

class Records : public Offers {
 protected:
  /// What the server said in these pieces, by the records in which it came.
  RecordSizes seen(const std::vector<std::string>& pieces) {
    connect();
    for (const auto& piece : pieces) {
      EXPECT_TRUE(get(ours->write_all(piece)));
      std::vector<char> bytes(piece.size());
      for (std::size_t have = 0; have < piece.size();) have += get(theirs.stream->read_some(std::span(bytes).subspan(have))).value();
    }
    return details().records.value_or(RecordSizes());
  }
};

TEST_F(Records, OfAnAnswerAreCountedByWhatTheyCarry) {
  for (const auto version : {TlsVersion::tls12, TlsVersion::tls13}) {
    question.oldest = question.newest = version;
    const auto sizes = seen({"one", "three", std::string(20'000, 'x')});
    EXPECT_EQ(sizes.count, 4U);
    EXPECT_EQ(sizes.first, 3U);
    EXPECT_EQ(sizes.smallest, 3U);
    EXPECT_EQ(sizes.largest, 16'384U);
    EXPECT_EQ(sizes.empty, 0U);
    EXPECT_FALSE(sizes.is_padded);
  }
}

TEST_F(Records, OfCbcArePadded) {
  question.oldest = question.newest = TlsVersion::tls12;
  question.ciphers = "ECDHE-ECDSA-AES128-SHA256";
  const auto sizes = seen({"one"});
  EXPECT_TRUE(sizes.is_padded);
  EXPECT_GT(sizes.first, 3U);
}

TEST_F(Records, AreAsShortAsTheServerGrants) {
  question.has_small_fragments = true;
  EXPECT_EQ(seen({std::string(2'000, 'x')}).largest, 512U);
  EXPECT_EQ(details().fragment_bytes, 512U);
  question.has_small_fragments = false;
  EXPECT_EQ(seen({std::string(2'000, 'x')}).largest, 2'000U);
  EXPECT_FALSE(details().fragment_bytes);
}

class ShapedOffers : public Offers {
 protected:
  Result<> say(const HelloShape& shape) {
    auto [dialled, accepted] = tcp_pair();
    TlsClientSettings client;
    client.server_name = "pool01.example.com";
    client.examination = question;
    client.examination->oldest = client.examination->newest = TlsVersion::tls12;
    client.examination->shape = shape;
    const auto of_server = start(handshake_within(milliseconds(2'000), handshake_as_server(std::move(accepted), server)));
    auto said = get(say_hello(*dialled, TlsContext::client(client).value(), learnt));
    dialled.reset();
    run_until([&] { return of_server->has_value(); });
    return said;
  }
  TlsSession learnt;
};

TEST_F(ShapedOffers, AreAnsweredWithAChoice) {
  ASSERT_TRUE(say({{0xC02B}, true, 600}));
  ASSERT_TRUE(learnt.details->choice);
  EXPECT_EQ(learnt.details->choice->cipher, 0xC02BU);
  EXPECT_EQ(learnt.details->choice->compression, 0U);
  EXPECT_EQ(learnt.details->hello_bytes, 600U);
  EXPECT_TRUE(learnt.facts.client_random);
}

TEST_F(ShapedOffers, AreAnsweredInPieces) {
  HelloShape in_pieces;
  in_pieces.cuts = {1, 5, 43};
  in_pieces.cuts_name = true;
  in_pieces.pause = milliseconds(5);
  in_pieces.record_bytes = 100;
  in_pieces.key_share_bytes = 1'216;
  ASSERT_TRUE(say(in_pieces));
  EXPECT_TRUE(learnt.details->choice);
}

TEST_F(ShapedOffers, AreRefusedWithAnAlert) {
  EXPECT_FALSE(say({{0x0005}, false, 0}));  // RC4
  ASSERT_TRUE(learnt.alert);
  EXPECT_EQ(learnt.alert->name, "handshake_failure");
  EXPECT_FALSE(learnt.details->choice);
}

}  // namespace
}  // namespace hairpin::net

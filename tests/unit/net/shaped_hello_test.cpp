// SPDX-License-Identifier: Apache-2.0
#include "net/tls/shaped_hello.hpp"

#include <gmock/gmock.h>
#include <openssl/err.h>

#include "net/tls/alerts.hpp"
#include "net/tls/openssl.hpp"

namespace hairpin::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// As OpenSSL makes it.
std::string our_hello() {
  const auto context = TlsContext::client({}).value();
  const Ssl ssl(SSL_new(context.native()));
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), out);
  SSL_set_connect_state(ssl.get());
  SSL_do_handshake(ssl.get());
  char* bytes = nullptr;
  const auto count = BIO_get_mem_data(out, &bytes);
  return {bytes, static_cast<std::size_t>(count)};
}

/// What OpenSSL's server says to it; "" when it waits for more.
std::string answer_to(const std::string& hello) {
  const Handle<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_server_method()));
  const Ssl ssl(SSL_new(context.get()));
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  BIO_write(in, hello.data(), static_cast<int>(hello.size()));
  SSL_set_bio(ssl.get(), in, out);
  SSL_set_accept_state(ssl.get());
  SSL_do_handshake(ssl.get());
  ERR_clear_error();
  char* bytes = nullptr;
  const auto count = BIO_get_mem_data(out, &bytes);
  return {bytes, static_cast<std::size_t>(std::max(count, 0L))};
}

TEST(ShapedHello, HasTheSizeThatIsWanted) {
  for (const std::uint32_t bytes : {300U, 511U, 1'600U, 17'000U}) {
    const auto hello = shaped(our_hello(), {{0x1301, 0xC02F}, false, bytes});
    ASSERT_TRUE(hello);
    EXPECT_EQ(message_bytes(*hello), bytes);
    EXPECT_EQ(hello->size(), bytes + (bytes > 16'384 ? 10 : 5)) << "two records where one is too short";
  }
}

TEST(ShapedHello, StaysAsItIsWhereItIsLongerThanWanted) {
  const auto hello = our_hello();
  EXPECT_EQ(shaped(hello, {{}, false, 50}).value(), hello);
  EXPECT_EQ(shaped(hello, {{}, false, message_bytes(hello) + 3}).value(), hello) << "an extension has four bytes at least";
}

TEST(ShapedHello, OffersTheCiphersAndTheCompressionThatAreWanted) {
  const auto plain = shaped(our_hello(), {{0x0005}, false, 0}).value();
  EXPECT_THAT(plain, HasSubstr(std::string("\x00\x04\x00\x05\x00\xff\x01\x00", 8)));
  EXPECT_THAT(plain, Not(HasSubstr(std::string("\x00\xff\x02\x01\x00", 5))));
  EXPECT_THAT(shaped(our_hello(), {{0x0005}, true, 0}).value(), HasSubstr(std::string("\x00\xff\x02\x01\x00", 5)));
}

TEST(ShapedHello, IsUnderstoodByAServer) {
  // No certificate is there: that it looks for one shows that it read the hello; it would say decode_error otherwise.
  HelloShape cut_up, post_quantum, with_unknown;
  cut_up.record_bytes = 50;
  post_quantum.key_share_bytes = 1'216;
  with_unknown.has_unknown_values = true;
  for (const HelloShape& shape : {HelloShape{}, HelloShape{{0xC02F}, true, 0}, HelloShape{{}, false, 17'000}, cut_up, post_quantum, with_unknown}) {
    const auto answer = answer_to(shaped(our_hello(), shape).value());
    ServerHelloReader reader;
    EXPECT_TRUE(reader.put(answer).value());
    ASSERT_TRUE(reader.alert());
    EXPECT_EQ(reader.alert()->name, "handshake_failure");
  }
}

TEST(ShapedHello, IsCutWhereItIsWanted) {
  const std::string hello = "0123456789server.test3456789";
  HelloShape shape;
  EXPECT_THAT(in_segments(hello, shape, "server.test"), ElementsAre(hello));
  shape.cuts = {1, 5, 5, 400};
  EXPECT_THAT(in_segments(hello, shape, "server.test"), ElementsAre("0", "1234", "56789server.test3456789")) << "no empty one, none beyond the end";
  shape.cuts_name = true;
  EXPECT_THAT(in_segments(hello, shape, "server.test"), ElementsAre("0", "1234", "56789serve", "r.test3456789"));
  EXPECT_THAT(in_segments(hello, shape, ""), ElementsAre("0", "1234", "56789server.test3456789"));
}

TEST(ShapedHello, ComesInRecordsOfTheSizeThatIsWanted) {
  HelloShape shape;
  shape.record_bytes = 100;
  const auto whole = our_hello();
  const auto hello = shaped(whole, shape).value();
  const auto records = (message_bytes(whole) + 99) / 100;
  EXPECT_GE(records, 2U);
  EXPECT_EQ(hello.size(), message_bytes(whole) + 5 * records);
  EXPECT_EQ(message_bytes(hello), message_bytes(whole));
}

TEST(ShapedHello, HasOneMoreKeyShareAndItsGroup) {
  HelloShape shape;
  shape.key_share_bytes = 1'216;
  const auto hello = shaped(our_hello(), shape).value();
  EXPECT_EQ(message_bytes(hello), message_bytes(our_hello()) + 2 + 4 + 1'216);
  EXPECT_THAT(hello, HasSubstr(std::string("\x2a\x2a\x04\xc0", 4) + std::string(1'216, 'k') + std::string("\x00\x1d\x00\x20", 4)))
      << "in front of X25519's";
  EXPECT_THAT(hello, HasSubstr(std::string("\x2a\x2a\x00\x1d", 4))) << "the group is named as well";
}

TEST(ShapedHello, HasUnknownValuesWhereTheyAreWanted) {
  HelloShape shape;
  shape.has_unknown_values = true;
  const auto hello = shaped(our_hello(), shape).value();
  EXPECT_THAT(hello, HasSubstr(std::string("\x0A\x0A\x13\x02", 4))) << "in front of the ciphers";
  EXPECT_THAT(hello, HasSubstr(std::string("\x1A\x1A\x00\x00", 4))) << "an extension";
  EXPECT_THAT(hello, HasSubstr(std::string("\x2A\x2A\x00\x01\x00", 5))) << "another one, with a body";
  EXPECT_THAT(hello, HasSubstr(std::string("\x00\x2B\x00\x07\x06\x0A\x0A\x03\x04", 9))) << "in front of the versions";
  EXPECT_THAT(hello, HasSubstr(std::string("\x00\x33\x00\x2B\x00\x29\x0A\x0A\x00\x01\x00\x00\x1D", 13))) << "in front of the key shares";
  EXPECT_THAT(our_hello(), Not(HasSubstr(std::string("\x1A\x1A\x00\x00", 4))));
}

TEST(ShapedHello, IsMadeOfNothingElseThanAClientHello) {
  const auto hello = our_hello();
  for (std::size_t size = 0; size < hello.size(); ++size) EXPECT_FALSE(shaped(hello.substr(0, size), {})) << size;
}

/// A record of TLS 1.2.
std::string record(char type, const std::string& payload) {
  return std::string{type, 3, 3, static_cast<char>(payload.size() >> 8U), static_cast<char>(payload.size() & 0xFFU)} + payload;
}

std::string server_hello(const std::string& end) {
  const std::string body = std::string("\x03\x03", 2) + std::string(32, 'r') + std::string("\x02id", 3) + end;
  return std::string("\x02\x00\x00", 3) + static_cast<char>(body.size()) + body;
}

TEST(ServerHello, IsReadByteByByteAndInPieces) {
  const auto hello = server_hello(std::string("\xC0\x30\x01", 3));
  for (const auto& bytes : {record(22, hello), record(22, hello.substr(0, 20)) + record(22, hello.substr(20))}) {
    ServerHelloReader reader;
    for (std::size_t i = 0; i + 1 < bytes.size(); ++i) EXPECT_FALSE(reader.put(bytes.substr(i, 1)).value());
    EXPECT_TRUE(reader.put(bytes.substr(bytes.size() - 1)).value());
    ASSERT_TRUE(reader.choice());
    EXPECT_EQ(reader.choice()->cipher, 0xC030U);
    EXPECT_EQ(reader.choice()->compression, 1U);
  }
}

TEST(ServerHello, TellsWhetherItKnowsTheSession) {
  const auto has_session = [](const std::string& extensions) {
    ServerHelloReader reader;
    EXPECT_TRUE(reader.put(record(22, server_hello(std::string("\x13\x02\x00", 3) + extensions))).value());
    return reader.choice()->has_session;
  };
  const std::string versions("\x00\x2B\x00\x02\x03\x04", 6), session("\x00\x29\x00\x02\x00\x00", 6);
  EXPECT_FALSE(has_session(std::string("\x00\x06", 2) + versions));
  EXPECT_TRUE(has_session(std::string("\x00\x0C", 2) + versions + session));
  EXPECT_FALSE(has_session(std::string("\x00\x07", 2) + versions + session.substr(0, 1))) << "cut off";
}

TEST(ServerHello, ComesAfterAWarning) {
  ServerHelloReader reader;
  EXPECT_FALSE(reader.put(record(21, "\x01\x70")).value()) << "unrecognized_name";
  EXPECT_FALSE(reader.alert());
  EXPECT_TRUE(reader.put(record(22, server_hello(std::string("\x00\x05\x00", 3)))).value());
  EXPECT_EQ(reader.choice()->cipher, 5U);
}

TEST(ServerHello, IsNothingElse) {
  EXPECT_FALSE(ServerHelloReader().put(std::string("HTTP/1.1 400 Bad Request\r\n")));
  EXPECT_FALSE(ServerHelloReader().put(record(21, "\x02"))) << "half an alert";
  auto other = server_hello(std::string("\x00\x05\x00", 3));
  other[0] = 11;
  EXPECT_FALSE(ServerHelloReader().put(record(22, other)));
}

TEST(AlertInTheClear, IsToldFromOtherBytes) {
  const std::string alert("\x15\x03\x01\x00\x02\x02\x46", 7);
  ASSERT_TRUE(alert_in(alert));
  EXPECT_EQ(alert_in(alert)->name, "protocol_version");
  EXPECT_FALSE(alert_in(alert)->was_sent);
  for (std::size_t size = 0; size < alert.size(); ++size) EXPECT_FALSE(alert_in(alert.substr(0, size)));
  for (const std::size_t at : {0U, 1U, 3U, 4U, 5U}) {
    auto other = alert;
    other[at] = 'H';
    EXPECT_FALSE(alert_in(other)) << at;
  }
}

}  // namespace
}  // namespace hairpin::net

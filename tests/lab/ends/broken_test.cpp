// SPDX-License-Identifier: Apache-2.0
// Servers that do not answer as they should, and what the probe says of each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>

#include "net/closing.hpp"
#include "net/http1.hpp"
#include "tests/lab/ends/site.hpp"

namespace hairpin::ends {
namespace {

using testing::HasSubstr;

Task<> say_nothing(net::StreamPtr stream) { co_await net::read_to_the_end(*stream); }

Task<> read_once(net::Stream& stream) {
  std::array<char, 4096> bytes{};
  co_await stream.read_some(bytes);
}

Task<> close_after_hello(net::StreamPtr stream) {
  co_await read_once(*stream);
  co_await net::close_in_order(*stream);
}

void reset(net::Stream& stream) {
  const linger at_once{1, 0};
  ::setsockopt(stream.descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

Task<> reset_after_hello(net::StreamPtr stream) {
  co_await read_once(*stream);
  reset(*stream);
}

Task<> say(net::Stream& stream, std::string text) {
  co_await read_once(stream);
  co_await stream.write_all(text);
  co_await net::close_in_order(stream);
}

Task<> say_garbage(net::StreamPtr stream) { co_await say(*stream, "\x01\x02\x03\x04garbage\r\n\r\nmore"); }
Task<> answer_503(net::StreamPtr stream) {
  co_await say(*stream, "HTTP/1.0 503 Service Unavailable\r\n\r\n<html>No server is available</html>");
}
Task<> answer_half(net::StreamPtr stream) {
  co_await say(*stream, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"name\":");
}
Task<> answer_about_another_trip(net::StreamPtr stream) {
  co_await say(*stream,
               "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"name\":\"oc02\",\"trip\":"
               "\"00000000000000000000000000000000\",\"local\":\"10.0.0.1:444\",\"peer\":\"10.0.0.2:1\"}");
}

Task<> handshake_then_reset(net::StreamPtr stream) {
  auto context = server_tls();
  auto shaken = co_await net::handshake_as_server(std::move(stream), std::move(context));
  if (!shaken.stream) co_return;
  co_await read_once(*shaken.stream);
  reset(*shaken.stream);
}

Task<> handshake_then_silence(net::StreamPtr stream) {
  auto context = server_tls();
  auto shaken = co_await net::handshake_as_server(std::move(stream), std::move(context));
  if (shaken.stream) co_await net::read_to_the_end(*shaken.stream);
}

TEST(Broken, ARefusedPortIsRefused) {
  Site site;
  const auto endpoint = site.respond(server_tls());
  site.responder.reset();
  site.run_for(milliseconds(20));
  const auto probe = site.probe(order_to(endpoint), client_tls());
  EXPECT_EQ(probe.end, End::refused) << probe.error;
  EXPECT_EQ(probe.ended_in, Phase::connect);
  EXPECT_EQ(probe.errno_value, ECONNREFUSED);
  EXPECT_TRUE(probe.local);
  EXPECT_EQ(site.dialled.size(), 1u);
  EXPECT_EQ(probe.phases.size(), 1u);
}

TEST(Broken, AnUnansweredSynIsSilent) {
  Site site;
  auto order = order_to(site.listen_deaf());
  order.limit = milliseconds(100);
  const auto probe = site.probe(order, client_tls());
  EXPECT_EQ(probe.end, End::silent) << probe.error;
  EXPECT_EQ(probe.ended_in, Phase::connect);
  EXPECT_TRUE(probe.local);
  EXPECT_GE(probe.phases.at(0).took, milliseconds(95));
  EXPECT_LT(probe.phases.at(0).took, milliseconds(400));
}

TEST(Broken, ASourceThatIsNotOursIsLocal) {
  Site site;
  auto order = order_to(site.respond(server_tls()));
  order.from = *parse_endpoint("192.0.2.1:1");
  order.from->port = 0;
  const auto probe = site.probe(order, client_tls());
  EXPECT_EQ(probe.end, End::local) << probe.error;
  EXPECT_EQ(probe.errno_value, EADDRNOTAVAIL);
  EXPECT_TRUE(site.dialled.empty());
}

TEST(Broken, ANetworkWithoutARouteIsLocal) {
  if (!resets_sent()) GTEST_SKIP() << "needs a network namespace of its own (root)";
  Site site;
  const auto probe = site.probe(order_to(*parse_endpoint("192.0.2.1:444")), client_tls());
  EXPECT_EQ(probe.end, End::local) << probe.error;
  EXPECT_EQ(probe.errno_value, ENETUNREACH);
}

TEST(Broken, APathThatIsNoPathIsLocal) {
  Site site;
  auto order = order_to(site.respond(server_tls()));
  order.path = "/a\r\nX: y";
  const auto probe = site.probe(order, client_tls());
  EXPECT_EQ(probe.end, End::local) << probe.error;
  EXPECT_EQ(probe.ended_in, Phase::request);
}

TEST(Broken, AServerThatSaysNothingIsSilentInTls) {
  Site site;
  auto order = order_to(site.serve(say_nothing));
  order.limit = milliseconds(100);
  const auto probe = site.probe(order, client_tls());
  EXPECT_EQ(probe.end, End::silent) << probe.error;
  EXPECT_EQ(probe.ended_in, Phase::tls);
  ASSERT_TRUE(probe.tls);
  EXPECT_TRUE(probe.tls->client_random) << "a capture finds the trip by it";
}

TEST(Broken, AServerThatSaysNothingIsSilentInThePlaintextResponse) {
  Site site;
  auto order = order_to(site.serve(say_nothing));
  order.limit = milliseconds(100);
  const auto probe = site.probe(order, net::TlsContext());
  EXPECT_EQ(probe.end, End::silent) << probe.error;
  EXPECT_EQ(probe.ended_in, Phase::response);
}

TEST(Broken, AServerThatStopsAfterTheHandshakeIsSilentInTheResponse) {
  Site site;
  auto order = order_to(site.serve(handshake_then_silence));
  order.limit = milliseconds(200);
  const auto probe = site.probe(order, client_tls());
  EXPECT_EQ(probe.end, End::silent) << probe.error;
  EXPECT_EQ(probe.ended_in, Phase::response);
  ASSERT_TRUE(probe.tls);
  EXPECT_EQ(probe.tls->version, "TLSv1.3");
}

TEST(Broken, AFinDuringTheHandshakeIsClosed) {
  Site site;
  const auto probe = site.probe(order_to(site.serve(close_after_hello)), client_tls());
  EXPECT_EQ(probe.end, End::closed) << probe.error;
  EXPECT_EQ(probe.ended_in, Phase::tls);
  EXPECT_FALSE(probe.errno_value);
  EXPECT_TRUE(probe.tls && probe.tls->client_random);
}

TEST(Broken, ARstDuringTheHandshakeIsReset) {
  Site site;
  const auto probe = site.probe(order_to(site.serve(reset_after_hello)), client_tls());
  EXPECT_EQ(probe.end, End::reset) << probe.error;
  EXPECT_EQ(probe.ended_in, Phase::tls);
  EXPECT_EQ(probe.errno_value, ECONNRESET);
  EXPECT_TRUE(probe.tls && probe.tls->client_random);
}

TEST(Broken, ARstAfterTheRequestIsResetInTheResponse) {
  Site site;
  const auto probe = site.probe(order_to(site.serve(handshake_then_reset)), client_tls());
  EXPECT_EQ(probe.end, End::reset) << probe.error;
  EXPECT_EQ(probe.ended_in, Phase::response);
  EXPECT_EQ(probe.tls->version, "TLSv1.3");
}

TEST(Broken, SomethingElseThanTlsIsGarbled) {
  Site site;
  for (const auto serve : {say_garbage, answer_503}) {
    const auto probe = site.probe(order_to(site.serve(serve)), client_tls());
    EXPECT_EQ(probe.end, End::garbled) << probe.error;
    EXPECT_EQ(probe.ended_in, Phase::tls);
    EXPECT_NE(probe.error, "");
  }
}

TEST(Broken, SomethingElseThanHttpIsGarbled) {
  Site site;
  const auto probe = site.probe(order_to(site.serve(say_garbage)), net::TlsContext());
  EXPECT_EQ(probe.end, End::garbled) << probe.error;
  EXPECT_EQ(probe.ended_in, Phase::response);
}

TEST(Broken, AnAnswerThatEndsInTheMiddleIsClosed) {
  Site site;
  const auto probe = site.probe(order_to(site.serve(answer_half)), net::TlsContext());
  EXPECT_EQ(probe.end, End::closed) << probe.error;
  EXPECT_EQ(probe.ended_in, Phase::response);
  EXPECT_FALSE(probe.answer);
}

TEST(Broken, AnotherServersAnswerIsNoResponders) {
  Site site;
  const auto probe = site.probe(order_to(site.serve(answer_503)), net::TlsContext());
  EXPECT_EQ(probe.end, End::answered) << probe.error;
  EXPECT_EQ(probe.http_status, 503u);
  EXPECT_FALSE(probe.answer);
}

TEST(Broken, AnAnswerAboutAnotherTripIsNoAnswer) {
  Site site;
  const auto probe = site.probe(order_to(site.serve(answer_about_another_trip)), net::TlsContext());
  EXPECT_EQ(probe.http_status, 200u);
  EXPECT_FALSE(probe.answer);
}

TEST(Broken, TheServersAlertIsSeenAtBothEnds) {
  Site site;
  const auto endpoint = site.respond(server_tls(net::ClientCertificates::required));
  for (const auto depth : {Depth::http, Depth::tls}) {
    site.observations.clear();
    const auto probe = site.probe(order_to(endpoint, depth), client_tls(false));
    EXPECT_EQ(probe.end, End::alert) << probe.error;
    ASSERT_TRUE(probe.alert);
    EXPECT_EQ(probe.alert->name, "certificate_required");
    EXPECT_FALSE(probe.alert->was_sent);
    EXPECT_EQ(probe.tls->version, "TLSv1.3");
    site.wait_for_observations(1);
    ASSERT_EQ(site.observations.size(), 1u);
    EXPECT_EQ(site.observations[0].end, End::alert);
    EXPECT_EQ(site.observations[0].ended_in, Phase::tls);
    ASSERT_TRUE(site.observations[0].alert);
    EXPECT_TRUE(site.observations[0].alert->was_sent);
    ASSERT_TRUE(site.observations[0].tls);
    EXPECT_EQ(site.observations[0].tls->client_random, probe.tls->client_random);
  }
}

TEST(Broken, OurAlertIsSeenAtBothEnds) {
  Site site;
  const auto tls = client_tls_for("other.example.com");
  const auto probe = site.probe(order_to(site.respond(server_tls())), tls);
  EXPECT_EQ(probe.end, End::alert) << probe.error;
  EXPECT_EQ(probe.ended_in, Phase::tls);
  ASSERT_TRUE(probe.alert);
  EXPECT_TRUE(probe.alert->was_sent);
  EXPECT_EQ(probe.tls->peer_certificate_sha256.size(), 64u) << "learnt before the refusal";
  site.wait_for_observations(1);
  ASSERT_EQ(site.observations.size(), 1u);
  EXPECT_EQ(site.observations[0].end, End::alert) << site.observations[0].error;
  ASSERT_TRUE(site.observations[0].alert);
  EXPECT_FALSE(site.observations[0].alert->was_sent);
}

}  // namespace
}  // namespace hairpin::ends

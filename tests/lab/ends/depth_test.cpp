// SPDX-License-Identifier: Apache-2.0
// How deep a probe goes, and what the other side sees of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "net/closing.hpp"
#include "tests/lab/ends/site.hpp"

namespace hairpin::ends {
namespace {

using testing::ElementsAre;

std::size_t bytes_after_hello = 0;

/// A first flight that comes in pieces, then counts what the client still says.
Task<> flight_from_recording(net::StreamPtr stream) {
  std::array<char, 4096> bytes{};
  co_await stream->read_some(bytes);
  const std::string alert("\x15\x03\x03\x00\x02\x02\x28", 7);  // fatal handshake_failure
  co_await stream->write_all(alert);
  co_await net::close_in_order(*stream);
}

Task<> count_all(net::StreamPtr stream) {
  std::array<char, 4096> bytes{};
  while (true) {
    const auto count = co_await stream->read_some(bytes);
    if (!count || *count == 0) co_return;
    bytes_after_hello += *count;
  }
}

TEST(Depth, TcpEndsAfterTheHandshakeOfTcp) {
  Site site;
  const auto probe = site.probe(order_to(site.respond(server_tls()), Depth::tcp), client_tls());
  EXPECT_EQ(probe.end, End::answered) << probe.error;
  EXPECT_THAT(phases_of(probe), ElementsAre(Phase::connect, Phase::close));
  EXPECT_FALSE(probe.tls);
  site.wait_for_observations(1);
  ASSERT_EQ(site.observations.size(), 1u);
  EXPECT_EQ(site.observations[0].end, End::closed);
  EXPECT_EQ(site.observations[0].ended_in, Phase::connect);
}

TEST(Depth, HelloTakesTheFirstFlightAndSaysNothingMore) {
  Site site;
  const auto endpoint = site.respond(server_tls(net::ClientCertificates::required));
  const auto probe = site.probe(order_to(endpoint, Depth::hello), client_tls());
  EXPECT_EQ(probe.end, End::answered) << probe.error;
  EXPECT_THAT(phases_of(probe), ElementsAre(Phase::connect, Phase::tls, Phase::close));
  ASSERT_TRUE(probe.tls);
  EXPECT_EQ(probe.tls->version, "TLSv1.3");
  EXPECT_EQ(probe.tls->peer_certificate_sha256.size(), 64u);
  EXPECT_FALSE(probe.alert);
  site.wait_for_observations(1);
  ASSERT_EQ(site.observations.size(), 1u);
  const auto& seen = site.observations[0];
  EXPECT_EQ(seen.end, End::closed) << seen.error << ": nothing but FIN after the ClientHello";
  EXPECT_EQ(seen.ended_in, Phase::tls);
  ASSERT_TRUE(seen.tls);
  EXPECT_EQ(seen.tls->client_random, probe.tls->client_random);
  EXPECT_EQ(seen.tls->server_name, "pool01.example.com");
}

TEST(Depth, HelloSendsNoAlertEvenToACertificateThatItWouldRefuse) {
  Site site;
  const auto tls = client_tls_for("other.example.com");
  const auto probe = site.probe(order_to(site.respond(server_tls()), Depth::hello), tls);
  EXPECT_EQ(probe.end, End::answered) << probe.error;
  site.wait_for_observations(1);
  ASSERT_EQ(site.observations.size(), 1u);
  EXPECT_EQ(site.observations[0].end, End::closed) << site.observations[0].error;
  EXPECT_TRUE(!site.observations[0].alert || site.observations[0].alert->was_sent);
}

TEST(Depth, HelloHearsTheServersAlert) {
  Site site;
  const auto probe = site.probe(order_to(site.serve(flight_from_recording), Depth::hello), client_tls());
  EXPECT_EQ(probe.end, End::alert) << probe.error;
  EXPECT_EQ(probe.ended_in, Phase::tls);
  ASSERT_TRUE(probe.alert);
  EXPECT_EQ(probe.alert->name, "handshake_failure");
  EXPECT_FALSE(probe.alert->was_sent);
  EXPECT_TRUE(probe.tls && probe.tls->client_random);
}

TEST(Depth, HelloToASilentServerKeepsTheClientRandom) {
  Site site;
  auto order = order_to(site.serve(count_all), Depth::hello);
  order.limit = milliseconds(100);
  bytes_after_hello = 0;
  const auto probe = site.probe(order, client_tls());
  EXPECT_EQ(probe.end, End::silent) << probe.error;
  EXPECT_TRUE(probe.tls && probe.tls->client_random);
  EXPECT_GT(bytes_after_hello, 100u);
}

TEST(Depth, TlsShakesHandsAndAsksNothing) {
  Site site;
  const auto endpoint = site.respond(server_tls(net::ClientCertificates::required));
  const auto probe = site.probe(order_to(endpoint, Depth::tls), client_tls());
  EXPECT_EQ(probe.end, End::answered) << probe.error;
  EXPECT_THAT(phases_of(probe), ElementsAre(Phase::connect, Phase::tls, Phase::close));
  EXPECT_EQ(probe.tls->exporter.size(), 64u);
  site.wait_for_observations(1);
  ASSERT_EQ(site.observations.size(), 1u);
  EXPECT_EQ(site.observations[0].end, End::closed);
  EXPECT_EQ(site.observations[0].ended_in, Phase::request);
  EXPECT_EQ(site.observations[0].tls->exporter, probe.tls->exporter);
}

TEST(Depth, PlaintextEndsAfterTheHandshakeOfTcp) {
  Site site;
  const auto endpoint = site.respond(server_tls());
  for (const auto depth : {Depth::hello, Depth::tls})
    EXPECT_THAT(phases_of(site.probe(order_to(endpoint, depth), net::TlsContext())),
                ElementsAre(Phase::connect, Phase::close));
}

}  // namespace
}  // namespace hairpin::ends

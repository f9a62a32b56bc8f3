// SPDX-License-Identifier: Apache-2.0
// The engine's TLS against hairpin's own responder.
#include <gtest/gtest.h>

#include "tests/lab/load/servers.hpp"

namespace hairpin::load_lab {
namespace {

using namespace std::chrono_literals;

probe::load::Order tls_order(const TlsServer& server) {
  auto order = order_for(server.endpoint());
  order.tls.emplace();
  order.tls->server_name = "load.example";
  return order;
}

TEST(EngineTls, MakesAHandshakeForEachConnection) {
  TlsServer server;
  for (const bool is_thin : {true, false}) {
    auto order = tls_order(server);
    order.tls->is_thin = is_thin;
    const auto load = run(order);
    EXPECT_EQ(load.counts.failed.total(), 0U) << load.first_failure;
    EXPECT_GT(load.counts.completed, 8U);
    EXPECT_EQ(load.counts.handshakes, load.counts.connections);
    EXPECT_EQ(load.counts.resumed, 0U);
    EXPECT_EQ(load.counts.resets, 0U);
    EXPECT_TRUE(load.counts.is_settled());
    ASSERT_TRUE(load.tls);
    EXPECT_EQ(load.tls->version, "TLSv1.3");
    EXPECT_EQ(load.tls->server_name, "load.example");
  }
}

TEST(EngineTls, SpeaksTls12WhereItIsTold) {
  TlsServer server;
  auto order = tls_order(server);
  order.tls->only = TlsVersion::tls12;
  const auto load = run(order);
  EXPECT_EQ(load.counts.failed.total(), 0U) << load.first_failure;
  ASSERT_TRUE(load.tls);
  EXPECT_EQ(load.tls->version, "TLSv1.2");
}

/// The kernel tells of large objects in large portions; what is left of one must not be waited for when it has come already, as a part
/// of a record that OpenSSL keeps.
TEST(EngineTls, HearsLargeObjectsThatComeInSmallPieces) {
  TlsServer server;
  for (const bool is_plain : {false, true}) {
    const Dribble dribble(server.endpoint());
    auto order = tls_order(server);
    if (is_plain) order.tls.reset();
    order.target.endpoint = dribble.endpoint();
    order.shape.connections = 1;
    order.shape.transactions = 0;
    order.shape.objects = {{49'153, 1}, {66'001, 1}, {200'001, 1}, {262'144, 1}};
    order.request.objects = order.shape.objects;
    order.request.asks_responder = true;
    order.shape.phases.sustain = 1'500ms;
    const auto load = run(order);
    EXPECT_EQ(load.counts.failed.total(), 0U) << load.first_failure;
    EXPECT_GT(load.counts.completed, 8U);
    EXPECT_LT(percentile(load.times.service, 100), 2'000ms) << "an answer was there and nobody looked";
  }
}

TEST(EngineTls, VerifiesTheServersChain) {
  TlsServer server, stranger;
  for (const auto check : {CertificateCheck::compared, CertificateCheck::full}) {
    auto order = tls_order(server);
    order.shape.check = check;
    order.tls->trusted_pem = server.authority_pem();
    const auto trusted = run(order);
    EXPECT_EQ(trusted.counts.failed.total(), 0U) << trusted.first_failure;
    EXPECT_GT(trusted.counts.completed, 8U);
    order.tls->trusted_pem = stranger.authority_pem();
    const auto untrusted = run(order);
    EXPECT_EQ(untrusted.counts.completed, 0U);
    EXPECT_EQ(untrusted.counts.failed.tls, untrusted.counts.attempted) << untrusted.first_failure;
    order.tls->trusted_pem = server.authority_pem();
    order.tls->server_name = "other.example";
    EXPECT_EQ(run(order).counts.completed, 0U);
  }
}

TEST(EngineTls, ShowsItsCertificateAndNoticesThatItIsMissed) {
  TlsServer server(net::ClientCertificates::required);
  auto order = tls_order(server);
  const auto without = run(order);
  EXPECT_EQ(without.counts.completed, 0U);
  EXPECT_EQ(without.counts.failed.tls, without.counts.attempted) << without.first_failure;
  order.tls->identity = server.client();
  const auto with = run(order);
  EXPECT_EQ(with.counts.failed.total(), 0U) << with.first_failure;
  EXPECT_GT(with.counts.completed, 4U);
}

TEST(EngineTls, FailsAgainstWhoSpeaksNoTls) {
  PlainServer server([](std::uint64_t) { return ok("x"); });
  auto order = order_for(server.endpoint());
  order.tls.emplace();
  const auto load = run(order);
  EXPECT_EQ(load.counts.completed, 0U);
  EXPECT_EQ(load.counts.failed.tls, load.counts.attempted) << load.first_failure;
}

}  // namespace
}  // namespace hairpin::load_lab

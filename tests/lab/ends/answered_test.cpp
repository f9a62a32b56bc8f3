// SPDX-License-Identifier: Apache-2.0
// Trips that are answered: what both ends say of them, and that they agree.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lab/ends/site.hpp"

namespace hairpin::ends {
namespace {

using testing::ElementsAre;

void expect_both_ends_agree(const ProbeObservation& probe, const ResponderObservation& responder) {
  ASSERT_TRUE(probe.local && probe.answer);
  EXPECT_EQ(responder.peer, *probe.local);
  EXPECT_EQ(responder.local, probe.target.endpoint);
  EXPECT_EQ(probe.answer->peer, *probe.local);
  EXPECT_EQ(probe.answer->local, probe.target.endpoint);
  EXPECT_EQ(probe.answer->trip, probe.trip);
  EXPECT_EQ(probe.answer->name, "oc02");
  EXPECT_EQ(responder.trip, probe.trip);
  EXPECT_EQ(responder.host, "oc02");
  EXPECT_EQ(probe.host, "oc01");
}

void expect_mutual_tls(Family family) {
  Site site;
  const auto endpoint =
      site.respond(server_tls(net::ClientCertificates::required), {.name = "oc02", .port = 0}, family);
  const auto probe = site.probe(order_to(endpoint), client_tls());
  ASSERT_EQ(probe.end, End::answered) << probe.error;
  site.wait_for_observations(1);
  ASSERT_EQ(site.observations.size(), 1u);
  const auto& responder = site.observations.front();
  EXPECT_EQ(responder.end, End::answered) << responder.error;
  EXPECT_FALSE(responder.is_plaintext);
  expect_both_ends_agree(probe, responder);

  ASSERT_TRUE(probe.tls && responder.tls && probe.answer->tls);
  EXPECT_EQ(probe.tls->version, "TLSv1.3");
  EXPECT_EQ(probe.tls->exporter.size(), 64u);
  EXPECT_EQ(probe.tls->exporter, responder.tls->exporter);
  EXPECT_EQ(probe.tls->exporter, probe.answer->tls->exporter);
  ASSERT_TRUE(probe.tls->client_random);
  EXPECT_EQ(probe.tls->client_random, responder.tls->client_random);
  EXPECT_EQ(responder.tls->server_name, "pool01.example.com");
  EXPECT_EQ(probe.tls->peer_certificate_sha256.size(), 64u);
  EXPECT_EQ(responder.tls->peer_certificate_sha256.size(), 64u);
  EXPECT_NE(responder.tls->peer_certificate_sha256, probe.tls->peer_certificate_sha256);
}

TEST(Answered, BothEndsAgreeOverMutualTls13) { expect_mutual_tls(Family::ipv4); }
TEST(Answered, BothEndsAgreeOverIpv6) { expect_mutual_tls(Family::ipv6); }

TEST(Answered, EveryPhaseIsTimedInOrder) {
  Site site;
  const auto probe = site.probe(order_to(site.respond(server_tls())), client_tls());
  ASSERT_THAT(phases_of(probe),
              ElementsAre(Phase::connect, Phase::tls, Phase::request, Phase::response, Phase::close));
  nanoseconds last{};
  for (const auto& phase : probe.phases) {
    EXPECT_GE(phase.began, last);
    EXPECT_GT(phase.took, nanoseconds(0));
    last = phase.began + phase.took;
  }
  EXPECT_LE(last, probe.ended - probe.started + milliseconds(5));
  EXPECT_EQ(probe.ended_in, Phase::close);
  EXPECT_EQ(probe.error, "");
}

TEST(Answered, TheTupleIsToldBeforeTheHandshake) {
  Site site;
  const auto probe = site.probe(order_to(site.respond(server_tls())), client_tls());
  ASSERT_EQ(site.dialled.size(), 1u);
  EXPECT_EQ(site.dialled[0].source, *probe.local);
  EXPECT_EQ(site.dialled[0].destination, probe.target.endpoint);
}

TEST(Answered, TheSourceAddressIsTheOneThatWasOrdered) {
  Site site;
  auto order = order_to(site.respond(server_tls()));
  order.from = *parse_endpoint("127.0.0.77:1");
  order.from->port = 0;
  const auto probe = site.probe(order, client_tls());
  EXPECT_EQ(probe.end, End::answered) << probe.error;
  EXPECT_EQ(to_string(probe.local->address), "127.0.0.77");
  EXPECT_EQ(probe.answer->peer.address, probe.local->address);
}

TEST(Answered, PlaintextIsToldByTheFirstByte) {
  Site site;
  const auto probe = site.probe(order_to(site.respond(server_tls())), net::TlsContext());
  ASSERT_EQ(probe.end, End::answered) << probe.error;
  EXPECT_THAT(phases_of(probe), ElementsAre(Phase::connect, Phase::request, Phase::response, Phase::close));
  site.wait_for_observations(1);
  ASSERT_EQ(site.observations.size(), 1u);
  EXPECT_TRUE(site.observations[0].is_plaintext);
  EXPECT_FALSE(site.observations[0].tls);
  EXPECT_FALSE(probe.tls);
  EXPECT_FALSE(probe.answer->tls);
  expect_both_ends_agree(probe, site.observations[0]);
}

TEST(Answered, NeitherEndSendsAReset) {
  if (!resets_sent()) GTEST_SKIP() << "needs a network namespace of its own (root)";
  Site site;
  const auto endpoint = site.respond(server_tls(net::ClientCertificates::required));
  const auto before = *resets_sent();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(site.probe(order_to(endpoint), client_tls()).end, End::answered);
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(site.probe(order_to(endpoint), net::TlsContext()).end, End::answered);
  for (const auto depth : {Depth::tcp, Depth::hello, Depth::tls})
    EXPECT_EQ(site.probe(order_to(endpoint, depth), client_tls()).end, End::answered);
  site.wait_for_observations(43);
  EXPECT_EQ(site.observations.size(), 43u);
  EXPECT_EQ(*resets_sent(), before);
}

TEST(Answered, TwoHundredTripsLeaveNothingOpen) {
  Site site;
  const auto endpoint = site.respond(server_tls());
  const auto tls = client_tls();
  site.probe(order_to(endpoint), tls);
  site.wait_for_observations(1);
  const auto before = open_descriptors();
  for (int i = 0; i < 200; ++i) ASSERT_EQ(site.probe(order_to(endpoint), tls).end, End::answered) << i;
  site.wait_for_observations(201);
  EXPECT_EQ(site.observations.size(), 201u);
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace hairpin::ends

// SPDX-License-Identifier: Apache-2.0
// What a server says that nobody asked for: behind its answers, and while its connections rest.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include "net/load/tls.hpp"
#include "net/sockaddr.hpp"
#include "tests/lab/load/servers.hpp"

namespace hairpin::load_lab {
namespace {

using namespace std::chrono_literals;
using net::LoadStep;

constexpr const char* kTooMuch = "23 bytes of no use at all";
constexpr const char* kFarewell = "HTTP/1.1 408 Request Time-out\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// One request a connection that rests for the remaining load.
LoadObservation load_that_rests(const Endpoint& server) {
  auto order = order_for(server);
  order.shape.transactions = 0;
  order.shape.think = 10'000ms;
  return run(order);
}

LoadObservation load_over_tls(const Endpoint& server, milliseconds think) {
  auto order = order_for(server);
  order.tls.emplace();
  order.shape.connections = 1;
  order.shape.transactions = 0;
  order.shape.think = think;
  return run(order);
}

TEST(Unasked, BytesBehindAnAnswerMakeItAnother) {
  PlainServer server([](std::uint64_t) { return ok("x") + kTooMuch; });
  for (const std::uint32_t transactions : {1U, 0U}) {
    auto order = order_for(server.endpoint());
    order.shape.transactions = transactions;
    const auto load = run(order);
    EXPECT_GT(load.counts.attempted, 0U);
    EXPECT_EQ(load.counts.completed, 0U);
    EXPECT_EQ(load.counts.failed.garbled, load.counts.attempted) << load.first_failure;
    EXPECT_TRUE(load.counts.is_settled());
  }
}

TEST(Unasked, RecordsBehindAnAnswerMakeItAnother) {
  RecordServer server({{ok("x"), kTooMuch}, {}});
  const auto load = load_over_tls(server.endpoint(), 0ms);
  EXPECT_GT(load.counts.attempted, 0U);
  EXPECT_EQ(load.counts.failed.garbled, load.counts.attempted) << load.first_failure;
}

TEST(Unasked, WhatIsNoTlsIsCountedBehindAnswers) {
  RecordServer server({{ok("x")}, kTooMuch});
  const auto load = load_over_tls(server.endpoint(), 0ms);
  EXPECT_GT(load.counts.completed, 0U);
  EXPECT_EQ(load.counts.unasked, load.counts.completed) << load.first_failure;
  EXPECT_NE(load.first_failure, "");
}

TEST(Unasked, WhatIsNoTlsIsCountedWhileTheConnectionRests) {
  RecordServer server({{ok("x")}, kTooMuch, true});
  const auto load = load_over_tls(server.endpoint(), 10'000ms);
  EXPECT_EQ(load.counts.failed.total(), 0U) << load.first_failure;
  EXPECT_GT(load.counts.completed, 0U);
  EXPECT_GT(load.sustained.unasked, 0U);
  EXPECT_EQ(load.counts.ended_idle, 0U);
  EXPECT_NE(load.first_failure, "");
}

TEST(Unasked, BytesAreCountedWhileTheConnectionRests) {
  PlainServer server([](std::uint64_t) { return "~" + ok("x"); }, kLoopback, kTooMuch);
  const auto load = load_that_rests(server.endpoint());
  EXPECT_EQ(load.counts.failed.total(), 0U) << load.first_failure;
  EXPECT_GT(load.sustained.unasked, 0U);
  EXPECT_LE(load.sustained.unasked, load.sustained.alive);
  EXPECT_EQ(load.counts.ended_idle, 0U);
}

/// nginx, HAProxy and Apache may say 408 before they end a connection over which nothing is asked.
TEST(Unasked, AFarewellIsTheEndOfAConnection) {
  PlainServer server([](std::uint64_t) { return "~" + ok("x"); }, kLoopback, kFarewell);
  const auto load = load_that_rests(server.endpoint());
  EXPECT_EQ(load.counts.failed.total(), 0U) << load.first_failure;
  EXPECT_EQ(load.counts.unasked, 0U);
  EXPECT_GT(load.sustained.ended_idle, 0U);
}

/// … which a request may cross; no stranger has answered then.
TEST(Unasked, AFarewellThatARequestCrossedIsNoStrangers) {
  PlainServer server([](std::uint64_t) { return kFarewell; });
  auto order = order_for(server.endpoint());
  order.request.asks_responder = true;
  order.request.objects = {{3, 1}};
  order.key = net::LoadKey();
  const auto load = run(order);
  EXPECT_GT(load.counts.attempted, 0U);
  EXPECT_EQ(load.counts.failed.status, load.counts.attempted) << load.first_failure;
}

Descriptor connected_to(const Endpoint& server) {
  Descriptor connection(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = net::to_socket_address(server);
  EXPECT_EQ(::connect(connection.get(), address.get(), address.length), 0);
  ::fcntl(connection.get(), F_SETFL, O_NONBLOCK);
  return connection;
}

LoadStep shake_hands(net::LoadTlsEnd& end, net::Wire& wire, int connection) {
  std::string waiting;
  EXPECT_TRUE(end.begin());
  for (;;) {
    wire.attach(connection, false);
    const auto step = end.shake_hands();
    wire.flush(waiting);
    if (step != LoadStep::wants_read) return step;
    pollfd ready{connection, POLLIN, 0};
    EXPECT_EQ(::poll(&ready, 1, 10'000), 1);
  }
}

/// OpenSSL keeps errors by the thread, not by the connection.
TEST(Unasked, WhatFailsOnOneConnectionFailsNoOther) {
  TlsServer server;
  PlainServer no_tls([](std::uint64_t) { return std::string(kTooMuch); });
  net::Wire wire;
  const auto shared = net::LoadTls::make({}).value();
  const auto well = net::LoadTlsEnd::make(*shared, wire), ill = net::LoadTlsEnd::make(*shared, wire);
  const auto to_server = connected_to(server.endpoint()), to_nobody = connected_to(no_tls.endpoint());
  ASSERT_EQ(shake_hands(*well, wire, to_server.get()), LoadStep::done);
  ASSERT_EQ(shake_hands(*ill, wire, to_nobody.get()), LoadStep::refused);
  std::array<char, 64> text{};
  std::size_t count = 0;
  wire.attach(to_server.get(), false);
  EXPECT_EQ(well->read(text, count), LoadStep::wants_read) << well->take_error();  // nothing was asked
}

}  // namespace
}  // namespace hairpin::load_lab

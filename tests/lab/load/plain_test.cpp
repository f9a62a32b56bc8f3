// SPDX-License-Identifier: Apache-2.0
// The engine against servers that answer late, wrongly or not at all.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "tests/lab/load/servers.hpp"

namespace hairpin::load_lab {
namespace {

using namespace std::chrono_literals;

/// A listener whose queue is full.
Endpoint full_listener() {
  static const auto listening = [] {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener, 0), 0);
    EXPECT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
    const int waiting = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);  // takes the only place; both live as long as the test
    EXPECT_EQ(::connect(waiting, reinterpret_cast<const sockaddr*>(&address), size), 0);
    return Endpoint{kLoopback, ntohs(address.sin_port)};
  }();
  return listening;
}

/// So many transactions a second, each when it is due, over no more connections than that.
probe::load::Order open_loop(const Endpoint& to, double rate, std::uint32_t connections) {
  auto order = order_for(to);
  order.shape.arrivals = Arrivals::constant;
  order.shape.rate = rate;
  order.shape.connections = connections;
  return order;
}

/// As responders are asked, for three bytes.
probe::load::Order order_for_responder(const Endpoint& to) {
  auto order = order_for(to);
  order.request.asks_responder = true;
  order.request.objects = {{3, 1}};
  return order;
}

/// docs/load.md: 100 requests a second for 10 s, of which one takes a second, and everybody behind it waits. A generator that
/// waits as well would see one slow request among a thousand.
TEST(OpenLoop, CountsAStallForEverybodyWhomItDelayed) {
  PlainServer server([](std::uint64_t count) {
    if (count == 500) std::this_thread::sleep_for(1s);
    return ok("x");
  });
  auto order = open_loop(server.endpoint(), 100, 200);
  order.shape.transactions = 0;
  order.shape.phases.sustain = 10'000ms;
  const auto load = run(order);
  EXPECT_EQ(load.sustained.attempted, 1000U);
  EXPECT_EQ(load.sustained.completed, 1000U) << load.first_failure;
  EXPECT_NEAR(static_cast<double>(percentile(load.times.response, 99).count()), 911, 911 * 0.05);
  EXPECT_LT(percentile(load.times.response, 50), 50ms);
  EXPECT_GE(percentile(load.times.response, 100), 950ms);
}

/// The same with one connection: those that wait have not been begun, and their own service is short.
TEST(OpenLoop, TellsServiceTimeFromResponseTime) {
  PlainServer server([](std::uint64_t count) {
    if (count == 20) std::this_thread::sleep_for(400ms);
    return ok("x");
  });
  auto order = open_loop(server.endpoint(), 100, 1);
  order.shape.transactions = 0;
  order.shape.phases.sustain = 1'000ms;
  const auto load = run(order);
  EXPECT_EQ(load.sustained.completed, 100U) << load.first_failure;
  EXPECT_GE(percentile(load.times.response, 80), 150ms);
  EXPECT_LT(percentile(load.times.service, 80), 100ms);
  EXPECT_GE(percentile(load.times.lag, 80), 150ms);
}

TEST(Engine, CountsRefusedConnections) {
  Endpoint nobody;
  {
    PlainServer gone([](std::uint64_t) { return ok(""); });
    nobody = gone.endpoint();
  }
  const auto load = run(order_for(nobody));
  EXPECT_GT(load.counts.attempted, 4U);
  EXPECT_EQ(load.counts.failed.refused, load.counts.attempted);
  EXPECT_EQ(load.counts.connections, load.counts.attempted);  // each SYN was answered, with a RST
  EXPECT_TRUE(load.counts.is_settled());
}

TEST(Engine, CountsAnswersThatAreNoneOrWrong) {
  PlainServer server([](std::uint64_t count) -> std::string {
    switch (count % 4) {
      case 0:
        return "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n";
      case 1:
        return "SSH-2.0\r\n\r\n";
      case 2:
        return {};
      default:
        return ok("x", "Hairpin-Member: oc01\r\n");
    }
  });
  const auto load = run(order_for(server.endpoint()));
  EXPECT_GT(load.counts.failed.status, 0U);
  EXPECT_GT(load.counts.failed.garbled, 0U);
  EXPECT_GT(load.counts.failed.closed, 0U);
  EXPECT_GT(load.counts.completed, 0U);
  EXPECT_TRUE(load.counts.is_settled());
  ASSERT_EQ(load.members.size(), 1U);
  EXPECT_EQ(load.members.front().member, "oc01");
}

TEST(Engine, RefusesAnswersToOtherRequests) {
  PlainServer server([](std::uint64_t) { return ok("abc", "Hairpin-Nonce: 0000000000000000\r\n"); });
  auto order = order_for_responder(server.endpoint());
  const auto load = run(order);
  EXPECT_EQ(load.counts.completed, 0U);
  EXPECT_EQ(load.counts.failed.garbled, load.counts.attempted);
}

TEST(Engine, TellsAnswersThatAreNotSignedFromOthers) {
  PlainServer server([](std::uint64_t) { return ok("abc", "Hairpin-Nonce: 0000000000000000\r\n"); });
  auto order = order_for_responder(server.endpoint());
  order.key = net::LoadKey();
  const auto load = run(order);
  EXPECT_EQ(load.counts.failed.foreign, load.counts.attempted);
  std::uint64_t foreign = 0;
  for (const auto& second : load.seconds) foreign += second.foreign;
  EXPECT_EQ(foreign, load.counts.attempted);
}

/// A real server that a balancer's pool has and the topology has not: whatever it says, it is a stranger. What a balancer says
/// itself is not.
TEST(Engine, TellsStrangersFromTheBalancerItself) {
  PlainServer server([](std::uint64_t count) -> std::string {
    switch (count % 4) {
      case 0:
        return "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc";
      case 1:
        return ok("a page of another length");
      case 2:
        return "SSH-2.0\r\n\r\n";
      default:
        return "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
    }
  });
  auto order = order_for_responder(server.endpoint());
  order.key = net::LoadKey();
  const auto load = run(order);
  const auto& failed = load.counts.failed;
  EXPECT_EQ(failed.garbled, 0U);
  EXPECT_GT(failed.status, 0U);
  EXPECT_GE(failed.foreign, 2 * failed.status);
  EXPECT_EQ(failed.foreign + failed.status, load.counts.attempted);
}

/// One connection that takes 20 ms for each: what waits at the end is made over it, not over one of its own each.
TEST(OpenLoop, KeepsItsConnectionsForWhatWaitsAtTheEnd) {
  PlainServer server([](std::uint64_t) {
    std::this_thread::sleep_for(20ms);
    return ok("x");
  });
  auto order = open_loop(server.endpoint(), 100, 2);
  order.shape.transactions = 0;
  const auto load = run(order);
  EXPECT_EQ(load.counts.completed, 50U) << load.first_failure;
  EXPECT_LE(load.counts.connections, 2U);
}

/// What became due in a pause of the generator must not come all at once.
TEST(OpenLoop, CatchesUpBelowTheCeiling) {
  PlainServer server([](std::uint64_t) { return ok("x"); });
  auto order = open_loop(server.endpoint(), 40, 100);
  order.shape.phases.sustain = 1'500ms;
  order.bounds.connections_per_second = 40;
  auto engine = probe::load::Engine::prepare(order);
  ASSERT_TRUE(engine);
  (*engine)->start(system_clock().steady() - 1'000ms);  // forty are due when it begins
  const auto load = (*engine)->finish();
  EXPECT_EQ(load.counts.completed, 60U) << load.first_failure;
  for (const auto& second : load.seconds) EXPECT_LE(second.connections, 47U) << second.second;  // 44, and the bucket
  EXPECT_GT(load.health.held_back, 0U);
}

TEST(Engine, CountsOpenConnectionsOnceTheyAreEstablished) {
  PlainServer server([](std::uint64_t) { return std::string("-"); });
  auto order = order_for(server.endpoint());
  order.shape.limit = 3'000ms;
  order.shape.phases.sustain = 1'200ms;
  const auto load = run(order);
  ASSERT_GE(load.seconds.size(), 1U);
  EXPECT_EQ(load.seconds.front().open, 4U);
  EXPECT_EQ(load.seconds.front().established, 4U);
  const auto nowhere = [&] {  // the backlog of a listener that nobody serves is full, so that SYNs are dropped
    auto to = order;
    to.target.endpoint = full_listener();
    return run(to);
  }();
  ASSERT_GE(nowhere.seconds.size(), 1U);
  EXPECT_EQ(nowhere.seconds.front().open, 0U);
  EXPECT_EQ(nowhere.seconds.front().connections, 4U);
}

TEST(Engine, PutsWhatTookTooLongIntoTheHistogram) {
  PlainServer server([](std::uint64_t) { return std::string("-"); });
  auto order = open_loop(server.endpoint(), 40, 4);
  order.shape.limit = 200ms;
  const auto load = run(order);
  EXPECT_EQ(load.sustained.attempted, 20U);
  EXPECT_EQ(load.sustained.failed.timed_out, 20U);
  EXPECT_GE(percentile(load.times.response, 1), 200ms);
  EXPECT_TRUE(load.counts.is_settled());
}

TEST(Engine, KeepsConnectionsForAsManyTransactionsAsItIsTold) {
  PlainServer server([](std::uint64_t) { return ok("hello"); });
  auto order = order_for(server.endpoint());
  order.shape.transactions = 10;
  const auto load = run(order);
  EXPECT_EQ(load.counts.failed.total(), 0U) << load.first_failure;
  EXPECT_GT(load.counts.completed, 40U);
  EXPECT_GE(load.counts.connections * 10, load.counts.completed);
  EXPECT_LE((load.counts.connections - 4) * 10, load.counts.completed);
  EXPECT_EQ(load.counts.body_bytes, load.counts.completed * 5);
  EXPECT_EQ(load.counts.resets, 0U);
  EXPECT_EQ(server.requests(), load.counts.completed);
}

TEST(Engine, StopsWithinAQuarterOfASecond) {
  PlainServer server([](std::uint64_t) { return ok("x"); });
  auto order = order_for(server.endpoint());
  order.shape.phases.sustain = 60'000ms;
  auto engine = probe::load::Engine::prepare(order);
  ASSERT_TRUE(engine);
  (*engine)->start(system_clock().steady());
  while (server.requests() < 10) std::this_thread::sleep_for(5ms);
  const auto began = system_clock().steady();
  (*engine)->stop("enough");
  const auto load = (*engine)->finish();
  EXPECT_LT(system_clock().steady() - began, 250ms);
  EXPECT_EQ(load.stopped, "enough");
  EXPECT_TRUE(load.counts.is_settled());
}

TEST(Engine, StopsByItselfWhenNobodyAllowsItToGoOn) {
  PlainServer server([](std::uint64_t) { return ok("x"); });
  auto order = order_for(server.endpoint());
  order.shape.phases.sustain = 60'000ms;
  auto engine = probe::load::Engine::prepare(order);
  ASSERT_TRUE(engine);
  const auto began = system_clock().steady();
  (*engine)->allow_until(began + 200ms);
  (*engine)->start(began);
  const auto load = (*engine)->finish();  // nothing else looks at it
  EXPECT_LT(system_clock().steady() - began, 30s);
  EXPECT_EQ(load.stopped, "nobody asked for its progress for 2 s");
  EXPECT_GT(load.health.sustained, 0ns);  // what there was of it
  EXPECT_TRUE(load.counts.is_settled());
}

TEST(Engine, NeverExceedsTheCeilingInAClosedLoop) {
  PlainServer server([](std::uint64_t) { return ok("x"); });
  auto order = order_for(server.endpoint());
  order.shape.phases.sustain = 2'000ms;
  order.bounds.connections_per_second = 20;
  const auto load = run(order);
  EXPECT_GT(load.counts.completed, 20U);
  for (const auto& second : load.seconds) EXPECT_LE(second.connections, 21U) << second.second;
  EXPECT_GT(load.health.held_back, 0U);
  EXPECT_EQ(run(order_for(server.endpoint())).health.held_back, 0U);
}

TEST(Engine, BoundsTheBytesThatAClosedLoopAsksFor) {
  PlainServer server([](std::uint64_t) { return ok(std::string(1000, 'x')); });
  auto order = order_for(server.endpoint());
  order.request.objects = {{1000, 1}};
  order.shape.transactions = 0;
  order.shape.phases.sustain = 2'000ms;
  order.bounds.bytes_per_second = 50'000;
  const auto load = run(order);
  EXPECT_GT(load.counts.completed, 40U);
  EXPECT_LE(load.counts.completed, 2U * 50 + 2 + 4);  // two seconds, the bucket, and what made a debt
  EXPECT_GT(load.health.held_back, 0U);
}

TEST(Engine, CountsTheBytesOfAnswersThatFailed) {
  PlainServer server([](std::uint64_t) { return "HTTP/1.1 500 No\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x'); });
  const auto load = run(order_for(server.endpoint()));
  EXPECT_EQ(load.counts.failed.status, load.counts.attempted);
  EXPECT_EQ(load.counts.body_bytes, 0U);
  std::uint64_t arrived = 0;
  for (const auto& second : load.seconds) arrived += second.body_bytes;
  EXPECT_EQ(arrived, load.counts.attempted * 1000);
}

TEST(Engine, CountsConnectionsThatTheOtherEndClosesWhileTheyRest) {
  PlainServer server([](std::uint64_t) { return "~" + ok("x"); });
  auto order = order_for(server.endpoint());
  order.shape.transactions = 0;
  order.shape.think = 10'000ms;
  const auto load = run(order);
  EXPECT_GT(load.sustained.ended_idle, 0U);
  EXPECT_LE(load.sustained.ended_idle, load.sustained.alive);
  EXPECT_EQ(load.counts.resets, 0U);
}

TEST(Engine, MakesWhatWasDueAlsoWhenItBeginsLate) {
  PlainServer server([](std::uint64_t) { return ok("x"); });
  auto order = order_for(server.endpoint());
  order.shape.arrivals = Arrivals::constant;
  order.shape.rate = 2'000;
  order.shape.phases.sustain = 1ms;
  auto engine = probe::load::Engine::prepare(order);
  ASSERT_TRUE(engine);
  (*engine)->start(system_clock().steady() - 10ms);
  const auto load = (*engine)->finish();
  EXPECT_EQ(load.counts.attempted, 2U);
  EXPECT_EQ(load.counts.completed, 2U) << load.first_failure;
}

TEST(Engine, RefusesContradictions) {
  const auto refuses = [](auto change) {
    auto order = order_for({IpAddress{}, 1});
    change(order.shape);
    return !probe::load::Engine::prepare(order);
  };
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.threads = 0; }));
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.threads = 5; }));
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.arrivals = Arrivals::constant; }));
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.limit = 61'000ms; }));
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.phases.sustain = 0ms; }));
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.first_port = 9; }));
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.first_port = 2'000, shape.last_port = 2'002; }));  // for four connections
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.sources = {*parse_address("::1")}; }));
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.parts = 0; }));
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.part = 1; }));
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.objects = {{1, 0}}; }));
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.connections = 2'000'000'000; }));
}

}  // namespace
}  // namespace hairpin::load_lab

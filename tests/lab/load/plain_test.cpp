// SPDX-License-Identifier: Apache-2.0
// The engine against servers that answer late, wrongly or not at all.
#include <gtest/gtest.h>

#include "tests/lab/load/servers.hpp"

namespace hairpin::load_lab {
namespace {

using namespace std::chrono_literals;

/// docs/load.md: 100 requests a second for 10 s, of which one takes a second, and everybody behind it waits. A generator that
/// waits as well would see one slow request among a thousand.
TEST(OpenLoop, CountsAStallForEverybodyWhomItDelayed) {
  PlainServer server([](std::uint64_t count) {
    if (count == 500) std::this_thread::sleep_for(1s);
    return ok("x");
  });
  auto order = order_for(server.endpoint());
  order.shape.arrivals = Arrivals::constant;
  order.shape.rate = 100;
  order.shape.connections = 200;
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
  auto order = order_for(server.endpoint());
  order.shape.arrivals = Arrivals::constant;
  order.shape.rate = 100;
  order.shape.connections = 1;
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
  auto order = order_for(server.endpoint());
  order.request.asks_responder = true;
  order.request.objects = {{3, 1}};
  const auto load = run(order);
  EXPECT_EQ(load.counts.completed, 0U);
  EXPECT_EQ(load.counts.failed.garbled, load.counts.attempted);
}

TEST(Engine, TellsAnswersThatAreNotSignedFromOthers) {
  PlainServer server([](std::uint64_t) { return ok("abc", "Hairpin-Nonce: 0000000000000000\r\n"); });
  auto order = order_for(server.endpoint());
  order.request.asks_responder = true;
  order.request.objects = {{3, 1}};
  order.key = net::LoadKey();
  const auto load = run(order);
  EXPECT_EQ(load.counts.failed.foreign, load.counts.attempted);
  std::uint64_t foreign = 0;
  for (const auto& second : load.seconds) foreign += second.foreign;
  EXPECT_EQ(foreign, load.counts.attempted);
}

TEST(Engine, PutsWhatTookTooLongIntoTheHistogram) {
  PlainServer server([](std::uint64_t) { return std::string("-"); });
  auto order = order_for(server.endpoint());
  order.shape.arrivals = Arrivals::constant;
  order.shape.rate = 40;
  order.shape.connections = 4;
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
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.parts = 0; }));
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.part = 1; }));
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.objects = {{1, 0}}; }));
  EXPECT_TRUE(refuses([](LoadShape& shape) { shape.connections = 2'000'000'000; }));
}

}  // namespace
}  // namespace hairpin::load_lab

// SPDX-License-Identifier: Apache-2.0
// What the loop of a thread tells once only, how much one connection may take of its turn, and threads that end before others.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <deque>

#include "net/load/wire.hpp"
#include "tests/lab/load/servers.hpp"

namespace hairpin::load_lab {
namespace {

using namespace std::chrono_literals;
using net::Wire;

/// Ends its direction of every connection at once and reads nothing.
class HalfCloser {
 public:
  HalfCloser() {
    std::tie(listener_, endpoint_) = listen_on(kLoopback);
    thread_ = std::jthread([this](const std::stop_token& over) {
      std::deque<Descriptor> open;
      while (!over.stop_requested()) {
        pollfd waiting{listener_.get(), POLLIN, 0};
        if (::poll(&waiting, 1, 20) <= 0) continue;
        open.emplace_back(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        ::shutdown(open.back().get(), SHUT_WR);
        if (open.size() > 256) open.pop_front();
      }
    });
  }
  Endpoint endpoint() const { return endpoint_; }

 private:
  Descriptor listener_;
  Endpoint endpoint_;
  std::jthread thread_;
};

/// The end comes while others are opened, so together with the readiness to send.
TEST(Turns, HearAnEndThatComesWithTheConnection) {
  const HalfCloser server;
  auto order = order_for(server.endpoint());
  order.shape.connections = 100;
  order.shape.limit = 4'000ms;
  const auto load = run(order);
  EXPECT_GT(load.counts.attempted, 99U);
  EXPECT_EQ(load.counts.failed.timed_out, 0U);
  EXPECT_EQ(load.counts.failed.closed, load.counts.attempted) << load.first_failure;
}

std::size_t take_all(Wire& wire) {
  std::size_t taken = 0;
  for (std::string_view bytes; wire.look(bytes) == Wire::Outcome::some;) {
    taken += bytes.size();
    wire.take(bytes.size());
  }
  return taken;
}

/// Three megabytes and some bytes that are there already.
TEST(Turns, TakeAMegabyteOfAConnectionAndThenLookAtOthers) {
  constexpr std::size_t kMegabyte = 1024 * 1024;
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
  const Descriptor ours(ends[0]), theirs(ends[1]);
  const int room = 16 * kMegabyte;
  ASSERT_EQ(::setsockopt(theirs.get(), SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room), 0);
  const std::string bytes(64 * 1024, 'x');
  for (std::size_t sent = 0; sent < 3 * kMegabyte; sent += bytes.size())
    ASSERT_EQ(::send(theirs.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  ASSERT_EQ(::send(theirs.get(), bytes.data(), 100, 0), 100);
  Wire wire;
  for (int turn = 0; turn < 3; ++turn) {
    wire.attach(ours.get(), true);
    EXPECT_EQ(take_all(wire), kMegabyte);
    EXPECT_TRUE(wire.was_cut());
  }
  wire.attach(ours.get(), true);
  EXPECT_EQ(take_all(wire), 100U);
  EXPECT_FALSE(wire.was_cut());
}

/// What was left for the next turn is told again: a load whose large answers are there before it looks.
TEST(Turns, ComeBackToWhatWasLeft) {
  PlainServer server([](std::uint64_t) { return ok(std::string(16'000'000, 'x')); });
  auto order = order_for(server.endpoint());
  order.shape.phases.sustain = 1'000ms;
  const auto load = run(order);
  EXPECT_EQ(load.counts.failed.total(), 0U) << load.first_failure;
  EXPECT_EQ(load.counts.body_bytes, 16'000'000 * load.counts.completed);
}

/// Two threads with a connection each; the first request is never answered, so one of them goes on for its limit.
TEST(Turns, SecondsOfAThreadThatGoesOnAreTold) {
  PlainServer server([](std::uint64_t count) { return count == 1 ? std::string("-") : ok("x"); });
  auto order = order_for(server.endpoint());
  order.shape.connections = order.shape.threads = 2;
  order.shape.limit = 4'000ms;
  auto engine = probe::load::Engine::prepare(order);
  ASSERT_TRUE(engine);
  (*engine)->start(system_clock().steady());
  std::vector<LoadSecond> seconds;
  while (!(*engine)->is_over()) {
    const auto taken = (*engine)->take_seconds();
    seconds.insert(seconds.end(), taken.begin(), taken.end());
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_GE(seconds.size(), 3U);
  const auto load = (*engine)->finish();
  ASSERT_GE(load.seconds.size(), 4U);
  std::uint64_t attempted = 0;
  for (std::size_t i = 0; i < load.seconds.size(); ++i) {
    EXPECT_EQ(load.seconds[i].second, i);
    attempted += load.seconds[i].attempted;
  }
  EXPECT_EQ(attempted, load.counts.attempted);
  EXPECT_EQ(load.counts.failed.timed_out, 1U);
}

}  // namespace
}  // namespace hairpin::load_lab

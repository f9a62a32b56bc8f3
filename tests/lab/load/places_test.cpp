// SPDX-License-Identifier: Apache-2.0
// Source addresses and ports, by what the kernel says of the sockets.
#include "probe/load/places.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/handle.hpp"
#include "tests/lab/load/servers.hpp"

namespace hairpin::load_lab {
namespace {

using namespace std::chrono_literals;
using probe::load::Places;

/// Below the ports that the kernel chooses; other copies of these tests have others.
std::uint16_t port(int number) {
  static const int first = 20'000 + ::getpid() % 500 * 20;
  return static_cast<std::uint16_t>(first + number);
}

LoadShape shape_of(const std::vector<const char*>& sources, std::uint16_t first = 0, std::uint16_t last = 0) {
  LoadShape shape;
  for (const auto* const source : sources) shape.sources.push_back(*parse_address(source));
  shape.first_port = first;
  shape.last_port = last;
  return shape;
}

sockaddr_in loopback(std::uint16_t number) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(number);
  return address;
}

/// Another program's, on 127.0.0.1 or so many addresses after it.
Descriptor listening_on(std::uint16_t number, std::uint32_t after = 0) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  auto address = loopback(number);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + after);
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::listen(socket.get(), 1), 0);
  return socket;
}

/// Ends with a RST, so that nothing of it rests in TIME_WAIT.
struct Opened {
  explicit Opened(Places& places) : opened(places.open()), socket(opened.descriptor) {
    const linger at_once{1, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  /// "1:21100" for 127.0.0.1, port 21100.
  std::string from() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (opened.error != 0 || ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return "none";
    return fmt::format("{}:{}", ntohl(address.sin_addr.s_addr) & 0xff, ntohs(address.sin_port));
  }
  Places::Opened opened;
  Descriptor socket;
};

class PlacesOfALoad : public testing::Test {
 protected:
  PlainServer server{[](std::uint64_t) { return ok("x"); }};
};

TEST_F(PlacesOfALoad, AreSourcesInTurnAndOfEachItsPorts) {
  Places places(shape_of({"127.0.0.1", "127.0.0.2"}, port(0), port(1)), server.endpoint(), 0, 1);
  std::vector<Opened> all;
  for (int i = 0; i < 4; ++i) all.emplace_back(places);
  EXPECT_EQ(all[0].from(), fmt::format("1:{}", port(0)));
  EXPECT_EQ(all[1].from(), fmt::format("2:{}", port(0)));
  EXPECT_EQ(all[2].from(), fmt::format("1:{}", port(1)));
  EXPECT_EQ(all[3].from(), fmt::format("2:{}", port(1)));
  EXPECT_EQ(Opened(places).opened.error, EADDRNOTAVAIL) << "all are taken";
  places.leave(all[1].opened.place);
  all.erase(all.begin() + 1);
  EXPECT_EQ(Opened(places).from(), fmt::format("2:{}", port(0)));
}

TEST_F(PlacesOfALoad, LeaveOutPortsThatAnotherProgramHas) {
  const auto other = listening_on(port(3));
  Places places(shape_of({}, port(2), port(4)), server.endpoint(), 0, 1);
  const Opened one(places), two(places), three(places);
  EXPECT_EQ(one.from(), fmt::format("1:{}", port(2)));
  EXPECT_EQ(two.from(), fmt::format("1:{}", port(4)));
  EXPECT_EQ(three.opened.error, EADDRNOTAVAIL);
}

/// A connection costs no more calls than that, however many ports are in use; the next one goes on where it left off.
TEST_F(PlacesOfALoad, AreTriedTwoHundredAndFiftySixAtATime) {
  std::vector<Descriptor> others;
  LoadShape shape = shape_of({}, port(12), port(12));
  for (std::uint32_t i = 0; i < 261; ++i) {
    if (i < 260) others.push_back(listening_on(port(12), i));
    auto& address = shape.sources.emplace_back(*parse_address("127.0.0.1"));
    address.bytes[2] = static_cast<std::uint8_t>((i + 1) / 256);
    address.bytes[3] = static_cast<std::uint8_t>((i + 1) % 256);
  }
  Places places(shape, server.endpoint(), 0, 1);
  EXPECT_EQ(Opened(places).opened.error, EADDRNOTAVAIL);
  EXPECT_EQ(Opened(places).from(), fmt::format("5:{}", port(12))) << "127.0.1.5";
}

TEST_F(PlacesOfALoad, AreDividedAmongThreads) {
  const auto shape = shape_of({}, port(5), port(7));
  Places first(shape, server.endpoint(), 0, 2), second(shape, server.endpoint(), 1, 2);
  const Opened one(first), two(second), three(first);
  EXPECT_EQ(one.from(), fmt::format("1:{}", port(5)));
  EXPECT_EQ(two.from(), fmt::format("1:{}", port(6)));
  EXPECT_EQ(three.from(), fmt::format("1:{}", port(7)));
  EXPECT_EQ(Opened(second).opened.error, EADDRNOTAVAIL);
}

TEST_F(PlacesOfALoad, AreTheKernelsWhereNothingIsAskedFor) {
  Places any(shape_of({}), server.endpoint(), 0, 1), of_two(shape_of({"127.0.0.3", "127.0.0.4"}), server.endpoint(), 0, 1);
  EXPECT_EQ(Opened(any).from().substr(0, 2), "1:");
  EXPECT_EQ(Opened(of_two).from().substr(0, 2), "3:");
  const Opened second(of_two);
  EXPECT_EQ(second.from().substr(0, 2), "4:");
  EXPECT_EQ(second.opened.place, Places::kNowhere);
  of_two.leave(second.opened.place);
}

/// Four connections at once on four ports, of which another program has one: what has none is counted, and said.
TEST_F(PlacesOfALoad, ThatDoNotSufficeAreCounted) {
  const auto other = listening_on(port(9));
  auto order = order_for(server.endpoint());
  order.shape.connections = 4;
  order.shape.transactions = 0;
  order.shape.think = 100ms;
  order.shape.first_port = port(8);
  order.shape.last_port = port(11);
  const auto load = run(order);
  EXPECT_GT(load.counts.completed, 0U) << load.first_failure;
  EXPECT_GT(load.health.no_port, 0U);
  EXPECT_EQ(load.counts.failed.no_port, load.health.no_port);
  EXPECT_EQ(load.counts.connections, load.counts.established);  // without a port no SYN was sent
  EXPECT_TRUE(load.counts.is_settled());
}

}  // namespace
}  // namespace hairpin::load_lab

// SPDX-License-Identifier: Apache-2.0
// What is reported is what happened: times against the clock of a wire that delays, lost SYNs against the counter of the rule that
// drops them. Three namespaces: the client, the server, and the wire between them.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>

#include "tests/lab/load/servers.hpp"
#include "tests/lab/load/wire.hpp"
#include "topology/lab/build/namespace.hpp"

namespace hairpin::load_lab {
namespace {

using namespace std::chrono_literals;

constexpr int kSkipped = 77;
/// Five times what reported medians may be off by (2 %) is 8 ms in 400: more than a busy machine adds.
constexpr auto kDelay = 200ms;

const IpAddress kClient = *parse_address("10.9.0.1"), kServer = *parse_address("10.9.0.2");

bool is_well(const Result<>& done) {
  EXPECT_TRUE(done) << describe(done.error());
  return done.has_value();
}

struct Places {
  lab::NetworkNamespace wire, server, client;
};

std::optional<Places> build() {
  auto wire = lab::NetworkNamespace::create("wire"), server = lab::NetworkNamespace::create("server"),
       client = lab::NetworkNamespace::create("client");
  if (!wire || !server || !client) return {};
  const lab::Interface to_client{"eth0", "", "to-client", {{2, 0, 10, 9, 0, 1}}, {}}, to_server{"eth0", "", "to-server", {{2, 0, 10, 9, 0, 2}}, {}};
  bool is_built = is_well(wire->add_cable(0, to_client, *client)) && is_well(wire->add_cable(0, to_server, *server));
  const auto settle = [&](const lab::NetworkNamespace& place, const IpAddress& address) {
    is_built = is_built && is_well(place.enter()) && is_well(place.bring_up("lo")) && is_well(place.bring_up("eth0")) &&
               is_well(place.add_address("eth0", {address, 24}));
  };
  settle(*server, kServer);
  settle(*client, kClient);
  if (!is_built) return {};
  return Places{std::move(*wire), std::move(*server), std::move(*client)};
}

/// In a child, because namespaces are entered for good; its failures are the caller's.
void between_three_places(const std::function<void(const Places&)>& body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    int status = kSkipped;
    if (::geteuid() == 0) {
      const auto places = build();
      if (places) body(*places);
      status = places && !testing::Test::HasFailure() ? 0 : 1;
    }
    std::fflush(nullptr);
    ::_exit(status);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kSkipped) GTEST_SKIP() << "no right to make a network namespace";
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "in the child: see above";
}

LoadObservation load_of(const Endpoint& to, double rate, milliseconds sustain) {
  auto order = order_for(to);
  order.shape.arrivals = Arrivals::constant;
  order.shape.rate = rate;
  order.shape.connections = 200;
  order.shape.limit = 20'000ms;
  order.shape.phases.sustain = sustain;
  return run(order);
}

double ms(nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

double half_ms(const std::string& encoded) { return ms(Histogram::decode(encoded).value().percentile(50)); }

TEST(Accuracy, OfMediansIsTwoPerCent) {
  between_three_places([](const Places& places) {
    ASSERT_TRUE(is_well(places.server.enter()));
    PlainServer server([](std::uint64_t) { return ok("x"); }, kServer);
    ASSERT_TRUE(is_well(places.wire.enter()));
    Wire wire("to-client", "to-server", kDelay);
    ASSERT_TRUE(is_well(places.client.enter()));
    const auto load = load_of(server.endpoint(), 50, 3'000ms);
    wire.end();
    const auto truth = wire.medians();
    EXPECT_EQ(load.sustained.completed, 150U) << load.first_failure;
    EXPECT_EQ(truth.connections, 150U);
    EXPECT_GE(truth.to_syn_ack, 2 * kDelay);
    const auto connect = ms(truth.to_syn_ack), answer = ms(truth.to_answer);
    EXPECT_NEAR(half_ms(load.times.connect), connect, 0.02 * connect);
    EXPECT_NEAR(half_ms(load.times.first_byte), answer, 0.02 * answer);
    EXPECT_NEAR(half_ms(load.times.last_byte), answer, 0.02 * answer);
    EXPECT_NEAR(half_ms(load.times.service), answer, 0.02 * answer);
    EXPECT_EQ(load.counts.repeated_syns, 0U);
    std::printf("median, ms: connect %.2f (wire %.2f), first byte %.2f (wire %.2f)\n", half_ms(load.times.connect), connect,
                half_ms(load.times.first_byte), answer);
  });
}

std::string output_of(const std::string& command) {
  std::string text;
  auto* const pipe = ::popen(command.c_str(), "r");
  if (!pipe) return text;
  std::array<char, 1024> chunk{};
  while (const auto count = std::fread(chunk.data(), 1, chunk.size(), pipe)) text.append(chunk.data(), count);
  ::pclose(pipe);
  return text;
}

/// "… packets 30 bytes 1800 …"
std::uint64_t packets_of(const std::string& counter) {
  const auto at = counter.find("packets ");
  return at == std::string::npos ? 0 : std::stoull(counter.substr(at + 8));
}

TEST(Accuracy, OfLostSynsIsExact) {
  if (output_of("nft --version 2>&1").find("nftables") == std::string::npos) GTEST_SKIP() << "nft is not installed";
  between_three_places([](const Places& places) {
    ASSERT_TRUE(is_well(places.server.enter()));
    const auto refused = output_of(
        "nft 'table ip loss { counter lost { }\n chain in { type filter hook input priority 0\n"
        " tcp flags & (syn | ack) == syn numgen inc mod 5 0 counter name lost drop\n }\n }' 2>&1");
    ASSERT_EQ(refused, "");
    PlainServer server([](std::uint64_t) { return ok("x"); }, kServer);
    ASSERT_TRUE(is_well(places.wire.enter()));
    Wire wire("to-client", "to-server", 5ms);
    ASSERT_TRUE(is_well(places.client.enter()));
    const auto load = load_of(server.endpoint(), 60, 2'000ms);
    wire.end();
    ASSERT_TRUE(is_well(places.server.enter()));
    const auto lost = packets_of(output_of("nft list counter ip loss lost"));
    EXPECT_EQ(load.counts.completed, 120U) << load.first_failure;
    EXPECT_GE(lost, 24U);
    EXPECT_EQ(load.counts.repeated_syns, lost);
    EXPECT_GE(percentile(load.times.connect, 95), 1'000ms) << "a lost SYN costs a second";
    std::printf("lost SYNs: %llu by the counter, %llu reported\n", static_cast<unsigned long long>(lost),
                static_cast<unsigned long long>(load.counts.repeated_syns));
  });
}

}  // namespace
}  // namespace hairpin::load_lab

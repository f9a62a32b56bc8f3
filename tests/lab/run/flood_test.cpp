// SPDX-License-Identifier: Apache-2.0
// Very many connections that say nothing, and a run beside them.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <thread>

#include "net/control/session.hpp"
#include "net/stream.hpp"
#include "runs.hpp"

namespace hairpin {
namespace {

// With a sanitizer the agent takes so few of them a second from the kernel's queue (4,096) that the coordinator's own SYN,
// which a full queue drops, is not repeated in time on busy cores: fewer than the queue holds.
constexpr rlim_t kWanted = test::kIsInstrumented ? 2'000 : 10'000;
constexpr rlim_t kOurOwn = 200;  ///< descriptors that this process needs beside them

/// Raises this process' limit of descriptors; how many idle connections it may hold.
std::size_t room_for_connections() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min(limit.rlim_max, kWanted + kOurOwn);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<std::size_t>(std::min(kWanted, limit.rlim_cur - kOurOwn));
}

std::size_t descriptors_of(const test::Program& program) {
  const auto folder = std::filesystem::path("/proc") / std::to_string(program.id()) / "fd";
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(Flood, OfIdleConnectionsKeepsNoCoordinatorOut) {
  if (!test::want_of_network().empty()) GTEST_SKIP() << test::want_of_network();
  const test::Site site;
  test::make_keys(site.folder() / "pki");
  const auto pki = (site.folder() / "pki").string();
  const auto client = site.start_agent("client1", {"--listen", "127.0.0.1:7411", "--pki", pki});
  const auto member = site.start_agent("oc01", {"--listen", "127.0.0.1:7412", "--pki", pki});
  const auto kib_before = member->resident_kib();
  const auto descriptors_before = descriptors_of(*member);

  const auto count = room_for_connections();  // after the agents: they keep their own limit
  if (count < kWanted) std::printf("%zu connections: this process may not open more\n", count);
  // From an address of its own: what the kernel's full queue turned away comes again, later than the coordinator, and
  // one address shares its own room (ServeLimits).
  const Endpoint flooder{*parse_address("127.0.0.2"), 0};
  std::vector<net::Connecting> idle;
  for (std::size_t i = 0; i < count; ++i) {
    auto connecting = net::begin_connect(net::Dial(*parse_endpoint("127.0.0.1:7412"), flooder));
    ASSERT_TRUE(connecting) << i << ": " << describe(connecting.error());
    idle.push_back(std::move(*connecting));
  }
  const auto topology = site.topology("127.0.0.1:7411", "127.0.0.1:7412");
  auto options = test::quiet_options();
  options.pki_directory = pki;
  const auto collected = test::collect_from(topology, options);
  for (const auto& agent : collected.observations.agents)
    EXPECT_TRUE(agent.host == "bigip" || agent.state == AgentState::ready)
        << agent.host << ": " << agent.detail;
  EXPECT_GE(collected.observations.probes.size(), 3U);
  // The run's own connections are still closing when it ends, and the agent still works through the kernel's queue: a
  // connection that a newer one drove out keeps its descriptor until its coroutine has ended. It comes to rest.
  const auto most = descriptors_before + control::ServeLimits{}.most_handshakes + 10;
  auto held = descriptors_of(*member);
  for (int i = 0; i < 100 && held > most; ++i) {
    std::this_thread::sleep_for(milliseconds(100));
    held = descriptors_of(*member);
  }
  EXPECT_LE(held, most);
  const auto kib_after = member->resident_kib();
  std::printf("%zu idle connections: the agent has %zu KiB, %zu before\n", count, kib_after, kib_before);
  if (!test::kIsInstrumented) { EXPECT_LE(kib_after, 32U * 1024); }  // 64 handshakes and a run, not 10,000
}

}  // namespace
}  // namespace hairpin

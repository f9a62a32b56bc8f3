// SPDX-License-Identifier: Apache-2.0
#include "topology/host/host_view.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>

#include "own_network.hpp"

namespace hairpin::host {
namespace {

using lab_tests::in_own_network;
using testing::Contains;
using testing::ElementsAre;
using testing::Key;

IpAddress address(const char* text) { return parse_address(text).value(); }
Prefix prefix(const char* text) { return parse_prefix(text).value(); }

InterfaceFacts interface_named(const std::string& name) {
  const auto all = interfaces();
  EXPECT_TRUE(all);
  const auto found =
      std::find_if(all->begin(), all->end(), [&](const auto& facts) { return facts.name == name; });
  EXPECT_NE(found, all->end()) << name;
  return found == all->end() ? InterfaceFacts{} : *found;
}

TEST(HostView, SeesLoopback) {
  in_own_network([] {
    const auto lo = interface_named("lo");
    EXPECT_TRUE(lo.is_loopback);
    EXPECT_TRUE(lo.is_up);
    EXPECT_EQ(lo.index, 1);
    EXPECT_EQ(lo.mac, MacAddress{});
    EXPECT_THAT(lo.addresses, ElementsAre(address("127.0.0.1"), address("::1")));
    EXPECT_THAT(lo.prefixes, ElementsAre(prefix("127.0.0.0/8"), prefix("::1/128")));
    EXPECT_TRUE(lo.reverse_path_filter);
  });
}

TEST(HostView, SeesACableWithItsAddresses) {
  in_own_network([] {
    const auto v0 = interface_named("v0");
    EXPECT_FALSE(v0.is_loopback);
    EXPECT_TRUE(v0.is_up);
    EXPECT_EQ(to_string(v0.mac), "02:00:00:00:00:01");
    EXPECT_EQ(v0.mtu_bytes, 1500u);
    EXPECT_THAT(v0.addresses, Contains(address("10.1.0.1")));
    EXPECT_THAT(v0.addresses, Contains(address("2001:db8:1::1")));
    EXPECT_THAT(v0.prefixes, Contains(prefix("10.1.0.0/24")));
    EXPECT_THAT(v0.prefixes, Contains(prefix("2001:db8:1::/64")));
    EXPECT_FALSE(interface_named("v1").reverse_path_filter) << "no IPv4 there";
  });
}

TEST(HostView, AsksTheKernelForRoutes) {
  in_own_network([] {
    const auto near = route_to(address("10.1.0.77")).value();
    EXPECT_EQ(near.interface, "v0");
    EXPECT_EQ(near.source, address("10.1.0.1"));
    EXPECT_FALSE(near.via);
    EXPECT_FALSE(near.is_local);
    EXPECT_EQ(near.error, "");
    const auto near6 = route_to(address("2001:db8:1::77")).value();
    EXPECT_EQ(near6.interface, "v0");
    EXPECT_EQ(near6.source, address("2001:db8:1::1"));
    EXPECT_TRUE(route_to(address("10.1.0.1"))->is_local);
    // The kernel installs the local route of a new IPv6 address from a work queue.
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (!route_to(address("2001:db8:1::1"))->is_local && std::chrono::steady_clock::now() < until) continue;
    EXPECT_TRUE(route_to(address("2001:db8:1::1"))->is_local);
  });
}

TEST(HostView, SaysThatThereIsNoRouteInTheKernelsWords) {
  in_own_network([] {
    for (const auto* far : {"192.0.2.1", "2001:db8:9::1"}) {
      const auto route = route_to(address(far));
      ASSERT_TRUE(route) << "no route is a fact";
      EXPECT_EQ(route->error, "Network is unreachable") << far;
      EXPECT_EQ(route->to, address(far));
    }
  });
}

TEST(HostView, CountsWhatTheKernelCounts) {
  in_own_network([] {
    const auto before = counters();
    for (const auto* name : {"TcpOutRsts", "TcpExtTCPSynRetrans", "TcpExtEmbryonicRsts",
                             "TcpExtIPReversePathFilter", "IpInReceives", "IpInDelivers", "Ip6InReceives"})
      EXPECT_THAT(before, Contains(Key(name)));
    ASSERT_TRUE(lab_tests::converse_over_loopback(444));
    auto after = counters();
    EXPECT_EQ(after["TcpPassiveOpens"], before.at("TcpPassiveOpens") + 1);
  });
}

TEST(HostView, KnowsItsKernel) { EXPECT_FALSE(kernel_release().empty()); }

TEST(HostView, HasNoNeighboursAtFirst) {
  in_own_network([] {
    const auto all = neighbours();
    ASSERT_TRUE(all);
    EXPECT_TRUE(all->empty());
  });
}

}  // namespace
}  // namespace hairpin::host

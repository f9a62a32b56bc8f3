// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/scope.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scene/scene.hpp"

namespace hairpin {
namespace {

using testing::HasSubstr;

/// Two pools, each with a virtual server of the same name.
Topology two_pools() {
  auto topology = test::seed_topology(Family::ipv4);
  auto second = topology.pools.front();
  second.name = "pool02";
  topology.pools.push_back(second);
  for (auto& host : topology.hosts)
    if (!host.agent) host.agent.emplace();
  return topology;
}

Result<LoadScope> scope_of(const Topology& topology, const std::string& name) {
  LoadOptions options;
  options.virtual_server = name;
  options.rate = 10;
  return load_scope(topology, make_plan(topology), options);
}

TEST(LoadScope, NamesAVirtualServerWithItsPool) {
  const auto topology = two_pools();
  const auto& name = topology.pools.front().virtual_servers.front().name;
  const auto second = scope_of(topology, "pool02/" + name);
  ASSERT_TRUE(second) << describe(second.error());
  EXPECT_EQ(second->target.pool, "pool02");
  const auto any = scope_of(topology, "");
  ASSERT_TRUE(any) << describe(any.error());
  EXPECT_EQ(any->target.pool, topology.pools.front().name);
  const auto both = scope_of(topology, name);
  ASSERT_FALSE(both);
  EXPECT_THAT(describe(both.error()), HasSubstr("several pools have one of that name; name one of " + topology.pools.front().name + "/" + name + ", pool02/" + name));
  const auto none = scope_of(topology, "pool03/" + name);
  ASSERT_FALSE(none);
  EXPECT_THAT(describe(none.error()), HasSubstr("no virtual server of that name; name one of"));
}

TEST(LoadScope, ANameThatOnePoolHasIsEnough) {
  auto topology = two_pools();
  topology.pools.back().virtual_servers.front().name = "other";
  const auto other = scope_of(topology, "other");
  ASSERT_TRUE(other) << describe(other.error());
  EXPECT_EQ(other->target.pool, "pool02");
}

}  // namespace
}  // namespace hairpin

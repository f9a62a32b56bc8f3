// SPDX-License-Identifier: Apache-2.0
#include "checks/monitors.hpp"

#include <gmock/gmock.h>

#include "trips.hpp"

namespace hairpin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Monitors : public testing::Test {
 protected:
  Monitors() {
    Pool pool;
    pool.load_balancer = "bigip";
    pool.members = {"oc01", "oc02"};
    pool.virtual_servers.emplace_back().name = "mcu";
    topology.pools.push_back(pool);
    roster.addresses_of["bigip"] = {*parse_address("10.137.2.5")};
  }
  void knock(const char* host, const char* from, const char* to) {
    auto& packet = observations.packets.emplace_back();
    packet.host = host;
    packet.flags = kSyn;
    packet.direction = Direction::in;
    packet.tuple = {test::at(from), test::at(to)};
  }
  void accept(const char* host, const char* from, const char* at, int count) {
    for (int i = 0; i < count; ++i) {
      auto& accepted = observations.responders.emplace_back();
      accepted.host = host;
      accepted.local = test::at(at);
      accepted.peer = test::at(from);
    }
  }
  std::vector<std::string> waiting() const {
    return members_awaiting_monitor(topology, roster, observations);
  }

  Topology topology;
  Roster roster;
  Observations observations;
};

TEST_F(Monitors, NobodyWaitsForABalancerThatDoesNotKnock) {
  knock("oc01", "10.137.2.22:5000", "10.137.2.21:444");  // a neighbour is no balancer
  knock("oc01", "10.137.2.5:5000", "10.137.2.21:22");    // another port is no service
  EXPECT_THAT(waiting(), IsEmpty());
  EXPECT_FALSE(has_monitor(topology, roster, observations));
}

TEST_F(Monitors, AKnockMeansThatEveryMemberIsVisited) {
  knock("oc01", "10.137.2.5:5000", "10.137.2.21:444");
  EXPECT_THAT(waiting(), ElementsAre("oc01", "oc02"));
  EXPECT_TRUE(has_monitor(topology, roster, observations));
}

TEST_F(Monitors, AMemberIsFoundAfterThreeVisits) {
  accept("oc01", "10.137.2.5:5000", "10.137.2.21:444", 3);
  accept("oc02", "10.137.2.5:5000", "10.137.2.22:444", 2);
  EXPECT_THAT(waiting(), ElementsAre("oc02"));
  accept("oc02", "10.137.2.5:5000", "10.137.2.22:444", 1);
  EXPECT_THAT(waiting(), IsEmpty());
}

TEST_F(Monitors, WhatTheBalancerOpensForUsIsNoVisit) {
  topology.pools[0].name = "pool";
  auto& probe = observations.probes.emplace_back();
  probe.target.pool = "pool";
  probe.started = WallTime(std::chrono::seconds(100));
  probe.ended = WallTime(std::chrono::seconds(101));
  knock("oc01", "10.137.2.5:5000", "10.137.2.21:444");
  for (const int at : {100, 102, 104}) {
    observations.packets.back().time = WallTime(std::chrono::seconds(at));
    EXPECT_FALSE(has_monitor(topology, roster, observations)) << at;
  }
  observations.packets.back().time = WallTime(std::chrono::seconds(106));
  EXPECT_TRUE(has_monitor(topology, roster, observations));
}

TEST_F(Monitors, ATripIsNoVisit) {
  accept("oc01", "10.137.2.5:5000", "10.137.2.21:444", 1);
  observations.responders.back().trip = TripId();
  EXPECT_FALSE(has_monitor(topology, roster, observations));
}

TEST(TurnedAway, IsARunWhoseEveryTripWasRefusedOrClosed) {
  test::Trips trips;
  EXPECT_FALSE(are_all_turned_away(trips.all));
  trips.add("client1", "", End::refused, 0);
  trips.add("client1", "", End::closed, 100);
  EXPECT_TRUE(are_all_turned_away(trips.all));
}

TEST(TurnedAway, IsNoneThatReachedAMemberOrWasSilent) {
  for (const auto& [member, end] : {std::pair{"oc01", End::refused}, std::pair{"", End::silent},
                                    std::pair{"", End::answered}, std::pair{"", End::decided}}) {
    test::Trips trips;
    trips.add("client1", "", End::refused, 0);
    trips.add("client1", member, end, 100);
    EXPECT_FALSE(are_all_turned_away(trips.all)) << static_cast<int>(end);
  }
}

}  // namespace
}  // namespace hairpin

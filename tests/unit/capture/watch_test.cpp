// SPDX-License-Identifier: Apache-2.0
#include "capture/watch.hpp"

#include <gmock/gmock.h>

#include "observed.hpp"

namespace hairpin::capture {
namespace {

using namespace testing_packets;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t kIsn = 0xffffffff;  ///< ISN+1 wraps
constexpr std::uint32_t kTimestamp = 0xfffffff0;
constexpr std::uint32_t kProxyIsn = 5000;

TripId trip_id(std::uint8_t number) {
  TripId id;
  id.bytes[0] = number;
  return id;
}

/// The seed case seen from oc01: its own trips to the VIP, with oc02 as the other member.
class WatchAtOc01 : public testing::TestWithParam<Family> {
 protected:
  std::string end(int last, int port) const {
    const auto address = GetParam() == Family::ipv4 ? "10.137.2." : "[2001:db8:2::";
    return address + std::to_string(last) + (GetParam() == Family::ipv4 ? ":" : "]:") + std::to_string(port);
  }
  std::string own(int port) const { return end(21, port); }
  std::string vip() const { return end(11, 444); }
  std::string oc02() const { return end(22, 444); }
  std::string own_service() const { return end(21, 444); }

  void see_out(int time_ms, const std::string& from, const std::string& to, std::uint32_t isn = kIsn,
               std::uint32_t timestamp = kTimestamp) {
    watch.see(seen(time_ms, from, to, kSyn,
                   {.sequence = isn, .direction = Direction::out, .timestamp_value = timestamp}));
  }
  void see_syn_in(int time_ms, const std::string& from, const std::string& to, std::uint32_t isn) {
    watch.see(seen(time_ms, from, to, kSyn, {.sequence = isn, .direction = Direction::in}));
  }
  void see_answer(int time_ms, const std::string& from, const std::string& to, std::uint32_t isn,
                  std::optional<std::uint32_t> echo = {}) {
    watch.see(seen(
        time_ms, from, to, kSyn | kAck,
        {.sequence = 77, .acknowledgement = isn + 1, .direction = Direction::in, .timestamp_echo = echo}));
  }
  void begin_trip(std::uint8_t number, int time_ms, int port, std::uint32_t isn = kIsn) {
    watch.dialled(tuple(own(port), vip()), trip_id(number));
    see_out(time_ms, own(port), vip(), isn);
  }

  std::vector<std::string> decided;  ///< "1 third_address"
  Watch watch{{parse_endpoint(own(1))->address},
              {parse_endpoint(own_service()).value(), parse_endpoint(oc02()).value()},
              [this](const TripId& trip, Decision decision, const PacketObservation&) {
                decided.push_back(std::to_string(trip.bytes[0]) + " " +
                                  boost::describe::enum_to_string(decision, "?"));
              }};
};

INSTANTIATE_TEST_SUITE_P(, WatchAtOc01, testing::Values(Family::ipv4, Family::ipv6),
                         [](const auto& which) { return which.param == Family::ipv4 ? "Ipv4" : "Ipv6"; });

// Key 5a
// ---------------------------------------------------------------------------------------------------------

TEST_P(WatchAtOc01, IsDecidedByAThirdAddressThatAnswersTheTripsSyn) {
  begin_trip(1, 0, 50000);
  see_answer(1, oc02(), own(50000), kIsn, kTimestamp);
  EXPECT_THAT(decided, ElementsAre("1 third_address"));
}

TEST_P(WatchAtOc01, IsDecidedByAMembersRefusalOfTheTripsSyn) {
  const auto refuse = [&](const std::string& from, std::uint32_t isn) {
    watch.see(seen(1, from, own(50000), kRst | kAck, {.acknowledgement = isn + 1, .direction = Direction::in}));
  };
  begin_trip(1, 0, 50000);
  refuse(vip(), kIsn);  // the probe hears that itself
  refuse(oc02(), kIsn + 7);
  EXPECT_TRUE(decided.empty());
  refuse(oc02(), kIsn);
  EXPECT_THAT(decided, ElementsAre("1 third_address"));
}

/// The kernel gave the trip the port of direct controls to the same member, whose answers are repeated: their ACKs were lost.
TEST_P(WatchAtOc01, IsDecidedByAMemberThatWasDialledFromThatPortBefore) {
  for (const std::uint32_t isn : {kIsn - 2000, kIsn - 1000}) {
    watch.dialled(tuple(own(50000), oc02()), trip_id(1));
    see_out(0, own(50000), oc02(), isn);
    watch.ended(trip_id(1));
  }
  begin_trip(2, 10, 50000);
  for (const std::uint32_t isn : {kIsn - 2000, kIsn - 1000}) see_answer(11, oc02(), own(50000), isn, kTimestamp);
  EXPECT_THAT(decided, IsEmpty());
  see_answer(12, oc02(), own(50000), kIsn, kTimestamp);
  EXPECT_THAT(decided, ElementsAre("2 third_address"));
}

TEST_P(WatchAtOc01, IsDecidedByAThirdAddressWithoutTimestamps) {
  begin_trip(1, 0, 50000);
  see_answer(1, oc02(), own(50000), kIsn);
  EXPECT_THAT(decided, ElementsAre("1 third_address"));
}

TEST_P(WatchAtOc01, IsDecidedByAnUndeclaredThirdAddressAndByAnotherPort) {
  begin_trip(1, 0, 50000);
  see_answer(1, end(99, 444), own(50000), kIsn, kTimestamp);
  begin_trip(2, 10, 50001);
  see_answer(11, end(11, 8443), own(50001), kIsn, kTimestamp);
  EXPECT_THAT(decided, ElementsAre("1 third_address", "2 third_address"));
}

TEST_P(WatchAtOc01, AcceptsTheEchoOfARetransmittedSyn) {
  begin_trip(1, 0, 50000);
  see_out(1000, own(50000), vip(), kIsn, kTimestamp + 1000);  // wraps
  see_answer(1001, oc02(), own(50000), kIsn, kTimestamp + 1000);
  EXPECT_THAT(decided, ElementsAre("1 third_address"));
}

TEST_P(WatchAtOc01, IsNotDecidedByAnEchoThatNoSynOfOursCarried) {
  begin_trip(1, 0, 50000);
  see_answer(1, end(99, 444), own(50000), kIsn, kTimestamp + 1);
  see_answer(1, end(99, 444), own(50000), kIsn, kTimestamp - 1);
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, IsNotDecidedByAnotherAcknowledgementFromAStranger) {
  begin_trip(1, 0, 50000);
  see_answer(1, end(99, 444), own(50000), kIsn + 1, kTimestamp);
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, IsNotDecidedBeforeItsSynWasSeenLeaving) {
  watch.dialled(tuple(own(50000), vip()), trip_id(1));
  see_answer(1, oc02(), own(50000), kIsn, kTimestamp);
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, IsNotDecidedByTheVip) {
  begin_trip(1, 0, 50000);
  see_answer(1, vip(), own(50000), kIsn, kTimestamp);  // nPath or any good answer
  see_answer(2, vip(), own(50000), kIsn, kTimestamp);
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, IsDecidedOnce) {
  begin_trip(1, 0, 50000);
  see_answer(1, oc02(), own(50000), kIsn, kTimestamp);
  see_answer(2, oc02(), own(50000), kIsn, kTimestamp);
  see_syn_in(3, own(50000), own_service(), kIsn);
  EXPECT_EQ(decided.size(), 1u);
}

TEST_P(WatchAtOc01, IsNotDecidedByASynAckThatLeaves) {
  begin_trip(1, 0, 50000);
  watch.see(seen(1, own_service(), end(22, 60000), kSyn | kAck,
                 {.acknowledgement = 1, .direction = Direction::out}));
  watch.see(
      seen(1, oc02(), own(50000), kSyn | kAck, {.acknowledgement = kIsn + 1}));  // nobody knows which way
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, TellsTripsThatRunTogetherApart) {
  begin_trip(1, 0, 50000, 100);
  begin_trip(2, 0, 50001, 200);
  see_answer(1, oc02(), own(50001), 200, kTimestamp);
  EXPECT_THAT(decided, ElementsAre("2 third_address"));
}

TEST_P(WatchAtOc01, IsNotDecidedByTheThirdAddressOfAnEndedTrip) {
  begin_trip(1, 0, 50000, 100);
  watch.ended(trip_id(1));
  begin_trip(2, 10, 50001, 200);
  see_answer(11, oc02(), own(50000), 100, kTimestamp);
  see_answer(12, oc02(), own(50000), 100, kTimestamp);
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, MayBeEndedByTheOneWhomItTells) {
  Watch* told = nullptr;
  int count = 0;
  Watch ends_at_once({parse_endpoint(own(1))->address}, {}, [&](const TripId& trip, Decision, const auto&) {
    ++count;
    told->ended(trip);
  });
  told = &ends_at_once;
  ends_at_once.dialled(tuple(own(50000), vip()), trip_id(1));
  ends_at_once.see(seen(0, own(50000), vip(), kSyn, {.sequence = 5, .direction = Direction::out}));
  for (int i = 0; i < 2; ++i)
    ends_at_once.see(
        seen(1, oc02(), own(50000), kSyn | kAck, {.acknowledgement = 6, .direction = Direction::in}));
  EXPECT_EQ(count, 1);
}

// Key 5b
// ---------------------------------------------------------------------------------------------------------

TEST_P(WatchAtOc01, IsDecidedByAMemberThatAnswersAProxysSyn) {
  begin_trip(1, 0, 50000);
  see_answer(1, vip(), own(50000), kIsn, kTimestamp);
  see_answer(2, oc02(), own(34567), kProxyIsn, 9);  // HAProxy `usesrc clientip`: its own port, ISN and TSval
  EXPECT_THAT(decided, ElementsAre("1 inferred_third_address"));
}

TEST_P(WatchAtOc01, IsDecidedByAMemberThatAnswersAProxyWhichKeepsThePort) {
  begin_trip(1, 0, 50000);
  see_answer(2, oc02(), own(50000), kProxyIsn, 9);
  EXPECT_THAT(decided, ElementsAre("1 inferred_third_address"));
}

TEST_P(WatchAtOc01, IsNotDecidedByAStrangersSynAck) {
  begin_trip(1, 0, 50000);
  see_answer(2, end(99, 444), own(34567), kProxyIsn);
  see_answer(2, end(22, 445), own(34567), kProxyIsn);  // a member, another service
  see_answer(2, oc02(), end(99, 34567), kProxyIsn);    // to another host
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, IsNotDecidedByTheDirectControl) {
  begin_trip(1, 0, 50000);
  watch.dialled(tuple(own(50002), oc02()), trip_id(2));
  see_out(1, own(50002), oc02(), 300);
  see_answer(2, oc02(), own(50002), 300, kTimestamp);
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, NeverDecidesADirectControl) {
  watch.dialled(tuple(own(50002), oc02()), trip_id(2));
  see_out(1, own(50002), oc02(), 300);
  see_answer(2, end(99, 444), own(50002), 300, kTimestamp);
  see_answer(2, oc02(), own(34567), kProxyIsn);
  see_syn_in(3, own(50002), own_service(), 300);
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, IsNotDecidedByAnotherProgramsConnectionToAMember) {
  begin_trip(1, 0, 50000);
  see_out(1, own(61000), oc02(), 300);
  see_answer(2, oc02(), own(61000), 300, kTimestamp);
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, IsNotDecidedByAnotherProgramsBrokenTripThroughTheVip) {
  see_out(-9000, own(61000), vip(), 300);
  begin_trip(1, 0, 50000);
  see_answer(2, oc02(), own(61000), 300, kTimestamp);  // its third address, L4
  see_answer(3, oc02(), own(61000), kProxyIsn);        // … by a proxy that keeps the port
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, IsNotDecidedWhileAnotherProgramMayBeTheOne) {
  begin_trip(1, 0, 50000);
  see_out(1, own(61000), vip(), 300);
  see_answer(2, oc02(), own(34567), kProxyIsn);
  EXPECT_THAT(decided, IsEmpty());
  see_answer(3500, oc02(), own(34568), kProxyIsn);  // too late to be that program's
  EXPECT_THAT(decided, ElementsAre("1 inferred_third_address"));
}

TEST_P(WatchAtOc01, IsNotDecidedByRetransmissionsOfAnEarlierTripsProxy) {
  begin_trip(1, 0, 50000, 100);
  see_answer(2, oc02(), own(34567), kProxyIsn);
  watch.ended(trip_id(1));
  begin_trip(2, 40, 50001, 200);
  see_answer(1002, oc02(), own(34567), kProxyIsn);
  EXPECT_THAT(decided, ElementsAre("1 inferred_third_address"));
  see_answer(1003, oc02(), own(34568), kProxyIsn + 9);
  EXPECT_THAT(decided, ElementsAre("1 inferred_third_address", "2 inferred_third_address"));
}

TEST_P(WatchAtOc01, IsNotDecidedByRetransmissionsThatBeganWhenNoTripWasOpen) {
  see_answer(-5, oc02(), own(34567), kProxyIsn);
  begin_trip(1, 0, 50000);
  see_answer(5, oc02(), own(34567), kProxyIsn);
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, IsNotDecidedWhenTwoTripsCouldBeMeant) {
  begin_trip(1, 0, 50000, 100);
  begin_trip(2, 0, 50001, 200);
  see_answer(2, oc02(), own(34567), kProxyIsn);
  EXPECT_THAT(decided, IsEmpty());
  see_answer(3, oc02(), own(50001), kProxyIsn);
  EXPECT_THAT(decided, ElementsAre("2 inferred_third_address")) << "the kept port tells";
}

TEST_P(WatchAtOc01, CountsATripThatIsDecidedAsACandidateUntilItEnds) {
  begin_trip(1, 0, 50000, 100);
  see_answer(1, oc02(), own(50000), 100, kTimestamp);
  begin_trip(2, 2, 50001, 200);
  see_answer(3, oc02(), own(34567), kProxyIsn);
  EXPECT_THAT(decided, ElementsAre("1 third_address"));
}

TEST_P(WatchAtOc01, IsNotDecidedByWhatWasCapturedBeforeItsSyn) {
  begin_trip(1, 100, 50000);
  see_answer(99, oc02(), own(34567), kProxyIsn);
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, IsDecidedThoughTheTripBeforeItWasOurs) {
  for (std::uint8_t number = 1; number <= 3; ++number) {
    begin_trip(number, number * 100, 50000 + number, number * 10u);
    watch.ended(trip_id(number));
  }
  watch.dialled(tuple(own(50010), vip()), trip_id(4));
  watch.ended(trip_id(4));
  see_out(400, own(50010), vip(), 400);  // its SYN is read after it ended
  begin_trip(5, 500, 50011);
  see_answer(501, oc02(), own(34567), kProxyIsn);
  EXPECT_THAT(decided, ElementsAre("5 inferred_third_address"));
}

TEST_P(WatchAtOc01, OfTheOtherFamilyIsNoCandidate) {
  const bool is_v4 = GetParam() == Family::ipv4;
  const auto other_own = is_v4 ? "[2001:db8:2::21]:50000" : "10.137.2.21:50000";
  const auto other_vip = is_v4 ? "[2001:db8:2::11]:444" : "10.137.2.11:444";
  watch.dialled(tuple(other_own, other_vip), trip_id(1));
  watch.see(seen(0, other_own, other_vip, kSyn, {.sequence = 1, .direction = Direction::out}));
  see_answer(1, oc02(), own(34567), kProxyIsn);
  EXPECT_THAT(decided, IsEmpty());
}

// The self-hairpin
// -----------------------------------------------------------------------------------------------

TEST_P(WatchAtOc01, IsDecidedByItsOwnSynThatComesBack) {
  begin_trip(1, 0, 50000);
  see_syn_in(1, own(50000), own_service(), kIsn);
  EXPECT_THAT(decided, ElementsAre("1 came_back"));
}

TEST_P(WatchAtOc01, IsDecidedByAProxysSynFromThisHostsAddress) {
  begin_trip(1, 0, 50000);
  see_syn_in(1, own(34567), own_service(), kProxyIsn);
  begin_trip(2, 10, 50001);
  watch.ended(trip_id(1));
  see_syn_in(11, own(50001), own_service(), kProxyIsn);  // … which keeps the port
  EXPECT_THAT(decided, ElementsAre("1 came_back", "2 came_back"));
}

TEST_P(WatchAtOc01, IsNotDecidedByAnotherSourcesSyn) {
  begin_trip(1, 0, 50000);
  see_syn_in(1, end(22, 50000), own_service(), kIsn);
  see_syn_in(1, end(5, 34567), own_service(), kProxyIsn);
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, IsNotDecidedByAProxysSynToElsewhere) {
  begin_trip(1, 0, 50000);
  see_syn_in(1, own(34567), oc02(), kProxyIsn);
  see_syn_in(1, own(34567), end(21, 22), kProxyIsn);
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, IsNotDecidedByWhatRunsOverLoopback) {
  begin_trip(1, 0, 50000);
  watch.see(seen(1, own(60000), own_service(), kSyn, {.sequence = 9}));  // direction unknown, as on lo
  watch.see(seen(1, own_service(), own(60000), kSyn | kAck, {.acknowledgement = 10}));
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, IsNotDecidedByTheSynOfAnEndedTripThatComesBackAgain) {
  begin_trip(1, 0, 50000, 100);
  watch.ended(trip_id(1));
  begin_trip(2, 10, 50001, 200);
  see_syn_in(11, own(50000), own_service(), 100);
  EXPECT_THAT(decided, IsEmpty());
}

TEST_P(WatchAtOc01, IsNotDecidedByAProxysRetransmittedSynForAnEarlierTrip) {
  begin_trip(1, 0, 50000, 100);
  see_syn_in(1, own(34567), own_service(), kProxyIsn);
  watch.ended(trip_id(1));
  begin_trip(2, 40, 50001, 200);
  see_syn_in(1001, own(34567), own_service(), kProxyIsn);
  EXPECT_THAT(decided, ElementsAre("1 came_back"));
}

TEST_P(WatchAtOc01, CountsTheFlowsItSees) {
  begin_trip(1, 0, 50000);
  see_answer(1, vip(), own(50000), kIsn, kTimestamp);
  ASSERT_EQ(watch.flows().size(), 1u);
  EXPECT_EQ(watch.flows().find(tuple(own(50000), vip()))->backward.packets, 1u);
}

}  // namespace
}  // namespace hairpin::capture

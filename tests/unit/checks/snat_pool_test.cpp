// SPDX-License-Identifier: Apache-2.0
#include "checks/snat_pool.hpp"
#include "tests/unit/checks/expect.hpp"

namespace hairpin {
namespace {

using test::Scene;

Finding after(int trips, const std::vector<std::string>& used) {
  Scene scene;
  scene.topology.pools[0].virtual_servers[0].expect.snat = {
      {{}, SnatType::pool, {*parse_address("10.137.2.201"), *parse_address("10.137.2.202")}}};
  for (int i = 0; i < trips; ++i)
    scene.answered("client1", "oc01", {.snat = used[static_cast<std::size_t>(i) % used.size()]});
  return *scene.finding(scene.judge(), "snat/pool01/mcu-factory");
}

TEST(SnatPool, AllAddressesInUsePass) {
  EXPECT_EQ(after(2, {"10.137.2.201", "10.137.2.202"}).verdict, Verdict::pass);
}

TEST(SnatPool, AnUnusedAddressWarnsOnceChanceIsExcluded) {
  const auto finding = after(10, {"10.137.2.201"});  // 2^-10 < 0.1 %
  EXPECT_EQ(finding.cause, "snat.pool-address-unused");
  EXPECT_EQ(finding.verdict, Verdict::warn);
  EXPECT_EQ(after(9, {"10.137.2.201"}).verdict, Verdict::skip);
}

TEST(SnatPool, WhereNoneIsUsedThePairsSayWhy) {
  EXPECT_EQ(after(20, {"10.137.2.77"}).verdict, Verdict::skip);
}

TEST(SeenSource, TheRespondersWordComesBeforeAnInferredThirdAddress) {
  ProbeObservation probe;
  ResponderObservation seen;
  seen.peer = {*parse_address("10.137.2.4"), 50'000};
  PacketObservation answer;
  answer.tuple.destination = {*parse_address("10.137.1.10"), 40'000};
  Trip trip;
  trip.probe = &probe;
  trip.responder = &seen;
  trip.third_address = &answer;
  trip.third_address_match = MatchKey::inferred;
  EXPECT_EQ(checks::seen_source(trip)->address, seen.peer.address);
}

TEST(SeenSource, AThirdAddressAnswersWhomItTookForItsClient) {
  Scene scene;
  for (const auto* host : {"bigip", "oc02"}) scene.blind(host);
  scene.topology.pools[0].virtual_servers[0].expect.snat = {{{}, SnatType::automap, {}}};
  scene.third_address("oc01", "oc02");
  EXPECT_EQ(scene.finding(scene.judge(), "snat/pool01/mcu-factory/oc01/oc02")->cause, "snat.absent");
}

}  // namespace
}  // namespace hairpin

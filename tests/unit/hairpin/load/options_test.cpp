// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace hairpin {
namespace {

using testing::Contains;
using testing::HasSubstr;

LoadOptions options_for(LoadTest test) {
  LoadOptions options;
  options.test = test;
  return options;
}

TEST(LoadOptions, MakeTheShapesOfTheRfc) {
  const auto connections = shape_of(options_for(LoadTest::connections));
  EXPECT_EQ(connections.arrivals, Arrivals::constant);
  EXPECT_EQ(connections.transactions, 1U);
  EXPECT_EQ(connections.phases.sustain, milliseconds(300'000));
  EXPECT_EQ(connections.phases.init, milliseconds(5'000));
  EXPECT_EQ(shape_of(options_for(LoadTest::throughput)).transactions, 10U);
  const auto concurrent = shape_of(options_for(LoadTest::concurrent));
  EXPECT_EQ(concurrent.arrivals, Arrivals::closed);
  EXPECT_EQ(concurrent.think, milliseconds(30'000));
}

TEST(LoadOptions, WinOverTheDefaults) {
  auto options = options_for(LoadTest::connections);
  options.connections = 7;
  options.transactions = 3;
  options.objects = {{9, 1}};
  options.seconds = 4;
  options.arrivals = "poisson";
  const auto shape = shape_of(options);
  EXPECT_EQ(shape.connections, 7U);
  EXPECT_EQ(shape.transactions, 3U);
  EXPECT_EQ(shape.objects, (std::vector<LoadObject>{{9, 1}}));
  EXPECT_EQ(shape.arrivals, Arrivals::poisson);
  EXPECT_EQ(shape.phases.sustain, milliseconds(4'000));
  EXPECT_EQ(shape.phases.ramp_up, milliseconds(1'000));
}

TEST(LoadOptions, DivideALoadAmongItsSources) {
  auto whole = shape_of(options_for(LoadTest::connections));
  whole.rate = 90;
  whole.connections = 10;
  std::uint32_t connections = 0;
  double rate = 0;
  for (std::uint32_t part = 0; part < 3; ++part) {
    connections += part_of(whole, part, 3).connections;
    rate += part_of(whole, part, 3).rate;
  }
  EXPECT_EQ(connections, 10U);
  EXPECT_DOUBLE_EQ(rate, 90);
  EXPECT_NE(part_of(whole, 0, 3).seed, part_of(whole, 1, 3).seed);
}

TEST(LoadOptions, SpreadTheArrivalsOfSources) {
  const auto part = part_of(shape_of(options_for(LoadTest::connections)), 1, 3);
  EXPECT_EQ(part.part, 1U);
  EXPECT_EQ(part.parts, 3U);
}

TEST(LoadOptions, GiveTrialsEnoughTransactionsWhereThatIsPossible) {
  auto options = options_for(LoadTest::connections);
  EXPECT_EQ(trial_phases(options, 500).sustain, milliseconds(10'000));
  EXPECT_EQ(trial_phases(options, 50).sustain, milliseconds(20'000));
  EXPECT_EQ(trial_phases(options, 1).sustain, milliseconds(60'000));
  EXPECT_NEAR(least_rate(options), 100.0 / 60, 1e-9);
  options.is_quick = true;
  EXPECT_EQ(trial_phases(options, 500).sustain, milliseconds(5'000));
  EXPECT_EQ(trial_phases(options, 1).sustain, milliseconds(20'000));
  options.seconds = 6;  // whoever wants less has less
  EXPECT_EQ(trial_phases(options, 1).sustain, milliseconds(6'000));
  EXPECT_EQ(trial_phases(options, 0).sustain, milliseconds(5'000));
}

TEST(LoadOptions, ReadObjectsWithTheirWeights) {
  const auto objects = parse_objects("64,1024:3");
  ASSERT_TRUE(objects) << describe(objects.error());
  EXPECT_EQ(*objects, (std::vector<LoadObject>{{64, 1}, {1024, 3}}));
  EXPECT_EQ(*parse_objects("0"), (std::vector<LoadObject>{{0, 1}}));
  for (const auto* const bad : {"", "64,", "x", "64:", "64:0", "64:1001", "64:1:2", "-1", "67108865", "1 2"})
    EXPECT_FALSE(parse_objects(bad)) << bad;
}

std::string misfit(const LoadOptions& options) {
  const auto found = misfit_of(options);
  return found ? found->option : "";
}

TEST(LoadOptions, RefuseWhatIsNoNumberAndWhatKeepsNothingOpen) {
  auto options = options_for(LoadTest::connections);
  options.rate = std::nan("");
  EXPECT_EQ(misfit(options), "--rate");
  options.rate = {};
  options.most = std::nan("");
  EXPECT_EQ(misfit(options), "--search");
  auto held = options_for(LoadTest::concurrent);
  EXPECT_EQ(misfit(held), "");
  held.transactions = 1;
  EXPECT_EQ(misfit(held), "--transactions");
}

TEST(LoadOptions, SayWhatMeansNothingBesideTheOthers) {
  auto options = options_for(LoadTest::connections);
  EXPECT_EQ(misfit(options), "--rate");  // neither it nor --search
  options.rate = 10;
  EXPECT_EQ(misfit(options), "");
  options.arrivals = "closed";
  EXPECT_EQ(misfit(options), "--rate");
  options.rate = {};
  EXPECT_EQ(misfit(options), "");
  options.most = 10;
  EXPECT_EQ(misfit(options), "--search");
  options.arrivals = "poisson";
  EXPECT_EQ(misfit(options), "");
  options.seconds = 3;
  EXPECT_EQ(misfit(options), "--seconds");
  options.seconds = 4;
  EXPECT_EQ(misfit(options), "");
  options.think = milliseconds(5);
  EXPECT_EQ(misfit(options), "--think");
  options.transactions = 2;
  EXPECT_EQ(misfit(options), "");
  options.connections = 3;
  options.threads = 4;
  EXPECT_EQ(misfit(options), "--threads");
}

TEST(LoadOptions, OfConcurrentConnectionsHaveNoRate) {
  auto options = options_for(LoadTest::concurrent);
  EXPECT_EQ(misfit(options), "");
  options.arrivals = "closed";
  EXPECT_EQ(misfit(options), "");
  options.arrivals = "constant";
  EXPECT_EQ(misfit(options), "--arrivals");
  options.arrivals = {};
  options.rate = 1;
  EXPECT_EQ(misfit(options), "--rate");
  options.rate = {};
  options.transactions = 0;
  EXPECT_EQ(misfit(options), "--transactions");
  options.think = milliseconds(100);
  EXPECT_EQ(misfit(options), "");
}

TEST(LoadOptions, LetNoConnectionRestUntilItsResponderEndsIt) {
  auto options = options_for(LoadTest::concurrent);
  options.seconds = 3'600;
  EXPECT_EQ(shape_of(options).think, milliseconds(60'000));
  EXPECT_THAT(deviations(options, shape_of(options)), Contains(HasSubstr("one every 60 s")));
  options.think = milliseconds(119'999);
  EXPECT_EQ(misfit(options), "");
  options.think = milliseconds(120'000);
  EXPECT_EQ(misfit(options), "--think");
}

TEST(LoadOptions, TellHowLongItMayTake) {
  auto options = options_for(LoadTest::connections);
  options.has_direct = false;
  options.rate = 100;
  EXPECT_EQ(worst_case(options), std::chrono::seconds(325));
  options.repeats = 3;
  EXPECT_EQ(worst_case(options), std::chrono::seconds(975));
}

TEST(LoadDeviations, AreNeverNone) {
  auto options = options_for(LoadTest::connections);
  const auto whole = deviations(options, shape_of(options));
  EXPECT_THAT(whole, Contains(HasSubstr("security devices")));
  EXPECT_THAT(whole, Not(Contains(HasSubstr("--quick"))));
  options.is_quick = options.resumes = true;
  options.transactions = 5;
  options.arrivals = "closed";
  const auto quick = deviations(options, shape_of(options));
  for (const auto* const item : {"--quick", "--resume", "transactions of a connection: 1 (§7.6); 5", "closed loop"})
    EXPECT_THAT(quick, Contains(HasSubstr(item)));
}

}  // namespace
}  // namespace hairpin

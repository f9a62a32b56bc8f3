// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  options.object_bytes = 9;
  options.seconds = 4;
  options.arrivals = "poisson";
  const auto shape = shape_of(options);
  EXPECT_EQ(shape.connections, 7U);
  EXPECT_EQ(shape.transactions, 3U);
  EXPECT_EQ(shape.object_bytes, 9U);
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

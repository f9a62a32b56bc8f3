// SPDX-License-Identifier: Apache-2.0
#include "hairpin/agent/load_ceiling.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace hairpin {
namespace {

class LoadCeilingFile : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  std::string write(const std::string& text, mode_t mode = 0644) {
    std::ofstream(path_) << text;
    ::chmod(path_.c_str(), mode);
    return path_;
  }
  const std::string path_ = testing::TempDir() + "/load-ceiling-" + std::to_string(::getpid()) + ".json";
};

TEST_F(LoadCeilingFile, HasDefaultsWhereThereIsNone) {
  const auto ceiling = read_load_ceiling(path_);
  ASSERT_TRUE(ceiling);
  EXPECT_EQ(ceiling->connections, 2'000U);
  EXPECT_EQ(ceiling->connections_per_second, 500U);
  EXPECT_EQ(ceiling->megabits_per_second, 100U);
  EXPECT_EQ(ceiling->seconds, 900U);
}

TEST_F(LoadCeilingFile, IsRead) {
  const auto ceiling = read_load_ceiling(
      write(R"({"connections": 7, "connections_per_second": 8, "transactions_per_second": 6, "megabits_per_second": 9, "seconds": 10, "run_seconds": 11})"));
  ASSERT_TRUE(ceiling) << describe(ceiling.error());
  EXPECT_EQ(ceiling->connections, 7U);
  EXPECT_EQ(ceiling->seconds, 10U);
}

TEST_F(LoadCeilingFile, IsRefusedWhenItIsNotUnderstood) {
  EXPECT_FALSE(read_load_ceiling(write("connections: 7")));
  EXPECT_FALSE(read_load_ceiling(write(R"({"connexions": 7})")));
  EXPECT_FALSE(read_load_ceiling(write(R"({"connections": -1, "connections_per_second": 8, "transactions_per_second": 6, "megabits_per_second": 9, "seconds": 10, "run_seconds": 11})")));
}

TEST_F(LoadCeilingFile, IsRefusedWhenOthersMayWriteIt) {
  constexpr const char* kFine = R"({"connections": 7, "connections_per_second": 8, "transactions_per_second": 6, "megabits_per_second": 9, "seconds": 10, "run_seconds": 11})";
  EXPECT_FALSE(read_load_ceiling(write(kFine, 0666)));
  EXPECT_FALSE(read_load_ceiling(write(kFine, 0664)));
  EXPECT_TRUE(read_load_ceiling(write(kFine, 0644)));
}

LoadShape shape() {
  LoadShape shape;
  shape.arrivals = Arrivals::constant;
  shape.connections = 100;
  shape.transactions = 1;
  shape.rate = 100;
  shape.objects = {{1024, 1}};
  shape.phases.sustain = milliseconds(30'000);
  return shape;
}

TEST(LoadCeiling, RefusesMoreThanItLends) {
  const LoadCeiling ceiling;
  EXPECT_TRUE(check_ceiling(shape(), ceiling));
  const auto refuses = [&ceiling](auto change) {
    auto wanted = shape();
    change(wanted);
    return !check_ceiling(wanted, ceiling);
  };
  EXPECT_TRUE(refuses([](LoadShape& wanted) { wanted.connections = 2'001; }));
  EXPECT_TRUE(refuses([](LoadShape& wanted) { wanted.rate = 501; }));
  EXPECT_FALSE(refuses([](LoadShape& wanted) { wanted.rate = 5'000, wanted.transactions = 10; }));
  EXPECT_TRUE(refuses([](LoadShape& wanted) { wanted.objects = {{1 << 20, 1}}; }));
  EXPECT_TRUE(refuses([](LoadShape& wanted) { wanted.phases.sustain = milliseconds(901'000); }));
  const auto asks_for_nothing = [](LoadShape& wanted) { wanted.rate = 5'001, wanted.transactions = 0, wanted.objects = {{0, 1}}; };
  EXPECT_TRUE(refuses(asks_for_nothing));
}

/// Nothing is sent in the first phase, and little in the last, but a second of either takes memory as any other.
TEST(LoadCeiling, BoundsAllPhasesTogether) {
  const LoadCeiling ceiling;
  auto wanted = shape();
  wanted.phases.init = wanted.phases.ramp_down = milliseconds(435'000);
  EXPECT_TRUE(check_ceiling(wanted, ceiling));
  for (auto* const phase : {&wanted.phases.init, &wanted.phases.ramp_up, &wanted.phases.ramp_down}) {
    *phase += milliseconds(1'000);
    EXPECT_FALSE(check_ceiling(wanted, ceiling));
    *phase -= milliseconds(1'000);
  }
}

TEST(LoadCeiling, BoundsThreadsByTheCpusOfTheHost) {
  EXPECT_TRUE(check_threads(8, 4));
  const auto refused = check_threads(9, 4);
  ASSERT_FALSE(refused);
  EXPECT_NE(describe(refused.error()).find("make a load with 9 threads: this host has 4 CPUs and lends 8 threads"), std::string::npos);
  EXPECT_TRUE(check_threads(2, 0)) << "where nobody knows how many there are, there is one";
  EXPECT_FALSE(check_threads(3, 0));
}

/// A hundred loads of a quarter of an hour each are a day.
TEST(LoadCeiling, BoundsAllLoadsOfARun) {
  const LoadCeiling ceiling;
  EXPECT_TRUE(check_ceiling(shape(), ceiling, milliseconds(3'570'000)));
  EXPECT_FALSE(check_ceiling(shape(), ceiling, milliseconds(3'571'000)));
}

TEST(LoadCeiling, EndsALoadThatExceedsIt) {
  const LoadCeiling ceiling;
  LoadSecond second;
  second.connections = 550;
  second.body_bytes = 13'750'000;
  EXPECT_EQ(over_ceiling(second, ceiling), "");
  second.connections = 551;
  EXPECT_NE(over_ceiling(second, ceiling), "");
  second.connections = 0;
  second.completed = 5'501;
  EXPECT_NE(over_ceiling(second, ceiling), "");
  second.completed = 5'500;
  EXPECT_EQ(over_ceiling(second, ceiling), "");
  second.body_bytes = 13'760'000;
  EXPECT_NE(over_ceiling(second, ceiling), "");
}

}  // namespace
}  // namespace hairpin

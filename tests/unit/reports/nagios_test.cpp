// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "reports/report.hpp"
#include "tests/unit/reports/sample_runs.hpp"

namespace hairpin::reports {
namespace {

using testing::StartsWith;

TEST(Nagios, IsOneLineOfTheGoldenForm) {
  for (const auto& [name, run] : samples::all()) samples::expect_golden(name + ".nagios.txt", nagios(run));
}

TEST(Nagios, StatusIsThatOfThePluginInterface) {
  EXPECT_EQ(nagios_status(samples::mended()), 0);
  EXPECT_EQ(nagios_status(samples::warned()), 1);
  EXPECT_EQ(nagios_status(samples::broken()), 2);
  EXPECT_EQ(nagios_status(samples::inconclusive()), 3);
  EXPECT_EQ(nagios_status(samples::empty()), 3);
}

TEST(Nagios, WordAgreesWithTheStatus) {
  EXPECT_THAT(nagios(samples::mended()), StartsWith("HAIRPIN OK - pool01: 24 passed"));
  EXPECT_THAT(nagios(samples::warned()), StartsWith("HAIRPIN WARNING - "));
  EXPECT_THAT(nagios(samples::broken()), StartsWith("HAIRPIN CRITICAL - "));
  EXPECT_THAT(nagios(samples::empty()), StartsWith("HAIRPIN UNKNOWN - "));
}

TEST(Nagios, StaysOneShortLineWithOneBarWhateverTheNamesAre) {
  auto run = samples::hostile();
  run.topology.name += std::string(100'000, 'x');
  run.diagnoses[0].summary = std::string(100'000, '|');
  const auto line = nagios(run);
  EXPECT_LT(line.size(), 4096U);
  EXPECT_EQ(std::ranges::count(line, '|'), 1);
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
  const auto performance = line.substr(line.find('|'));
  EXPECT_EQ(performance.find('\''), std::string::npos);
}

}  // namespace
}  // namespace hairpin::reports

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/unit/topology/files.hpp"

// One file for each message: tests/data/invalid/topology/NAME.yaml, and every line that it gives in
// NAME.expected.
namespace hairpin {
namespace {

std::filesystem::path directory() {
  return std::filesystem::path(HAIRPIN_TEST_DATA) / "invalid" / "topology";
}

class InvalidFile : public testing::TestWithParam<std::string> {};

TEST_P(InvalidFile, IsRefusedWithThisMessage) {
  const auto file = GetParam() + ".yaml";
  const auto reading = read_topology(bytes_of(directory() / file));
  EXPECT_FALSE(reading.topology);
  EXPECT_EQ(problems_of(reading, file), bytes_of(directory() / (GetParam() + ".expected")));
}

INSTANTIATE_TEST_SUITE_P(Catalogue, InvalidFile, testing::ValuesIn(stems_in(directory(), ".yaml")),
                         [](const auto& file) {
                           auto name = file.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(InvalidFiles, HaveAnExpectationEach) {
  EXPECT_EQ(stems_in(directory(), ".yaml"), stems_in(directory(), ".expected"));
}

}  // namespace
}  // namespace hairpin

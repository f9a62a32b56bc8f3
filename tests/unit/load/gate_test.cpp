// SPDX-License-Identifier: Apache-2.0
#include "probe/load/gate.hpp"

#include <gtest/gtest.h>

namespace hairpin::probe::load {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kStart{std::chrono::hours(1)};

/// How many connections, each with one object, a loop that never waits begins in so many milliseconds.
int begun(Gate gate, std::uint64_t object_bytes, int milliseconds_long) {
  int count = 0;
  for (int time_ms = 0; time_ms < milliseconds_long; ++time_ms)
    while (gate.is_open(kStart + std::chrono::milliseconds(time_ms), true)) {
      gate.took_connection();
      gate.took(object_bytes);
      ++count;
      if (count > 100'000) return count;
    }
  return count;
}

TEST(LoadGate, LetsAFirstSecondHaveNoMoreThanIsLent) {
  EXPECT_LE(begun(Gate({500, 0}, 1), 0, 1000), 525);  // and what its bucket held
  EXPECT_GE(begun(Gate({500, 0}, 1), 0, 1000), 500);
  EXPECT_LE(begun(Gate({500, 0}, 4), 0, 1000), 132);
}

TEST(LoadGate, BoundsBytesWhateverTheirObjectsSize) {
  const Gate gate({0, 12.5e6}, 1);
  EXPECT_LE(begun(gate, 1 << 20, 1000), 14);  // 12.5 MB, its bucket, and the one that made the debt
  EXPECT_GE(begun(gate, 1 << 20, 1000), 12);
  EXPECT_LE(begun(gate, 64 << 20, 1000), 1);
}

TEST(LoadGate, BoundsTransactionsWhateverTheirConnectionsAndBytes) {
  EXPECT_LE(begun(Gate({0, 0, 1000}, 1), 0, 1000), 1050);
  EXPECT_GE(begun(Gate({0, 0, 1000}, 1), 0, 1000), 1000);
}

TEST(LoadGate, IsOpenWithoutBounds) { EXPECT_GT(begun(Gate({}, 1), 1 << 20, 1), 100'000); }

TEST(LoadGate, GrantsTransactionsOfOpenConnectionsWithoutATokenOfTheirs) {
  Gate gate({1, 0}, 1);
  ASSERT_TRUE(gate.is_open(kStart, true));
  gate.took_connection();
  EXPECT_FALSE(gate.is_open(kStart, true));
  EXPECT_TRUE(gate.is_open(kStart, false));
  EXPECT_TRUE(gate.is_open(kStart + 1s, true));
}

}  // namespace
}  // namespace hairpin::probe::load

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/lost_source.hpp"

#include <gtest/gtest.h>

namespace hairpin {
namespace {

TEST(LostSource, HasTheSumsOfWhatItHadReported) {
  std::vector<LoadSecond> seconds(3);
  seconds[0].phase = LoadPhase::ramp_up;
  seconds[1].phase = seconds[2].phase = LoadPhase::sustain;
  for (auto& second : seconds) {
    second.attempted = 12;  // two are under way
    second.completed = 7;
    second.failed = 2;
    second.foreign = second.shed = 1;
    second.connections = 9;
    second.body_bytes = 7'168;
  }
  LoadShape shape;
  shape.rate = 12;
  const auto lost = lost_source(shape, {"pool01", "web", {}, {}}, seconds);
  EXPECT_EQ(lost.shape.rate, 12);
  EXPECT_EQ(lost.seconds.size(), 3U);
  EXPECT_NE(lost.stopped, "");
  EXPECT_EQ(lost.counts.completed, 21U);
  EXPECT_EQ(lost.sustained.completed, 14U);
  EXPECT_EQ(lost.counts.failed.foreign, 3U);
  EXPECT_EQ(lost.counts.failed.other, 3U);
  EXPECT_EQ(lost.counts.connections, 27U);
  EXPECT_EQ(lost.counts.body_bytes, 21'504U);
  EXPECT_TRUE(lost.counts.is_settled());
  EXPECT_TRUE(lost.sustained.is_settled());
}

}  // namespace
}  // namespace hairpin

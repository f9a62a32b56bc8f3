// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "tests/unit/scene/scene.hpp"

namespace hairpin::test {

inline constexpr auto kServer = "/pool01/mcu-factory/";

inline std::string id(const std::string& check, const std::string& pair) { return check + kServer + pair; }

/// The finding with this id has this cause; a copy of it.
inline Finding expect_cause(const Scene& scene, const Run& run, const std::string& finding_id, const std::string& cause) {
  const auto* finding = scene.finding(run, finding_id);
  EXPECT_NE(finding, nullptr) << finding_id;
  if (!finding) return {};
  EXPECT_EQ(finding->cause, cause) << finding_id << ": " << finding->summary << " / " << finding->reason;
  return *finding;
}

}  // namespace hairpin::test

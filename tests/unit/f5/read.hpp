// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "topology/f5/input.hpp"

namespace hairpin::f5 {

/// A configuration that can be read; a failed test otherwise, and nothing in it.
inline Config config_of(const std::string& text, const std::string& file = "bigip.conf") {
  auto config = read_config_text(file, text);
  EXPECT_TRUE(config) << (config ? "" : describe(config.error()));
  return config ? std::move(*config) : Config();
}

}  // namespace hairpin::f5

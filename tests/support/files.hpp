// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace hairpin::test {

/// The bytes of a file; none where it cannot be read.
inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();  // a failing read throws out of an iterator, not out of this
  return text.str();
}

/// The bytes of a file that has to be there.
inline std::string bytes_of(const std::filesystem::path& path) {
  EXPECT_TRUE(std::ifstream(path)) << path;
  return text_of(path);
}

}  // namespace hairpin::test

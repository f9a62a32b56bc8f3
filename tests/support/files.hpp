// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace hairpin::test {

/// The bytes of a file; none where it cannot be read.
inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The bytes of a file that has to be there.
inline std::string bytes_of(const std::filesystem::path& path) {
  EXPECT_TRUE(std::ifstream(path)) << path;
  return text_of(path);
}

}  // namespace hairpin::test

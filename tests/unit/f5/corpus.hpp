// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/files.hpp"

namespace hairpin::f5 {

using test::text_of;

/// Third-party samples that lie beside the project and are never part of it; tests skip without them.
inline std::filesystem::path corpus() {
  const char* set = std::getenv("HAIRPIN_CORPUS");
  return std::filesystem::path(set ? set : HAIRPIN_SOURCE_DIR "/../shared/corpus") / "f5";
}

inline std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace hairpin::f5

#define HAIRPIN_NEEDS_CORPUS() \
  if (!std::filesystem::exists(::hairpin::f5::corpus())) GTEST_SKIP() << "no corpus beside the project"

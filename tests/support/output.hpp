// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdio>
#include <string>

namespace hairpin::test {

/// What a shell command prints on its standard output; nothing where no shell can be started.
inline std::string output_of(const std::string& command) {
  std::string text;
  auto* const pipe = ::popen(command.c_str(), "r");
  if (!pipe) return text;
  std::array<char, 4096> chunk{};
  while (const auto count = std::fread(chunk.data(), 1, chunk.size(), pipe)) text.append(chunk.data(), count);
  ::pclose(pipe);
  return text;
}

}  // namespace hairpin::test

// SPDX-License-Identifier: Apache-2.0
// bigpipe grammar: any bytes are read or refused; what is read becomes objects.
#include <cstdint>

#include "topology/f5/input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto tree = hairpin::f5::read_bigpipe("fuzz", std::string(reinterpret_cast<const char*>(data), size));
  if (!tree) return 0;
  for (const auto& node : tree->nodes) hairpin::f5::tmsh_form(node);
  std::vector<hairpin::f5::Tree> trees;
  trees.push_back(std::move(*tree));
  hairpin::f5::make_config(std::move(trees));
  return 0;
}

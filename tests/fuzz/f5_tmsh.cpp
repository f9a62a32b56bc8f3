// SPDX-License-Identifier: Apache-2.0
// tmsh grammar: any bytes are read or refused; what is read is written again byte for byte, and becomes objects.
#include <cstdint>
#include <cstdlib>

#include "topology/f5/input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  auto tree = hairpin::f5::read_tmsh("fuzz", text);
  if (!tree) return 0;
  if (hairpin::f5::write(*tree) != text) std::abort();
  for (const auto& node : tree->nodes) hairpin::f5::tmsh_form(node);
  std::vector<hairpin::f5::Tree> trees;
  trees.push_back(std::move(*tree));
  hairpin::f5::make_config(std::move(trees));
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// tmsh grammar: any bytes are read or refused; what is read is written again byte for byte, and becomes objects.
#include <cstdint>
#include <cstdlib>

#include "tests/fuzz/f5_tree.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  auto tree = hairpin::f5::read_tmsh("fuzz", text);
  if (!tree) return 0;
  if (hairpin::f5::write(*tree) != text) std::abort();
  make_objects(std::move(*tree));
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// AS3 declarations: any bytes are read or refused; what is read becomes objects.
#include <cstdint>

#include "tests/fuzz/f5_tree.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto tree = hairpin::f5::read_as3("fuzz", std::string(reinterpret_cast<const char*>(data), size));
  if (tree) make_objects(std::move(*tree));
  return 0;
}

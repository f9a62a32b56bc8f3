// SPDX-License-Identifier: Apache-2.0
// What a BIG-IP's `show` commands print: any bytes give rows or are counted.
#include <cstdint>

#include "topology/f5/view/view.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  hairpin::f5::parse_connections(text);
  hairpin::f5::parse_virtuals(text);
  hairpin::f5::parse_pools(text);
  hairpin::f5::parse_persistence(text);
  const auto causes = hairpin::f5::parse_reset_causes(text);
  hairpin::f5::grown(causes.rows, causes.rows);
  hairpin::f5::parse_failover(text);
  return 0;
}

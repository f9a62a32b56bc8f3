// SPDX-License-Identifier: Apache-2.0
// What a BIG-IP's `show` commands print, and iControl REST for them: any bytes give rows or are counted.
#include <cstdint>

#include "base/json.hpp"
#include "topology/f5/view/rest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  hairpin::f5::parse_connections(text);
  hairpin::f5::parse_connection_paragraphs(text);
  hairpin::f5::parse_virtuals(text);
  hairpin::f5::parse_pools(text);
  hairpin::f5::parse_persistence(text);
  const auto causes = hairpin::f5::parse_reset_causes(text);
  hairpin::f5::grown(causes.rows, causes.rows);
  hairpin::f5::parse_failover(text);
  if (const auto document = hairpin::parse_json(text, "the answer")) {
    hairpin::f5::rest_connections(*document);
    hairpin::f5::rest_statuses(*document);
    hairpin::f5::rest_persistence(*document);
    hairpin::f5::rest_reset_causes(*document);
    hairpin::f5::rest_failover(*document);
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// The responder's reader: the same bytes at once and in two pieces must mean the same.
#include <cstdint>
#include <cstdlib>

#include "net/http1.hpp"

using hairpin::net::http1::RequestReader;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const char> bytes(reinterpret_cast<const char*>(data), size);
  RequestReader at_once, in_pieces;
  const auto whole = at_once.put(bytes);
  const auto first = in_pieces.put(bytes.first(size / 2));
  if (!first || *first) return 0;
  const auto second = in_pieces.put(bytes.subspan(size / 2));
  // An error may be noticed a piece later; a complete request is the same request either way.
  const bool is_whole = whole && *whole, is_joined = second && *second;
  if (is_whole != is_joined) std::abort();
  if (is_whole && (*whole)->body != (*second)->body) std::abort();
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// The probe's reader, up to the peer's end, and the reading of a responder's answer.
#include <cstdint>
#include <cstdlib>

#include "net/http1.hpp"
#include "probe/exchange.hpp"

using hairpin::net::http1::ResponseReader;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const char> bytes(reinterpret_cast<const char*>(data), size);
  ResponseReader reader;
  auto read = reader.put(bytes);
  if (read && !*read) read = reader.finish();
  if (!read || !*read) return 0;
  if ((*read)->body.size() > hairpin::net::http1::kBodyLimitBytes) std::abort();
  hairpin::TripId trip;  // all zero: seeds name it
  const auto answer = hairpin::probe::read_answer((*read)->body, trip);
  if (answer && answer->trip != trip) std::abort();
  return 0;
}

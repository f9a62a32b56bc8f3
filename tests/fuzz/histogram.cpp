// SPDX-License-Identifier: Apache-2.0
// Histograms come from agents: what is read is written the same way again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/histogram.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = hairpin::Histogram::decode({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  const auto again = hairpin::Histogram::decode(read->encode());
  if (!again || !(*again == *read)) std::abort();
  if (read->percentile(50) > read->percentile(100)) std::abort();
  return 0;
}

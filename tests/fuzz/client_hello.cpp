// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>

#include "capture/decode.hpp"

using namespace hairpin;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto random = capture::client_random({data, size});
  if (!random) return 0;
  // It stands at a fixed place, whatever follows.
  if (size < 43 || !std::equal(random->bytes.begin(), random->bytes.end(), data + 11)) std::abort();
  if (capture::client_random({data, 43}) != random) std::abort();
  return 0;
}

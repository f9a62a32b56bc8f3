// SPDX-License-Identifier: Apache-2.0
#include "net/closing.hpp"

#include <array>

namespace hairpin::net {

Task<Result<>> read_to_the_end(Stream& stream) {
  std::array<char, 4096> bytes{};
  while (true) {
    const auto count = co_await stream.read_some(bytes);
    if (!count) co_return count.error();
    if (*count == 0) co_return Result<>();
  }
}

Task<Result<>> close_in_order(Stream& stream) {
  const auto said = co_await stream.shut_down();
  const auto heard =
      co_await read_to_the_end(stream);  // also after an error: the peer's alert may be waiting
  if (!heard) co_return heard.error();
  co_return said;
}

}  // namespace hairpin::net

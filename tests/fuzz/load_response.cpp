// SPDX-License-Identifier: Apache-2.0
// The parser of a load's answers: whatever way the bytes are cut, it says the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "probe/load/response.hpp"

using hairpin::probe::load::Response;

namespace {

struct Outcome {
  Response::State state = Response::State::needs_more;
  std::uint64_t body = 0;
  std::uint32_t status = 0;
  bool is_last = false;
  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, std::size_t step) {
  Response response;
  response.begin();
  Outcome outcome;
  while (!bytes.empty() && outcome.state == Response::State::needs_more) {
    auto piece = bytes.substr(0, step);
    const auto given = piece.size();
    outcome.state = response.put(piece);
    if (piece.size() > given) std::abort();
    bytes.remove_prefix(given - piece.size());
    if (piece.size() == given && outcome.state == Response::State::needs_more) std::abort();  // it made no progress
  }
  if (outcome.state == Response::State::needs_more) outcome.state = response.end();
  if (outcome.state != Response::State::whole) return {Response::State::garbled, 0, 0, false};
  return {outcome.state, response.body_bytes(), response.status(), response.is_last()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 8192) return 0;  // limits of heads and lines depend on how they come
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = read(bytes, size + 1);
  for (const std::size_t step : {1U, 7U}) {
    const auto pieces = read(bytes, step);
    const bool is_line_limit = pieces.state != whole.state;  // 4096 of a chunk's line
    if (!is_line_limit && !(pieces == whole)) std::abort();
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace hairpin {
namespace {

struct Decoded {
  std::uint32_t code = 0;
  std::size_t bytes = 0;  ///< 0: the first byte begins no valid sequence
};

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U; }

/// The first code point of a text that is not empty; overlong forms, surrogates and beyond U+10FFFF are not
/// valid.
Decoded decode(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return {};
  std::uint32_t code = first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_continuation(text[i])) return {};
    code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  const bool is_overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  if (is_overlong || is_surrogate || code > 0x10ffff) return {};
  return {code, size};
}

/// Characters that move the cursor, reorder the line or have no place in XML (U+FFFE, U+FFFF).
bool is_unsafe(std::uint32_t code) {
  const bool is_control = code < 0x20 || (code >= 0x7f && code < 0xa0);
  const bool is_separator = code == 0x2028 || code == 0x2029;
  const bool is_bidirectional = code == 0x61c || code == 0x200e || code == 0x200f ||
                                (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return is_control || is_separator || is_bidirectional || code == 0xfffe || code == 0xffff;
}

std::string rewritten(std::string_view text, bool escapes_unsafe) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto [code, bytes] = decode(text);
    if (bytes == 0)
      result += "\xef\xbf\xbd";
    else if (!escapes_unsafe || !is_unsafe(code))
      result += text.substr(0, bytes);
    else if (code < 0x100)
      fmt::format_to(std::back_inserter(result), "\\x{:02x}", code);
    else
      fmt::format_to(std::back_inserter(result), "\\u{:04x}", code);
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return result;
}

}  // namespace

std::string valid_utf8(std::string_view text) { return rewritten(text, false); }

std::size_t valid_utf8_bytes(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size()) {
    const auto bytes = decode(text.substr(count)).bytes;
    if (bytes == 0) break;
    count += bytes;
  }
  return count;
}

std::string printable(std::string_view text) { return rewritten(text, true); }

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !is_continuation(byte); }));
}

}  // namespace hairpin

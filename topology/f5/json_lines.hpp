// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hairpin::f5 {

/// A JSON value that knows its line: findings cite lines, and Boost.JSON's own values have none.
struct Json {
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };
  Kind kind = Kind::null;
  std::uint32_t line = 0;
  std::string key;             ///< in an object
  std::string text;            ///< of a string; of a number and a boolean as it is written
  std::vector<Json> children;  ///< in order; of equal keys the last one counts

  const Json* find(std::string_view name) const;
  /// The text of a string member; empty: absent, or of another kind.
  std::string_view word(std::string_view name) const;
  bool is_object() const { return kind == Kind::object; }
  bool is_array() const { return kind == Kind::array; }
  bool is_string() const { return kind == Kind::string; }
  bool is_true() const { return kind == Kind::boolean && text == "true"; }
  bool is_false() const { return kind == Kind::boolean && text == "false"; }
};

inline constexpr std::size_t kMostJsonBytes = 128u << 20;
inline constexpr std::size_t kMostJsonValues = 2'000'000;

/// At most 64 levels; an error names FILE:LINE.
Result<Json> parse_json_lines(std::string_view text, const std::string& file);

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "topology/yaml.hpp"

/// What is refused before the YAML parser sees a byte: everything that makes it slow, deep or ambiguous.
namespace hairpin::yaml {

inline constexpr std::size_t kMostBytes = 4 * 1024 * 1024;
inline constexpr std::size_t kLongestLineBytes = 8 * 1024;
/// `[` `{` and `,` outside of comment lines: the parser looks ahead from a bracket to its end, however far
/// that is.
inline constexpr std::size_t kMostIndicators = 100'000;

/// The text without its UTF-8 byte order mark, which is tolerated.
std::string_view without_byte_order_mark(std::string_view text);

/// The first byte that must not be there: too many bytes, bytes that are not UTF-8, NUL and other control
/// characters (CRLF is tolerated), tabs in indentation, long lines.
std::optional<TopologyProblem> refused_bytes(std::string_view text);

/// Columns of `problem`, counted in bytes, to columns counted in characters as editors show them.
void count_characters(TopologyProblem& problem, std::string_view line);

}  // namespace hairpin::yaml

// SPDX-License-Identifier: Apache-2.0
#include "topology/yaml/guard.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace hairpin::yaml {
namespace {

/// Where the walk is, and what this line began with.
struct Cursor {
  std::size_t line = 1, line_start = 0;
  bool is_indentation = true, has_tab = false;
  bool is_comment = false;  ///< nothing but a comment
  std::size_t tab_at = 0;
  std::size_t indicators = 0;  ///< so far, in the file
};

TopologyProblem at(const Cursor& cursor, std::size_t byte, std::string what, std::string mend) {
  return {cursor.line, byte - cursor.line_start + 1, std::move(what), std::move(mend)};
}

TopologyProblem not_utf8(const Cursor& cursor, std::string_view text, std::size_t byte) {
  const auto value = static_cast<unsigned char>(text[byte]);
  const bool is_utf16 = byte == 0 && (value == 0xFE || value == 0xFF);
  return at(cursor, byte, fmt::format("byte 0x{:02x} is not UTF-8", value),
            is_utf16 ? "the file looks like UTF-16: save it as UTF-8" : "save the file as UTF-8");
}

/// Control characters other than tab, line feed, and carriage return before a line feed.
std::optional<TopologyProblem> refused_control(const Cursor& cursor, std::string_view text,
                                               std::size_t byte) {
  const auto letter = static_cast<unsigned char>(text[byte]);
  if (letter == '\0') return at(cursor, byte, "NUL byte", "this is not a text file, or it is damaged");
  if (letter == '\r' && byte + 1 < text.size() && text[byte + 1] == '\n') return {};
  if (letter == '\r')
    return at(cursor, byte, "carriage return without line feed", "end lines with LF or CRLF");
  if ((letter < 0x20 && letter != '\n' && letter != '\t') || letter == 0x7F)
    return at(cursor, byte, fmt::format("control character 0x{:02x}", letter), "remove it");
  return {};
}

/// Follows indentation and line lengths. Blank lines and comments may begin with tabs.
std::optional<TopologyProblem> refused_layout(Cursor& cursor, std::string_view text, std::size_t byte) {
  const char letter = text[byte];
  if (letter == '\n') {
    const auto indicators = cursor.indicators;
    cursor = Cursor{cursor.line + 1, byte + 1};
    cursor.indicators = indicators;
    return {};
  }
  if (byte - cursor.line_start >= kLongestLineBytes)
    return at(cursor, byte, fmt::format("the line is longer than {} bytes", kLongestLineBytes),
              "break the line");
  const bool is_indicator = letter == '[' || letter == '{' || letter == ',';
  if (is_indicator && !cursor.is_comment && ++cursor.indicators > kMostIndicators)
    return at(cursor, byte, fmt::format("more than {} brackets and commas", kMostIndicators),
              "is this the topology file?");
  if (!cursor.is_indentation) return {};
  if (letter == '\t' && !cursor.has_tab) {
    cursor.has_tab = true;
    cursor.tab_at = byte;
  }
  cursor.is_indentation = letter == ' ' || letter == '\t';
  cursor.is_comment = letter == '#';
  if (!cursor.is_indentation && cursor.has_tab && letter != '#' && letter != '\r')
    return at(cursor, cursor.tab_at, "tab in the indentation", "YAML indents with spaces only");
  return {};
}

}  // namespace

std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

std::optional<TopologyProblem> refused_bytes(std::string_view text) {
  if (text.size() > kMostBytes)
    return TopologyProblem{1, 1,
                           fmt::format("the file has {} bytes; at most {} are read", text.size(), kMostBytes),
                           "is this the topology file?"};
  Cursor cursor;
  const auto valid = valid_utf8_bytes(text);
  for (std::size_t byte = 0; byte < valid; ++byte) {
    if (auto problem = refused_control(cursor, text, byte)) return problem;
    if (auto problem = refused_layout(cursor, text, byte)) return problem;
  }
  if (valid < text.size()) return not_utf8(cursor, text, valid);
  return {};
}

void count_characters(TopologyProblem& problem, std::string_view line) {
  problem.column = columns(line.substr(0, problem.column - 1)) + 1;
}

}  // namespace hairpin::yaml

// SPDX-License-Identifier: Apache-2.0
#include "topology/yaml/guard.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace hairpin::yaml {
namespace {

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// Bytes of the UTF-8 sequence at `at` (RFC 3629 §4); 0: there is none.
std::size_t sequence_bytes(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  std::size_t count = 0;
  unsigned low = 0x80, high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) count = 2;
  if (first >= 0xE0 && first <= 0xEF) count = 3;
  if (first >= 0xF0 && first <= 0xF4) count = 4;
  if (first == 0xE0) low = 0xA0;   // shorter forms exist
  if (first == 0xED) high = 0x9F;  // surrogates
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F;  // beyond U+10FFFF
  if (count == 0 || second < low || second > high) return 0;
  for (std::size_t i = 2; i < count; ++i)
    if (at + i >= text.size() || !is_continuation(text[at + i])) return 0;
  return count;
}

struct Cursor {
  std::size_t line = 1, line_start = 0;
  bool is_indentation = true, has_tab = false;
  std::size_t tab_at = 0;
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
std::optional<TopologyProblem> refused_control(const Cursor& cursor, std::string_view text, std::size_t byte) {
  const auto letter = static_cast<unsigned char>(text[byte]);
  if (letter == '\0') return at(cursor, byte, "NUL byte", "this is not a text file, or it is damaged");
  if (letter == '\r' && byte + 1 < text.size() && text[byte + 1] == '\n') return {};
  if (letter == '\r') return at(cursor, byte, "carriage return without line feed", "end lines with LF or CRLF");
  if ((letter < 0x20 && letter != '\n' && letter != '\t') || letter == 0x7F)
    return at(cursor, byte, fmt::format("control character 0x{:02x}", letter), "remove it");
  return {};
}

/// Follows indentation and line lengths. Blank lines and comments may begin with tabs.
std::optional<TopologyProblem> refused_layout(Cursor& cursor, std::string_view text, std::size_t byte) {
  const char letter = text[byte];
  if (letter == '\n') {
    cursor = Cursor{cursor.line + 1, byte + 1};
    return {};
  }
  if (byte - cursor.line_start >= kLongestLineBytes)
    return at(cursor, byte, fmt::format("the line is longer than {} bytes", kLongestLineBytes), "break the line");
  if (!cursor.is_indentation) return {};
  if (letter == '\t' && !cursor.has_tab) {
    cursor.has_tab = true;
    cursor.tab_at = byte;
  }
  cursor.is_indentation = letter == ' ' || letter == '\t';
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
    return TopologyProblem{1, 1, fmt::format("the file has {} bytes; at most {} are read", text.size(), kMostBytes),
                           "is this the topology file?"};
  Cursor cursor;
  for (std::size_t byte = 0; byte < text.size();) {
    const auto count = sequence_bytes(text, byte);
    if (count == 0) return not_utf8(cursor, text, byte);
    if (auto problem = refused_control(cursor, text, byte)) return problem;
    if (auto problem = refused_layout(cursor, text, byte)) return problem;
    byte += count;
  }
  return {};
}

void count_characters(TopologyProblem& problem, std::string_view line) {
  problem.column = columns(line.substr(0, problem.column - 1)) + 1;
}

}  // namespace hairpin::yaml

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/f5/growing.hpp"

namespace hairpin::f5 {

enum class Token { word, open, close, empty_block, newline, end };

/// The words and braces of a text. A brace is structural only where it stands alone between white space.
class Scanner {
 public:
  explicit Scanner(Growing& tree);

  Token peek();             ///< what comes next, behind blanks; newlines are tokens
  std::string_view word();  ///< after peek() said word: without quotes and escapes
  void skip(Token token);   ///< after peek() said that token, which is no word
  void skip_space();        ///< blanks and newlines
  std::string_view line_rest();  ///< up to the newline
  /// The end of Tcl that began here, behind its "{": the offset of the matching "}". npos: never.
  std::size_t tcl_end(bool* was_cut);
  void jump(std::size_t offset);  ///< forward; lines are counted

  std::size_t offset() const { return at_; }
  std::uint32_t line() const { return line_; }
  bool is_at_line_start() const;  ///< nothing but blanks before it in its line
  char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  std::uint32_t open_quote() const { return open_quote_; }  ///< the line of a quote that never ended; 0: none

 private:
  bool stands_alone(std::size_t begin, std::size_t end) const;
  std::string_view quoted();
  std::string_view unquoted();
  std::string_view without_escapes(std::size_t begin, std::size_t end);

  Growing& tree_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t open_quote_ = 0;
};

}  // namespace hairpin::f5

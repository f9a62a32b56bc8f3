// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/scanner.hpp"

#include <algorithm>
#include <array>

namespace hairpin::f5 {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }
bool is_space(char c) { return is_blank(c) || c == '\n'; }
bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// What a stanza of tmsh begins with; where Tcl has lost its count of braces, the next stanza is looked for by them.
constexpr std::array<std::string_view, 17> kModules = {
    "ltm", "gtm", "net", "sys", "auth", "cm", "apm", "asm", "security", "wom", "pem", "ilx", "cli", "vcmp",
    "analytics", "api-protection", "#"};

bool begins_a_stanza(std::string_view text) {
  return text.empty() || std::ranges::any_of(kModules, [&](auto module) {
           return text.starts_with(module) && (module == "#" || text.size() == module.size() || is_space(text[module.size()]));
         });
}

}  // namespace

Scanner::Scanner(Growing& tree) : tree_(tree), text_(tree.text()) {
  if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;  // the mark of an editor
}

bool Scanner::stands_alone(std::size_t begin, std::size_t end) const {
  return (begin == 0 || is_space(text_[begin - 1])) && (end >= text_.size() || is_space(text_[end]));
}

Token Scanner::peek() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  if (at_ >= text_.size()) return Token::end;
  const char c = text_[at_];
  if (c == '\n') return Token::newline;
  if (c == '{' && stands_alone(at_, at_ + 1)) return Token::open;
  if (c == '}' && stands_alone(at_, at_ + 1)) return Token::close;
  if (c == '{' && at_ + 1 < text_.size() && text_[at_ + 1] == '}' && stands_alone(at_, at_ + 2))
    return Token::empty_block;
  return Token::word;
}

void Scanner::skip(Token token) {
  if (token == Token::newline) ++line_;
  at_ += token == Token::empty_block ? 2 : token == Token::end ? 0 : 1;
}

void Scanner::skip_space() {
  while (at_ < text_.size() && is_space(text_[at_])) line_ += text_[at_++] == '\n';
}

bool Scanner::is_at_line_start() const {
  auto before = at_;
  while (before > 0 && is_blank(text_[before - 1])) --before;
  return before == 0 || text_[before - 1] == '\n';
}

std::string_view Scanner::line_rest() {
  const auto begin = at_;
  at_ = std::min(text_.find('\n', at_), text_.size());
  auto rest = text_.substr(begin, at_ - begin);
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return rest;
}

std::string_view Scanner::word() { return text_[at_] == '"' ? quoted() : unquoted(); }

std::string_view Scanner::quoted() {
  const auto begin = at_;
  const auto first_line = line_;
  bool has_escapes = false;
  for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
    if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
      has_escapes = true;
      ++at_;
    }
    line_ += text_[at_] == '\n';
  }
  if (at_ >= text_.size()) {
    open_quote_ = first_line;
    return {};
  }
  const auto end = at_++;
  if (at_ < text_.size() && !is_space(text_[at_])) {  // "a"b: no saved file has it; kept as it is written
    unquoted();
    return text_.substr(begin, at_ - begin);
  }
  return has_escapes ? without_escapes(begin + 1, end) : text_.substr(begin + 1, end - begin - 1);
}

std::string_view Scanner::unquoted() {
  const auto begin = at_;
  bool has_escapes = false;
  while (at_ < text_.size() && !is_space(text_[at_])) {
    if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n' && text_[at_ + 1] != '\r') {
      has_escapes = true;
      ++at_;
    }
    ++at_;
  }
  return has_escapes ? without_escapes(begin, at_) : text_.substr(begin, at_ - begin);
}

/// \" \\ \? \{ are the character; \r, \n, \d of a monitor's or a regular expression's own language stay two.
std::string_view Scanner::without_escapes(std::size_t begin, std::size_t end) {
  std::string plain;
  for (auto i = begin; i < end; ++i) {
    if (text_[i] == '\\' && i + 1 < end && !is_alphanumeric(text_[i + 1])) ++i;
    plain += text_[i];
  }
  return tree_.keep(plain);
}

/// Quotes mean nothing (in Tcl a brace inside quotes in a braced body counts), and braces in comment lines do not count:
/// strict Tcl counts them, but BIG-IP loads rules with a commented-out handler that opens one too many.
std::size_t Scanner::tcl_end(bool* was_cut) {
  std::size_t depth = 1;
  std::size_t cut = text_.npos;
  bool is_line_start = false;
  for (auto i = at_; i < text_.size(); ++i) {
    const char c = text_[i];
    if (c == '\n') {
      is_line_start = true;
      continue;
    }
    if (is_blank(c)) continue;
    if (c == '#' && is_line_start) {
      i = std::min(text_.find('\n', i), text_.size()) - 1;
      continue;
    }
    if (c == '}' && cut == text_.npos && text_[i - 1] == '\n') {
      const auto next = text_.find_first_not_of(" \t\r\n", i + 1);
      const bool ends_line = i + 1 >= text_.size() || is_space(text_[i + 1]);
      if (ends_line && begins_a_stanza(next == text_.npos ? std::string_view() : text_.substr(next))) cut = i;
    }
    is_line_start = false;
    if (c == '\\')
      ++i;
    else if (c == '{')
      ++depth;
    else if (c == '}' && --depth == 0)
      return i;
  }
  *was_cut = true;
  return cut;
}

void Scanner::jump(std::size_t offset) {
  line_ += static_cast<std::uint32_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                                 text_.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
  at_ = offset;
}

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include "reports/page.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace hairpin::reports {
namespace {

constexpr std::size_t kNarrowest = 40;  // columns; below, wrapping makes reading worse
constexpr std::string_view kBold = "\x1b[1m", kPlain = "\x1b[0m";

std::string_view colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::fail:
      return "\x1b[1;31m";
    case Verdict::inconclusive:
      return "\x1b[1;35m";
    case Verdict::warn:
      return "\x1b[1;33m";
    case Verdict::pass:
      return "\x1b[32m";
    case Verdict::info:
      return "\x1b[36m";
    case Verdict::skip:
      return "\x1b[2m";
  }
  return kBold;
}

/// Breaks at spaces; a word that is longer than a line keeps a line of its own.
std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    auto& line = lines.back();
    if (line.empty())
      line = word;
    else if (columns(line) + 1 + columns(word) <= width)
      line.append(" ").append(word);
    else
      lines.emplace_back(word);
  }
  return lines;
}

}  // namespace

Page::Page(const TextStyle& style) : style_(style), width_(std::max(style.width, kNarrowest)) {}

void Page::blank() {
  if (!text_.empty() && !text_.ends_with("\n\n")) text_ += '\n';
}

void Page::heading(std::string_view text) {
  blank();
  title(0, text);
}

void Page::title(std::size_t indent, std::string_view text) {
  text_.append(indent, ' ');
  if (style_.has_colour) text_ += kBold;
  text_ += printable(text);
  if (style_.has_colour) text_ += kPlain;
  text_ += '\n';
}

std::string Page::painted(const Label& label) const {
  auto text = printable(label.text);
  if (!style_.has_colour || !label.colour) return text;
  return std::string(colour_of(*label.colour)).append(text).append(kPlain);
}

void Page::prose(std::size_t indent, const Label& label, std::string_view text) {
  auto hang = indent + columns(printable(label.text));
  if (hang > width_ / 2) hang = indent + 4;  // a label this long would leave no room beside it
  const auto room = std::max(width_ - std::min(width_, hang), kNarrowest / 2);
  const auto lines = wrapped(printable(text), room);
  text_ += std::string(indent, ' ') + painted(label) + lines.front() + '\n';
  for (std::size_t i = 1; i < lines.size(); ++i) text_ += std::string(hang, ' ') + lines[i] + '\n';
}

void Page::verbatim(std::size_t indent, const Label& label, std::string_view text) {
  text_ += std::string(indent, ' ') + painted(label) + printable(text) + '\n';
}

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  const auto used = columns(text);
  if (used < width) result.append(width - used, ' ');
  return result;
}

}  // namespace hairpin::reports

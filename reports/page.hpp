// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "reports/report.hpp"

namespace hairpin::reports {

/// A word in front of a line, in the colour of a verdict where there is one.
struct Label {
  std::string text;
  std::optional<Verdict> colour;
};

/// The lines of a text report. Whatever text it is given reaches the terminal without control characters.
class Page {
 public:
  explicit Page(const TextStyle& style);

  void blank();
  /// A blank line and the text, bold.
  void heading(std::string_view text);
  /// The text, bold.
  void title(std::size_t indent, std::string_view text);
  /// Wrapped to the width; later lines hang below the beginning of `text`.
  void prose(std::size_t indent, const Label& label, std::string_view text);
  /// One line however long it is: commands and packets are copied, and a break would spoil them.
  void verbatim(std::size_t indent, const Label& label, std::string_view text);

  std::size_t width() const { return width_; }
  bool is_verbose() const { return style_.is_verbose; }
  std::string take() { return std::move(text_); }

 private:
  std::string painted(const Label& label) const;

  TextStyle style_;
  std::size_t width_;
  std::string text_;
};

/// `text` and spaces up to `width` columns.
std::string padded(std::string_view text, std::size_t width);

}  // namespace hairpin::reports

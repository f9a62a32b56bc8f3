// SPDX-License-Identifier: Apache-2.0
#include "hairpin/caller/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "base/complain.hpp"
#include "base/text.hpp"
#include "hairpin/caller/print.hpp"

namespace hairpin {

Progress::Progress(bool is_quiet) : is_quiet_(is_quiet), columns_(terminal_columns(STDERR_FILENO)) {}

Progress::~Progress() { clear(); }

void Progress::say(const std::string& line) {
  if (is_quiet_) return;
  clear();
  complain("{}\n", printable(line));
}

void Progress::update(const std::string& line) {
  if (is_quiet_ || !columns_) return;
  auto shown = printable(line);
  if (columns(shown) >= *columns_) shown.resize(*columns_ - 1);
  complain("\r\x1b[K{}", valid_utf8(shown));
  std::fflush(stderr);
  is_shown_ = true;
}

void Progress::clear() {
  if (is_shown_) complain("\r\x1b[K");
  is_shown_ = false;
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/caller/print.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "reports/report.hpp"

namespace hairpin {

std::optional<std::size_t> terminal_columns(int descriptor) {
  const char* kind = std::getenv("TERM");
  const bool is_dumb = kind != nullptr && std::string_view(kind) == "dumb";
  if (is_dumb || ::isatty(descriptor) == 0) return {};
  winsize size{};
  const bool is_known = ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : 80;
}

std::string shown(const Run& run, const Shown& how) {
  if (how.format == "json") return reports::json(run);
  if (how.format == "junit") return reports::junit(run);
  if (how.format == "nagios") return reports::nagios(run);
  reports::TextStyle style;
  const auto columns = terminal_columns(STDOUT_FILENO);
  const char* no_colour = std::getenv("NO_COLOR");
  style.has_colour = columns && (no_colour == nullptr || *no_colour == '\0');
  if (columns) style.width = std::clamp<std::size_t>(*columns, 60, 140);
  style.is_verbose = how.is_verbose;
  style.is_quiet = how.is_quiet;
  return reports::text(run, style);
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "evidence/finding.hpp"

namespace hairpin {

/// How a judged run is shown on this process' stdout.
struct Shown {
  std::string format = "text";  ///< text, json, junit, nagios
  bool is_quiet = false, is_verbose = false;
};

/// The run in one format: "text" has colour and the terminal's width where stdout is one and NO_COLOR is not
/// set.
std::string shown(const Run& run, const Shown& how);

/// Columns of the terminal behind a descriptor; nullopt when it is none, or one that knows no escape sequences (TERM=dumb).
std::optional<std::size_t> terminal_columns(int descriptor);

}  // namespace hairpin

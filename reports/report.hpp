// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.hpp"
#include "evidence/finding.hpp"
#include "topology/model.hpp"

/// A Run to bytes. A report computes no verdict.
namespace hairpin::reports {

struct TextStyle {
  bool has_colour = false;
  bool is_verbose = false;   ///< every finding with its evidence; otherwise the first screen
  bool is_quiet = false;     ///< the last line only
  std::size_t width = 100;   ///< columns
};

std::string text(const Run& run, const TextStyle& style);
std::string json(const Run& run);            ///< schema hairpin.run/1, indented, newline at the end
std::string junit(const Run& run);           ///< JUnit XML, valid against the Jenkins schema (junit-10.xsd)
std::string nagios(const Run& run);          ///< one line with perfdata
int nagios_status(const Run& run);           ///< 0 1 2 3

}  // namespace hairpin::reports

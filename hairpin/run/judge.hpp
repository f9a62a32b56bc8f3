// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace hairpin {

struct JudgeOptions {
  std::string bundle_directory;
  std::string format = "text";  ///< text, json, junit, nagios
  bool is_quiet = false, is_verbose = false, is_strict = false;
};

/// Judges a stored bundle again and prints it; returns the exit status of design 5.
int judge_bundle(const JudgeOptions& options);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evidence/finding.hpp"
#include "evidence/observation.hpp"

namespace hairpin {

/// Exit statuses of every command (docs/architecture.md, Command line).
enum class ExitStatus {
  passed = 0,
  failed = 1,
  usage = 2,         ///< usage, or a bad topology or configuration file
  inconclusive = 3,  ///< nothing failed, something inconclusive, or nothing was judged
  unreachable = 4,   ///< nothing was judged because agents could not be reached
  no_privilege = 5,  ///< nothing was judged for want of privilege
  internal_error = 70,
  interrupted = 130,  ///< SIGINT; 143 is SIGTERM
  terminated = 143,
};

/// The process' exit status as the number that it is.
inline int number(ExitStatus status) { return static_cast<int>(status); }

/// Of a run that was judged. `is_strict`: a warning counts as a failure.
ExitStatus exit_status(const Run& run, const Observations& observations, bool is_strict);

}  // namespace hairpin

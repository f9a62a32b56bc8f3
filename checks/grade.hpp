// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "checks/pairs.hpp"

namespace hairpin::checks {

/// How well one trip's return path is established, and by what.
struct Graded {
  Grade grade = Grade::asserted;
  bool is_known = false;             ///< false: no reply was seen, nothing can be graded
  std::string_view cause;            ///< of a violation
  std::string observed;
  std::vector<Evidence> evidence;
};

/// Design 3, Verdicts: tuple, MAC and interface at each vantage, and the balancer itself as a witness of both legs.
Graded grade_return_path(const Case& c, const Pair& pair, const Trip& trip);

}  // namespace hairpin::checks

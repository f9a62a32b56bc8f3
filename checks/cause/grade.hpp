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
  std::string doubt;                 ///< why nothing proves the way, where that is not for want of a vantage
  std::string observed;
  std::vector<Evidence> evidence;
};

/// What the source alone can say of an answered trip: the reply came from the VIP, by the MAC that was asked.
Grade grade_at_source(const Case& c, const Pair& pair, const Trip& trip);

/// Design 3, Verdicts: tuple, MAC and interface at each vantage, and the balancer itself as a witness of both legs.
Graded grade_return_path(const Case& c, const Pair& pair, const Trip& trip);

}  // namespace hairpin::checks

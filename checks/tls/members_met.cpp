// SPDX-License-Identifier: Apache-2.0
#include "checks/tls/members_met.hpp"

#include "topology/plan.hpp"

namespace hairpin::checks {

std::size_t members_met(std::size_t connections) {
  std::size_t members = 1;
  while (attempts_to_cover(members + 1) <= connections) ++members;
  return members;
}

}  // namespace hairpin::checks

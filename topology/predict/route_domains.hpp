// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/f5/config.hpp"

namespace hairpin::f5 {

/// The route domain of that number; null: no file has it.
const RouteDomain* route_domain(const Config& config, std::uint32_t id);

/// Whether a virtual server hands connections to members in another route domain.
enum class Crossing {
  open,    ///< it is the same one, a parent, or not strict
  strict,  ///< the virtual server's is strict
  unknown  ///< no file says whether it is
};
Crossing crossing(const Config& config, std::uint32_t from, std::uint32_t to);

}  // namespace hairpin::f5

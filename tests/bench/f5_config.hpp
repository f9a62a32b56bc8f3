// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace hairpin::f5 {

/// A configuration as a BIG-IP saves it, about 2 kB for each virtual server: its pool, members, nodes, address, profile,
/// monitor, and a rule for every tenth.
std::string generated_config(std::size_t virtuals);

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace hairpin::checks {

/// How many members are met, each at least once, by so many connections, with 99.9 % (uniform choice).
std::size_t members_met(std::size_t connections);

}  // namespace hairpin::checks

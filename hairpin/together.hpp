// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "net/task.hpp"

namespace hairpin {

/// Runs all tasks beside each other and returns when the last one has ended. They must not throw.
net::Task<> together(std::vector<net::Task<>> tasks);

}  // namespace hairpin

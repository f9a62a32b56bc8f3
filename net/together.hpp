// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "net/task.hpp"

namespace hairpin::net {

/// Runs all tasks beside each other and returns when the last one has ended. They must not throw.
Task<> together(std::vector<Task<>> tasks);

}  // namespace hairpin::net

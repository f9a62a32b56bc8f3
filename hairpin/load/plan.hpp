// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "hairpin/load/scope.hpp"

namespace hairpin {

/// The test by its section of RFC 9411.
std::string method_of(const LoadOptions& options);

/// `--dry-run`: who would load what how much, what each source's host has to lend, which connections firewalls have to let
/// through, how long it may take, and the deviations.
std::string load_plan_text(const Topology& topology, const Plan& plan, const LoadScope& scope, const LoadOptions& options);

}  // namespace hairpin

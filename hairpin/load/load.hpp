// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hairpin/load/options.hpp"

namespace hairpin {

/// Loads, judges, writes the bundle, prints; returns the exit status of design 5. Runs its own event loop.
int load_and_report(const Topology& topology, const LoadOptions& options);

}  // namespace hairpin

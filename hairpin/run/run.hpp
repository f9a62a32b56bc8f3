// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hairpin/caller/run_options.hpp"

namespace hairpin {

/// Runs, judges, writes the bundle, prints; returns the exit status of design 5. Runs its own event loop.
int run_and_report(const Topology& topology, const RunOptions& options);

}  // namespace hairpin

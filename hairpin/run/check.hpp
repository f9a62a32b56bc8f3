// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hairpin/caller/run_options.hpp"
#include "hairpin/run/one_host.hpp"

/// `hairpin check` and `hairpin init`: one host, one command.
namespace hairpin {

/// Starts an agent of its own for the time of the run, probes the VIP from this host and judges what one side can know.
/// Returns the exit status of design 5. Nothing of it is left behind.
int check_from_here(const OneHost& wanted, RunOptions options);

/// Prints a topology to start from.
int print_starting_topology(const OneHost& wanted);

}  // namespace hairpin

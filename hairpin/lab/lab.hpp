// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "hairpin/caller/run_options.hpp"
#include "hairpin/load/options.hpp"
#include "topology/lab/lab.hpp"

/// What `hairpin lab` does, without its command line. Everything returns the exit status: 2 for a site that
/// makes no sense, 5 for want of privilege, 70 when a lab cannot be built.
namespace hairpin {

/// Builds the site with an agent on every host and prints the topology file.
int start_lab(const lab::LabOptions& options);
/// Prints the site and builds nothing.
int show_lab(const lab::LabOptions& options);
/// Prints a BIG-IP configuration that says what the site's balancer does.
int print_lab_configuration(const lab::LabOptions& options);
/// Builds the site, runs the acceptance test on it and removes it, whatever happens; the test's exit status. `is_compared`: what the
/// matching BIG-IP configuration predicts is held against what is seen.
int run_lab(const lab::LabOptions& options, RunOptions run_options, bool is_compared = false);
/// The same with a load instead of the acceptance test.
int load_lab(const lab::LabOptions& options, LoadOptions load_options);
int end_lab(const std::string& name);
int list_labs();
/// The command's own exit status; 2 when there is no such lab or host.
int execute_in_lab(const std::string& name, const std::string& host, const std::vector<std::string>& command);

}  // namespace hairpin

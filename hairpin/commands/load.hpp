// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "hairpin/load/options.hpp"

namespace hairpin {

/// The options of `hairpin load`, which `hairpin lab load` has as well.
struct LoadArguments {
  std::string test = "connections", objects, source_ports;
  std::vector<std::string> source_addresses;
  LoadOptions options;
};
void add_load_arguments(CLI::App& command, LoadArguments& wanted);
/// What belongs together, and what follows from it. Throws CLI::ParseError.
void check_load_arguments(LoadArguments& wanted);

}  // namespace hairpin

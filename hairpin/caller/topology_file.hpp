// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "topology/model.hpp"

namespace hairpin {

/// The bytes of a file of at most `most_bytes`.
Result<std::string> read_file(const std::string& path, std::size_t most_bytes = 16 << 20);

/// Whether every waiver names a check that exists; says on stderr which does not. (The reader of the file does not know
/// the checks.)
bool are_waivers_known(const Topology& topology, const std::string& path);

/// Reads a topology file; says on stderr everything that is wrong with it, and returns nothing then (exit
/// status 2).
std::optional<Topology> load_topology(const std::string& path);

}  // namespace hairpin

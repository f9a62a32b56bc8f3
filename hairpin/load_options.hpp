// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/load.hpp"
#include "hairpin/run.hpp"

namespace hairpin {

/// What `hairpin load` was asked for.
struct LoadOptions {
  RunOptions run;                     ///< agents, output, family
  LoadTest test = LoadTest::connections;
  std::string virtual_server;         ///< empty: the only one
  std::vector<std::string> from;      ///< sources; empty: every one that is no member, else every one
  std::optional<double> rate;         ///< of transactions, a second, of all sources together
  std::optional<double> most;         ///< search up to that rate
  std::optional<std::uint32_t> connections, transactions;
  std::optional<std::uint64_t> object_bytes;
  std::optional<milliseconds> think;
  milliseconds limit{10'000};
  std::string arrivals = "constant";  ///< constant, poisson, closed
  std::optional<std::uint32_t> seconds;  ///< of the sustain phase
  std::uint32_t threads = 1;          ///< of each source
  bool is_quick = false, resumes = false, is_isolated = false, has_direct = true;
  bool is_strict_rule = false;        ///< nothing may fail at all
};

/// The shape of the whole load that follows from the options, before it is divided among sources. `rate` is left to the caller.
LoadShape shape_of(const LoadOptions& options);
/// A short load of a search.
LoadPhases trial_phases(const LoadOptions& options);
/// Source number `part` of `parts`.
LoadShape part_of(const LoadShape& whole, std::uint32_t part, std::uint32_t parts);

/// How the loads differ from RFC 9411: "item: what the RFC asks; what was done", a line each. Never empty: it is about
/// security devices in a laboratory.
std::vector<std::string> deviations(const LoadOptions& options, const LoadShape& shape);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/load.hpp"
#include "hairpin/caller/run_options.hpp"
#include "hairpin/load/places.hpp"

namespace hairpin {

/// What `hairpin load` was asked for.
struct LoadOptions {
  RunOptions run;                     ///< agents, output, family
  LoadTest test = LoadTest::connections;
  std::string virtual_server;         ///< empty: the only one
  std::vector<std::string> from;      ///< sources; empty: every one that is no member, else every one
  std::optional<SourcePorts> source_ports;  ///< of each source; absent: as its kernel chooses
  SourceAddresses source_addresses;
  std::optional<double> rate;         ///< of transactions, a second, of all sources together
  std::optional<double> most;         ///< search up to that rate
  std::optional<std::uint32_t> connections, transactions;
  std::vector<LoadObject> objects;    ///< empty: of the test's size
  std::optional<milliseconds> think;
  milliseconds limit{10'000};
  std::string arrivals;               ///< constant, poisson, closed; empty: as the test has them
  std::uint32_t repeats = 1;          ///< of the load that counts
  std::optional<std::uint32_t> seconds;  ///< of the sustain phase
  std::uint32_t threads = 1;          ///< of each source
  bool is_quick = false, resumes = false, is_isolated = false, has_direct = true;
  bool is_strict_rule = false;        ///< nothing may fail at all
};

/// The shape of the whole load that follows from the options, before it is divided among sources. `rate` is left to the caller.
LoadShape shape_of(const LoadOptions& options);
/// A short load of a search: long enough for kTrialTransactions where that is possible within a minute (--quick: 20 s).
LoadPhases trial_phases(const LoadOptions& options, double rate);
inline constexpr double kTrialTransactions = 1'000;  ///< leave ten beyond p99
/// The lowest rate that a trial of a search can tell something of: a hundred transactions.
double least_rate(const LoadOptions& options);

/// "64,1024:3": sizes in bytes, each with a weight (1 unless given). An error for what is no such list.
Result<std::vector<LoadObject>> parse_objects(const std::string& text);

/// An option that means nothing beside the others, and why; absent: they fit.
struct Misfit {
  std::string option, why;
};
std::optional<Misfit> misfit_of(const LoadOptions& options);

/// How long it may take at worst, from the first connection to the last, without what agents take to get ready.
std::chrono::seconds worst_case(const LoadOptions& options);

/// Source number `part` of `parts`.
LoadShape part_of(const LoadShape& whole, std::uint32_t part, std::uint32_t parts);

/// How the loads differ from RFC 9411: "item: what the RFC asks; what was done", a line each. Never empty: it is about
/// security devices in a laboratory.
std::vector<std::string> deviations(const LoadOptions& options, const LoadShape& shape);

}  // namespace hairpin

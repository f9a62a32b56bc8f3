// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/json.hpp"
#include "evidence/load.hpp"

namespace hairpin {

/// What this host lends to loads at most. It comes from a file of this host, and nothing that arrives over the network
/// changes it.
struct LoadCeiling {
  std::uint32_t connections = 2'000;            ///< open at once
  std::uint32_t connections_per_second = 500;   ///< new ones
  std::uint32_t transactions_per_second = 5'000;
  std::uint32_t megabits_per_second = 100;      ///< of objects
  std::uint32_t seconds = 900;                  ///< of one load
  std::uint32_t run_seconds = 3'600;            ///< of all loads of one run
};
BOOST_DESCRIBE_STRUCT(LoadCeiling, (), (connections, connections_per_second, transactions_per_second, megabits_per_second, seconds, run_seconds))

inline constexpr const char* kLoadCeilingFile = "/etc/hairpin/load-ceiling.json";

/// The file's numbers; the defaults above where there is no such file. An error for a file that others than root may
/// write, that is no JSON, or that misspells a key: a ceiling that is not understood is none that protects.
Result<LoadCeiling> read_load_ceiling(const std::string& path);

/// How much of a host's time a load of this shape takes, all its phases together: each reserves memory for its seconds.
milliseconds time_of(const LoadShape& shape);
/// Whether a host with so many CPUs makes a load with so many threads.
Result<> check_threads(std::uint32_t threads, std::uint32_t cpus);
inline constexpr std::uint32_t kThreadsOfACpu = 2;
std::uint32_t cpus_of_this_process();  ///< that it may run on (sched_getaffinity(2)); 0: not known
/// Whether a load of this shape stays below it, as far as can be said before, after others of the same run that took so long.
Result<> check_ceiling(const LoadShape& shape, const LoadCeiling& ceiling, milliseconds before = {});

/// Why a load that was like that for a second has to end; empty: it may go on. A tenth more than the ceiling is granted, because
/// seconds are not cut exactly.
std::string over_ceiling(const LoadSecond& second, const LoadCeiling& ceiling);

}  // namespace hairpin

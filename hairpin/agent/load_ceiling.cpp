// SPDX-License-Identifier: Apache-2.0
#include "hairpin/agent/load_ceiling.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>

namespace hairpin {
namespace {

Error beyond(const char* what, double wanted, std::uint32_t most) {
  return refusal(fmt::format("make a load of {:.0f} {}: this host lends {}", wanted, what, most),
                 fmt::format("ask for less, or raise the ceiling on the host itself ({})", kLoadCeilingFile));
}

double seconds(milliseconds time) { return std::chrono::duration<double>(time).count(); }

/// New connections a second in the sustain phase; 0 where it is not known before.
double connections_per_second(const LoadShape& shape) {
  return shape.arrivals == Arrivals::closed || shape.transactions == 0 ? 0 : shape.rate / shape.transactions;
}

Result<> is_well_kept(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) < 0) return last_system_error("read the load ceiling " + path);
  if (status.st_uid != 0 && status.st_uid != ::geteuid())
    return refusal("trust the load ceiling " + path + ": it belongs to another user", "chown root " + path);
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return refusal("trust the load ceiling " + path + ": others may write it", "chmod go-w " + path);
  return {};
}

}  // namespace

Result<LoadCeiling> read_load_ceiling(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file && errno == ENOENT) return LoadCeiling();
  if (!file) return last_system_error("read the load ceiling " + path);
  if (const auto kept = is_well_kept(path); !kept) return kept.error();
  std::ostringstream text;
  text << file.rdbuf();
  const auto value = parse_json(text.str(), path);
  if (!value) return value.error();
  return from_json<LoadCeiling>(*value, path);
}

milliseconds time_of(const LoadShape& shape) {
  const auto& phases = shape.phases;
  return phases.init + phases.ramp_up + phases.sustain + phases.ramp_down;
}

std::uint32_t cpus_of_this_process() {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  return ::sched_getaffinity(0, sizeof cpus, &cpus) < 0 ? 0 : static_cast<std::uint32_t>(CPU_COUNT(&cpus));
}

/// Each has buffers and tables of its own, some MB, and more than there are CPUs make nothing faster.
Result<> check_threads(std::uint32_t threads, std::uint32_t cpus) {
  const auto most = kThreadsOfACpu * std::max(cpus, 1U);
  if (threads <= most) return {};
  return refusal(fmt::format("make a load with {} threads: this host has {} CPUs and lends {} threads", threads, cpus, most),
                 "ask for fewer (--threads), or for more sources");
}

Result<> check_ceiling(const LoadShape& shape, const LoadCeiling& ceiling, milliseconds before) {
  if (shape.connections > ceiling.connections) return beyond("connections", shape.connections, ceiling.connections);
  const double rate = connections_per_second(shape);
  if (rate > ceiling.connections_per_second) return beyond("connections a second", rate, ceiling.connections_per_second);
  const double transactions = shape.arrivals == Arrivals::closed ? 0 : shape.rate;
  if (transactions > ceiling.transactions_per_second) return beyond("transactions a second", transactions, ceiling.transactions_per_second);
  const double megabits = shape.arrivals == Arrivals::closed ? 0 : shape.rate * mean_object_bytes(shape) * 8 / 1e6;
  if (megabits > ceiling.megabits_per_second) return beyond("Mbit/s", megabits, ceiling.megabits_per_second);
  const double length = seconds(time_of(shape)), all = seconds(before + time_of(shape));
  if (length > ceiling.seconds) return beyond("seconds", length, ceiling.seconds);
  if (all > ceiling.run_seconds) return beyond("seconds, with those before it in this run", all, ceiling.run_seconds);
  return {};
}

std::string over_ceiling(const LoadSecond& second, const LoadCeiling& ceiling) {
  const auto exceeds = [](double is, std::uint32_t most) { return is > 1.1 * most; };
  const double megabits = static_cast<double>(second.body_bytes) * 8 / 1e6;
  if (exceeds(static_cast<double>(second.connections), ceiling.connections_per_second))
    return fmt::format("{} new connections in a second: this host lends {}", second.connections, ceiling.connections_per_second);
  const auto ended = second.completed + second.failed;
  if (exceeds(static_cast<double>(ended), ceiling.transactions_per_second))
    return fmt::format("{} transactions in a second: this host lends {}", ended, ceiling.transactions_per_second);
  if (exceeds(megabits, ceiling.megabits_per_second))
    return fmt::format("{:.0f} Mbit/s: this host lends {}", megabits, ceiling.megabits_per_second);
  return {};
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "checks/load/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/histogram.hpp"

namespace hairpin::checks {
namespace {

constexpr double kMostCpu = 0.8;
constexpr std::int64_t kMostLateness_us = 1'000;
constexpr double kMostResponderCpu = 0.9;

double seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

/// How late a generator may look at what is due: 1 ms, or a tenth of the time between two arrivals.
std::int64_t most_lateness_us(const LoadShape& shape) {
  const double gap_us = shape.rate > 0 ? 1e6 / shape.rate : 0;
  return std::max(kMostLateness_us, static_cast<std::int64_t>(gap_us / 10));
}

/// Transactions a second that its connections can begin at most, which rest after each but the last; infinite where they do not.
double most_rate(const LoadShape& shape) {
  const double rests = shape.transactions == 0 ? 1 : 1 - 1.0 / shape.transactions;
  const double rest_s = seconds(shape.think) * rests;
  return rest_s > 0 ? shape.connections / rest_s : std::numeric_limits<double>::infinity();
}

/// Of the time that its threads had, or the busiest of them: where several share a load, one that cannot follow hides in their sum.
double cpu_share(const GeneratorHealth& health) {
  const auto time = std::max(seconds(health.sustained), 1e-9);
  return std::max(seconds(health.cpu) / (time * std::max(health.threads, 1U)), seconds(health.busiest) / time);
}

double median_ms(const std::string& times) {
  const auto read = Histogram::decode(times);
  return read ? 1e3 * seconds(read->percentile(50)) : 0;
}

std::string no_port(std::uint64_t times, const LoadShape& shape) {
  const auto of = shape.first_port > 0 ? fmt::format(" of {} to {}", shape.first_port, shape.last_port) : std::string();
  return fmt::format("{} times no port{} was free (EADDRNOTAVAIL)", times, of);
}

}  // namespace

const LoadTally& judged_tally(const LoadObservation& load) {
  return load.is_hopeless || load.shape.test == LoadTest::concurrent ? load.counts : load.sustained;
}

/// Transactions that waited longer for a free connection than they took with it: more connections might have carried them. Where they
/// took several times as long as the fastest, the path slowed down, and more of them would only wait elsewhere.
std::string want_of_connections(const LoadObservation& load) {
  constexpr double kSlowed = 4;
  if (load.shape.arrivals == Arrivals::closed || load.shape.test == LoadTest::concurrent) return {};
  const auto service = Histogram::decode(load.times.service);
  const double waited_ms = median_ms(load.times.lag), took_ms = median_ms(load.times.service);
  if (!service || waited_ms <= took_ms || took_ms > kSlowed * 1e3 * seconds(service->least())) return {};
  return fmt::format("all its {} connections were busy: transactions waited {:.3g} ms for one and then took {:.3g} ms (medians)",
                     load.shape.connections, waited_ms, took_ms);
}

std::string limit_of(const LoadObservation& load) {
  const auto& health = load.health;
  if (!load.stopped.empty() && !load.is_hopeless) return "stopped early: " + load.stopped;
  if (!health.error.empty()) return health.error;
  if (judged_tally(load).attempted == 0) return "nothing was due in the sustain phase";
  if (!judged_tally(load).is_settled()) return "transactions are missing from the account";
  if (load.shape.arrivals != Arrivals::closed && load.shape.rate > most_rate(load.shape))
    return fmt::format("with pauses of {} ms its {} connections make {:.0f} transactions a second at most", load.shape.think.count(),
                       load.shape.connections, most_rate(load.shape));
  if (health.no_port > 0) return no_port(health.no_port, load.shape);
  if (health.no_descriptor > 0) return fmt::format("{} times no file could be opened (EMFILE)", health.no_descriptor);
  if (health.no_memory > 0) return fmt::format("{} times it had no memory for a connection (ENOBUFS, ENOMEM)", health.no_memory);
  if (health.held_back > 0) return "the ceiling of its host (hairpin agent --load-ceiling) held it back";
  const double cpu = cpu_share(health);
  if (cpu > kMostCpu && load.shape.arrivals == Arrivals::closed)
    return fmt::format("its threads used {:.0f} % of their CPUs", 100 * cpu);
  if (health.lateness_us > most_lateness_us(load.shape))
    return fmt::format("it looked at what was due up to {} µs late (p{:.4g})", health.lateness_us, health.lateness_percent);
  if (cpu > kMostCpu) return fmt::format("its threads used {:.0f} % of their CPUs", 100 * cpu);
  return want_of_connections(load);
}

std::string responder_limit(const std::vector<ServedLoad>& served) {
  for (const auto& each : served) {
    if (each.no_descriptor.value_or(0) > 0)
      return fmt::format("{} had no file left for connections, {} times (EMFILE; ulimit -n, LimitNOFILE= of its unit)", each.member, *each.no_descriptor);
    if (each.refused.value_or(0) > 0)
      return fmt::format("{} refused {} connections: as many as it takes were open", each.member, *each.refused);
    if (each.cpu_share > kMostResponderCpu)
      return fmt::format("{} used {:.0f} % of the CPU that its thread can have", each.member, 100 * each.cpu_share);
  }
  return {};
}

}  // namespace hairpin::checks

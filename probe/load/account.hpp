// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/histogram.hpp"
#include "evidence/load.hpp"
#include "probe/load/connection.hpp"

namespace hairpin::probe::load {

/// What one thread counts. Only `published` is read by others while it runs.
class Account {
 public:
  using Failure = std::uint64_t LoadFailures::*;
  static constexpr std::size_t kMostMembers = 64;  ///< names beyond are counted without name

  explicit Account(const LoadShape& shape);

  /// What an error of the system (errno) means for a transaction.
  static Failure kind_of(int error);

  LoadTally& tally(bool is_measured) { return is_measured ? sustained : outside; }
  LoadTally& tally(const Connection& connection) { return tally(connection.is_measured); }

  /// A transaction was due; how late the loop looked at it.
  void attempted(bool is_measured, std::optional<nanoseconds> lateness);
  void shed(bool is_measured);
  void sent_syn(bool is_measured);
  void begun(const Connection& connection);
  void connected(const Connection& connection);
  void shaken(const Connection& connection, bool is_resumed, SteadyTime now);
  void first_byte(const Connection& connection, SteadyTime now);
  void heard(std::uint64_t body_bytes) { current_.body_bytes += body_bytes; }
  /// The connection lives in the sustain phase: once for each.
  void alive(Connection& connection);
  void was_reset(const Connection& connection) { ++tally(connection.is_alive_measured).resets; }
  void ended_idle(const Connection& connection) { ++tally(connection.is_alive_measured).ended_idle; }
  /// It sent something while it was not its turn, other than its end; `words` for a person.
  void unasked(const Connection& connection, std::string_view words);
  void completed(const Connection& connection, SteadyTime now);
  void failed(bool is_measured, Failure failure, std::string_view words);
  void timed_out(bool is_measured, nanoseconds limit);

  /// Ends the seconds that are over.
  void roll(nanoseconds since_start, std::uint64_t open);
  std::uint32_t published() const { return published_.load(std::memory_order_acquire); }
  const LoadSecond& second(std::uint32_t index) const { return seconds_[index]; }

  void add_to(LoadObservation& observation) const;

  LoadTally outside, sustained;
  Histogram response, service, lag, connect, handshake, ttfb, ttlb, lateness;
  std::vector<MemberShare> members;
  std::string first_failure;

 private:
  void share(std::string_view member);
  void close_second(std::uint64_t open);

  LoadPhases phases_;
  LoadSecond current_;
  Histogram current_response_;
  std::vector<LoadSecond> seconds_;  ///< never grows beyond what was reserved
  std::atomic<std::uint32_t> published_{0};
  std::size_t last_member_ = 0;
};

}  // namespace hairpin::probe::load

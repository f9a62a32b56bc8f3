// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace hairpin {

/// Durations from 1 µs to 60 s, each kept to three significant digits (HdrHistogram's log-linear buckets). Merged by
/// adding, never by averaging percentiles. 17,408 counters, 139 KB, allocated once: `record` allocates nothing.
class Histogram {
 public:
  static constexpr std::int64_t kHighest_us = 60'000'000;

  Histogram();
  /// Below 1 µs counts as 1 µs, over 60 s as 60 s.
  void record(nanoseconds value, std::uint64_t times = 1);
  void add(const Histogram& other);
  void clear();

  std::uint64_t count() const { return total_; }
  bool is_empty() const { return total_ == 0; }
  /// The highest value that counts as equal to the one below which `percent` of all lie; zero when empty.
  nanoseconds percentile(double percent) const;
  nanoseconds least() const;  ///< zero when empty
  nanoseconds most() const;   ///< to three digits, as everything here
  nanoseconds mean() const;
  /// Whether ten or more samples lie beyond it: fewer say nothing (method: p99 needs 1,000 for that).
  bool is_settled(double percent) const;

  /// HdrHistogram's V2 format, compressed, base64 ("HISTFAAAA…"), values in µs: every library of that family reads it.
  std::string encode() const;
  /// What `encode` of this range wrote; another range, or what is cut off or goes on, is an error.
  static Result<Histogram> decode(std::string_view text);

  bool operator==(const Histogram&) const = default;

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t total_ = 0;
};

}  // namespace hairpin

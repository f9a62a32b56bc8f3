// SPDX-License-Identifier: Apache-2.0
// Prints histograms and their percentiles as we see them, one a line: ENCODED COUNT P0 P50 P90 P99 P99.9 P99.99 P100 (µs).
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <random>

#include "base/histogram.hpp"

namespace {

using hairpin::Histogram;
using std::chrono::microseconds;

/// `count` durations between 1 µs and e^17 µs (24 s), each magnitude as often as every other one.
Histogram sample(std::uint64_t count, std::uint32_t seed) {
  std::minstd_rand random(seed);
  std::uniform_real_distribution<double> magnitude(0, 17);
  Histogram histogram;
  for (std::uint64_t i = 0; i < count; ++i) histogram.record(microseconds(std::llround(std::exp(magnitude(random)))));
  return histogram;
}

void print(const Histogram& histogram) {
  fmt::print("{} {}", histogram.encode(), histogram.count());
  for (const double percent : {0.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0})
    fmt::print(" {}", std::chrono::duration_cast<microseconds>(histogram.percentile(percent)).count());
  fmt::print("\n");
}

}  // namespace

int main() {
  Histogram merged;
  for (const std::uint64_t count : {1U, 2U, 10U, 1'000U, 99'999U}) {
    const auto part = sample(count, static_cast<std::uint32_t>(count));
    print(part);
    merged.add(part);
  }
  print(merged);
  Histogram edges;
  edges.record(microseconds(0), 1'000'000'000'000);
  edges.record(std::chrono::hours(1), 3);
  print(edges);
}

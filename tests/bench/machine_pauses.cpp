// SPDX-License-Identifier: Apache-2.0
// What a machine does to somebody who only looks at the clock: how late moments at an even rate are seen by a loop that does
// nothing else. No generator on it is more punctual. bench_pauses RATE SECONDS: prints p99.9 in microseconds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/histogram.hpp"

int main(int argc, char** argv) {
  using Clock = std::chrono::steady_clock;
  if (argc != 3) return std::fprintf(stderr, "usage: bench_pauses RATE SECONDS\n"), 2;
  const std::chrono::duration<double> distance(1 / std::max(std::atof(argv[1]), 1.0)), length(std::atof(argv[2]));
  const auto apart = std::chrono::duration_cast<std::chrono::nanoseconds>(distance);
  hairpin::Histogram lateness;
  auto due = Clock::now();
  for (const auto until = due + length; due < until;) {
    const auto now = Clock::now();
    for (; due <= now && due < until; due += apart) lateness.record(now - due);
  }
  std::printf("%lld\n", static_cast<long long>(lateness.percentile(99.9).count() / 1000));
  return 0;
}

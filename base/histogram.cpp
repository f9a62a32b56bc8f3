// SPDX-License-Identifier: Apache-2.0
#include "base/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/histogram_codec.hpp"

namespace hairpin {
namespace {

// HdrHistogram's layout for 3 digits: 2,048 values in the first bucket, every further one doubles the step and adds 1,024.
constexpr std::uint64_t kSubBuckets = 2048;
constexpr int kHalfBits = 10;
constexpr std::uint64_t kHalf = kSubBuckets / 2;
constexpr std::size_t kCounters = 17 * kHalf;  // 2,048 * 2^15 µs is the first power over 60 s: 16 buckets

std::size_t index_of(std::uint64_t value) {
  const auto bucket = static_cast<std::uint64_t>(std::bit_width(value | (kSubBuckets - 1))) - 11;
  return static_cast<std::size_t>(((bucket + 1) << kHalfBits) + (value >> bucket) - kHalf);
}

struct Range {
  std::uint64_t lowest = 0, highest = 0;  ///< both included
};

Range range_at(std::size_t index) {
  const std::uint64_t position = index;
  if (position < kSubBuckets) return {position, position};
  const auto bucket = (position >> kHalfBits) - 1;
  const auto lowest = ((position & (kHalf - 1)) + kHalf) << bucket;
  return {lowest, lowest + (std::uint64_t{1} << bucket) - 1};
}

nanoseconds from_us(std::uint64_t value) { return std::chrono::microseconds(static_cast<std::int64_t>(value)); }

}  // namespace

Histogram::Histogram() : counts_(kCounters) {}

void Histogram::record(nanoseconds value, std::uint64_t times) {
  const auto rounded = (value.count() + 500) / 1000;
  counts_[index_of(static_cast<std::uint64_t>(std::clamp<std::int64_t>(rounded, 1, kHighest_us)))] += times;
  total_ += times;
}

void Histogram::add(const Histogram& other) {
  std::transform(counts_.begin(), counts_.end(), other.counts_.begin(), counts_.begin(), std::plus<>());
  total_ += other.total_;
}

void Histogram::clear() {
  std::fill(counts_.begin(), counts_.end(), 0);
  total_ = 0;
}

nanoseconds Histogram::percentile(double percent) const {
  if (total_ == 0) return {};
  const auto wanted = std::min(percent, 100.0) / 100 * static_cast<double>(total_);
  // One unit in the last place less, so that an exact count is not rounded up to the next.
  const auto least_count = std::max(std::ceil(std::nextafter(wanted, 0.0)), 1.0);
  std::uint64_t seen = 0;
  for (std::size_t index = 0; index < kCounters; ++index) {
    seen += counts_[index];
    if (static_cast<double>(seen) >= least_count) return from_us(range_at(index).highest);
  }
  return most();
}

nanoseconds Histogram::least() const {
  const auto first = std::find_if(counts_.begin(), counts_.end(), [](std::uint64_t count) { return count > 0; });
  if (first == counts_.end()) return {};
  return from_us(range_at(static_cast<std::size_t>(first - counts_.begin())).lowest);
}

nanoseconds Histogram::most() const {
  const auto last = std::find_if(counts_.rbegin(), counts_.rend(), [](std::uint64_t count) { return count > 0; });
  if (last == counts_.rend()) return {};
  return from_us(range_at(static_cast<std::size_t>(counts_.rend() - last) - 1).highest);
}

nanoseconds Histogram::mean() const {
  if (total_ == 0) return {};
  double sum_us = 0;
  for (std::size_t index = 0; index < kCounters; ++index) {
    const auto range = range_at(index);
    sum_us += static_cast<double>(counts_[index]) * static_cast<double>(range.lowest + range.highest) / 2;
  }
  return nanoseconds(std::llround(sum_us * 1000 / static_cast<double>(total_)));
}

bool Histogram::is_settled(double percent) const {
  return static_cast<double>(total_) * (100 - percent) / 100 >= 10 - 1e-6;
}

std::string Histogram::encode() const { return encode_counts(counts_, kHighest_us); }

Result<Histogram> Histogram::decode(std::string_view text) {
  Histogram histogram;
  if (const auto read = decode_counts(text, kHighest_us, histogram.counts_); !read) return read.error();
  for (const auto count : histogram.counts_) {
    if (count > UINT64_MAX - histogram.total_) return refusal("read a histogram: its counts are beyond 64 bits");
    histogram.total_ += count;
  }
  return histogram;
}

}  // namespace hairpin

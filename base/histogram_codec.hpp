// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

/// HdrHistogram's V2 encoding of counters: a header of 40 bytes, counts as ZigZag LEB128 with runs of zeros as one
/// negative number, zlib, base64.
namespace hairpin {

std::string encode_counts(std::span<const std::uint64_t> counts, std::int64_t highest_us);

/// Fills `counts`, which are as many as the range of the histogram has; fails for another range.
Result<> decode_counts(std::string_view text, std::int64_t highest_us, std::span<std::uint64_t> counts);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "evidence/load.hpp"

/// What coordinator and agents alike demand of the source ports of a load.
namespace hairpin {

/// Of the trips that are made beside a load. Captures see these ports alone, so the load costs them nothing; they lie above
/// those that Linux chooses by itself, and come round again when TIME_WAIT is long over.
inline constexpr std::uint16_t kFirstSamplePort = 64'000, kLastSamplePort = 64'511;

/// An error for a range with ports of services (below 1024), or of samples.
Result<> check_source_range(std::uint16_t first, std::uint16_t last);

/// An error for a source's part of a load that has fewer ports than connections.
Result<> check_source_ports(const LoadShape& part, const std::string& source);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/messages/source_ports.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probe/load/places.hpp"

namespace hairpin {

Result<> check_source_range(std::uint16_t first, std::uint16_t last) {
  constexpr std::uint16_t kFirstPort = 1024;
  if (first < kFirstPort)
    return refusal(fmt::format("use source ports from {} on: those below {} belong to services", first, kFirstPort), "begin with a higher one");
  if (first <= kLastSamplePort && last >= kFirstSamplePort)
    return refusal(fmt::format("use source ports {} to {}: {} to {} are those of the trips that are made meanwhile", first, last, kFirstSamplePort,
                               kLastSamplePort),
                   fmt::format("end below {}, or begin above {}", kFirstSamplePort, kLastSamplePort));
  return {};
}

Result<> check_source_ports(const LoadShape& part, const std::string& source) {
  if (probe::load::has_ports_for_all(part)) return {};
  const auto range = part.last_port - part.first_port + 1U;
  return refusal(fmt::format("load from {}: {} ({} ports of {} address{}) are fewer than its {} connections at once", source, places_text(part), range,
                             std::max<std::size_t>(part.sources.size(), 1), part.sources.size() > 1 ? "es" : "", part.connections),
                 "widen --source-ports, add --source-addresses, or open fewer at once (--connections)");
}

}  // namespace hairpin

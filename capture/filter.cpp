// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "capture/canary.hpp"
#include "capture/live.hpp"

namespace hairpin::capture {
namespace {

template <class T, class Word>
std::string any_of(const std::vector<T>& values, Word word) {
  std::vector<std::string> terms;
  for (const auto& value : values) terms.push_back(word(value));
  return fmt::format("({})", fmt::join(terms, " or "));
}

std::string segments_of(const std::vector<std::uint16_t>& ports, const std::vector<IpAddress>& addresses) {
  std::string text = "tcp";
  if (!ports.empty()) text += " and " + any_of(ports, [](auto port) { return fmt::format("port {}", port); });
  for (const auto* end : {"src", "dst"}) {
    if (addresses.empty()) break;
    const auto word = [end](const IpAddress& address) {
      return fmt::format("{} host {}", end, to_string(address));
    };
    text += " and " + any_of(addresses, word);
  }
  return text;
}

}  // namespace

std::string filter_for(const std::vector<std::uint16_t>& ports, const std::vector<IpAddress>& addresses,
                       LinkType link) {
  const auto segments = segments_of(ports, addresses);
  if (link == LinkType::raw_ip) return segments;
  const auto untagged = fmt::format("({}) or ether proto {:#x}", segments, kCanaryType);
  if (link == LinkType::linux_sll2) return untagged;
  // `vlan` moves the offsets of all that follows by one tag: it comes last, and the second tag is inside the
  // first.
  return fmt::format("{} or (vlan and (({}) or (vlan and ({}))))", untagged, segments, segments);
}

}  // namespace hairpin::capture

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

/// To a service, or from one. Ports and addresses are asked of the same end: what a member asks of somebody
/// else's port 444 is none of the plan's.
std::string segments_of(const std::vector<std::uint16_t>& ports, const std::vector<IpAddress>& addresses) {
  std::vector<std::string> ends;
  for (const auto* end : {"dst", "src"}) {
    std::vector<std::string> terms;
    const auto port = [end](std::uint16_t number) { return fmt::format("{} port {}", end, number); };
    const auto host = [end](const IpAddress& address) {
      return fmt::format("{} host {}", end, to_string(address));
    };
    if (!ports.empty()) terms.push_back(any_of(ports, port));
    if (!addresses.empty()) terms.push_back(any_of(addresses, host));
    if (!terms.empty()) ends.push_back(fmt::format("({})", fmt::join(terms, " and ")));
  }
  return ends.empty() ? "tcp" : fmt::format("tcp and ({})", fmt::join(ends, " or "));
}

/// SYN and SYN-ACK alone: `tcp[…]` never matches IPv6 (pcap-filter(7)), whose TCP flags are at byte 53 without
/// extension headers.
constexpr const char* kOpening = "(tcp[tcpflags] & tcp-syn != 0 or (ip6[6] == 6 and ip6[53] & 2 != 0))";

/// What clients open to a service that nobody declared.
std::string openings_of(const std::vector<std::uint16_t>& ports, const std::vector<IpAddress>& clients) {
  std::vector<std::string> ends;
  for (const auto& [service, client] : {std::pair("dst", "src"), std::pair("src", "dst")}) {
    const auto port = [word = service](std::uint16_t number) { return fmt::format("{} port {}", word, number); };
    const auto host = [word = client](const IpAddress& address) { return fmt::format("{} host {}", word, to_string(address)); };
    ends.push_back(fmt::format("({} and {})", any_of(ports, port), any_of(clients, host)));
  }
  return fmt::format("(tcp and ({}) and {})", fmt::join(ends, " or "), kOpening);
}

}  // namespace

std::string filter_for(const Traffic& traffic, LinkType link) {
  auto segments = segments_of(traffic.ports, traffic.services);
  if (!traffic.ports.empty() && !traffic.clients.empty())
    segments = fmt::format("(({}) or {})", segments, openings_of(traffic.ports, traffic.clients));
  if (const auto& ports = traffic.one_end) segments = fmt::format("(({}) and tcp portrange {}-{})", segments, ports->first, ports->last);
  if (link == LinkType::raw_ip) return segments;
  auto untagged = fmt::format("({}) or ether proto {:#x}", segments, kCanaryType);
  if (link == LinkType::linux_sll2) return untagged;
  // `vlan` moves the offsets of all that follows by one tag: it comes last, and the second tag is inside the
  // first.
  return fmt::format("{} or (vlan and (({}) or (vlan and ({}))))", untagged, segments, segments);
}

}  // namespace hairpin::capture

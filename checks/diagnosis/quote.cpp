// SPDX-License-Identifier: Apache-2.0
#include "checks/diagnosis/quote.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/pairs.hpp"
#include "checks/cause/reset_reason.hpp"

namespace hairpin::checks {
namespace {

constexpr std::size_t kMostPackets = 6;  // at one end: handshake and end of both legs, where a proxy makes two

std::string_view kind_of(const PacketObservation& packet) {
  if (packet.is_reset()) return "RST";
  if (packet.is_syn_ack()) return "SYN-ACK";
  if (packet.is_syn()) return "SYN";
  return packet.has(kFin) ? "FIN" : "";
}

std::string arrival(const Case& c, const Trip& trip, const PacketObservation& packet) {
  auto text = fmt::format("{} from {}", kind_of(packet), tcpdump_form(packet.tuple.source));
  if (&packet == trip.came_back) text = "its own SYN, " + tcpdump_form(packet.tuple);
  if (packet.source_mac != MacAddress{}) {
    const auto owner = c.sight.owner_of(packet.source_mac);
    text += fmt::format(" (MAC {}{})", to_string(packet.source_mac), owner.empty() ? "" : ", " + owner);
  }
  return with_reason(std::move(text), packet);
}

/// The flows of a trip at one host, of either leg, each once.
std::vector<MatchedFlow> flows_at(const Trip& trip, const std::string& host) {
  std::vector<MatchedFlow> flows;
  for (const auto* legs : {&trip.client_leg, &trip.server_leg})
    for (const auto& leg : *legs) {
      const auto is_it = [&](const MatchedFlow& other) { return other.flow == leg.flow; };
      if (leg.flow->host == host && std::none_of(flows.begin(), flows.end(), is_it)) flows.push_back(leg);
    }
  return flows;
}

void add_packets(std::vector<Evidence>& packets, const Trip& trip, const std::string& host) {
  const bool is_closed = trip.probe->end == End::closed;
  std::vector<Evidence> here;
  for (const auto& [flow, match] : flows_at(trip, host)) {
    std::vector<std::string> seen;
    for (const auto* packet : flow->packets) {
      const auto kind = kind_of(*packet);
      if (kind.empty() || (kind == "FIN" && !is_closed)) continue;
      const auto key = fmt::format("{} {}", kind, flow->is_forward(*packet));
      if (std::find(seen.begin(), seen.end(), key) != seen.end()) continue;  // sent again
      seen.push_back(key);
      here.push_back(packet_evidence(*packet, match));
    }
  }
  std::stable_sort(here.begin(), here.end(), [](const Evidence& left, const Evidence& right) { return left.time < right.time; });
  if (here.size() > kMostPackets) here.resize(kMostPackets);
  std::move(here.begin(), here.end(), std::back_inserter(packets));
}

}  // namespace

std::string came_back(const Case& c, const Trip& trip) {
  const auto& source = trip.probe->host;
  std::vector<const PacketObservation*> arrived;
  for (const auto& leg : flows_at(trip, source))
    for (const auto* packet : leg.flow->packets)
      if (packet->direction == Direction::in && !kind_of(*packet).empty()) arrived.push_back(packet);
  std::stable_sort(arrived.begin(), arrived.end(), [](const auto* left, const auto* right) { return left->time < right->time; });
  std::vector<std::string> texts;
  for (const auto* packet : arrived) {
    auto text = arrival(c, trip, *packet);
    if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(std::move(text));
  }
  if (texts.empty()) return c.sight.is_reliable(source) ? "nothing" : "not known: no reliable capture on " + source;
  return fmt::format("{}", fmt::join(texts, ", then "));
}

std::vector<Evidence> telling_packets(const Trip& trip, const std::string& balancer) {
  std::vector<Evidence> packets;
  add_packets(packets, trip, trip.probe->host);
  const auto& other = trip.member.empty() ? balancer : trip.member;
  if (other != trip.probe->host) add_packets(packets, trip, other);
  return packets;
}

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include "evidence/observation.hpp"

#include <fmt/format.h>

namespace hairpin {

bool PacketObservation::is_syn() const { return (flags & (kSyn | kAck | kRst | kFin)) == kSyn; }
bool PacketObservation::is_syn_ack() const { return (flags & (kSyn | kAck | kRst | kFin)) == (kSyn | kAck); }
bool PacketObservation::is_reset() const { return (flags & kRst) != 0; }
bool PacketObservation::is_refusal() const { return has(kRst | kAck) && sequence == 0; }

std::set<std::string> reliable_hosts(const Observations& observations) {
  std::set<std::string> reliable, unreliable;
  for (const auto& capture : observations.captures) {
    const bool is_good = capture.is_proven_before && capture.is_proven_after && capture.dropped == 0;
    (is_good ? reliable : unreliable).insert(capture.host);
  }
  for (const auto& agent : observations.agents)
    if (agent.state != AgentState::ready) unreliable.insert(agent.host);
  for (const auto& host : unreliable) reliable.erase(host);
  return reliable;
}

std::string tcpdump_form(const PacketObservation& packet) {
  std::string letters;
  if (packet.has(kSyn)) letters += 'S';
  if (packet.has(kFin)) letters += 'F';
  if (packet.has(kRst)) letters += 'R';
  if (packet.has(kPsh)) letters += 'P';
  if (packet.has(kAck)) letters += '.';
  if (letters.empty()) letters = "none";
  std::string text;
  if (packet.source_mac != MacAddress{} || packet.destination_mac != MacAddress{})
    text = to_string(packet.source_mac) + " > " + to_string(packet.destination_mac) + ", ";
  text += fmt::format("{}: Flags [{}], seq {}", tcpdump_form(packet.tuple), letters, packet.sequence);
  if (packet.has(kAck)) text += fmt::format(", ack {}", packet.acknowledgement);
  text += fmt::format(", win {}, ttl {}, length {}", packet.window, packet.hop_limit, packet.payload_bytes);
  return text;
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <tuple>

#include "evidence/trip.hpp"

namespace hairpin {
namespace {

/// Both directions of a connection at one interface have the same key: (host, interface, lower end, higher end).
using FlowKey = std::tuple<std::string, std::string, Endpoint, Endpoint>;

FlowKey key_of(const PacketObservation& packet) {
  const auto& [from, to] = packet.tuple;
  return {packet.host, packet.interface, std::min(from, to), std::max(from, to)};
}

/// The opener sends SYNs and receives SYN-ACKs and refusals; without either, whoever was seen first.
Tuple tuple_from_opener(const PacketObservation& first) {
  return first.is_syn_ack() || first.is_refusal() ? first.tuple.reversed() : first.tuple;
}

/// Its SYN, once more. A SYN with another ISN on the same tuple is another connection (the port was used again).
bool is_opened_by(const Flow& flow, const PacketObservation& syn) {
  const auto* own = flow.syn();
  return own && own->sequence == syn.sequence && own->tuple == syn.tuple;
}

/// It answers this flow's SYN, or the SYN that the flow's own SYN-ACK answers. A SYN may carry data that is acknowledged with it (RFC 7413).
bool is_answered_by(const Flow& flow, const PacketObservation& syn_ack) {
  if (const auto* syn = flow.syn())
    return syn_ack.tuple == syn->tuple.reversed() && syn_ack.acknowledgement - syn->sequence - 1 <= syn->payload_bytes;  // modulo 2^32
  const auto* other = flow.first_that([](const auto& packet) { return packet.is_syn_ack(); });
  return other && other->acknowledgement == syn_ack.acknowledgement;
}

/// A host with several interfaces may see one connection on more than one: the one with the SYN says most.
const Flow* leg_at(const std::vector<MatchedFlow>& legs, const std::string& host) {
  const Flow* found = nullptr;
  for (const auto& leg : legs) {
    if (leg.flow->host != host) continue;
    if (leg.flow->syn()) return leg.flow;
    if (!found) found = leg.flow;
  }
  return found;
}

/// So many connections of one tuple are looked through for a SYN that is sent again or answered late.
constexpr std::ptrdiff_t kLookBack = 4;

/// Where among the flows of its addresses and ports a packet belongs, the newest being the last of `same`; their end: it opens
/// another one. A SYN-ACK belongs to the SYN that it answers: the port may have been used before, for somebody else's answer.
std::vector<std::size_t>::iterator place_of(const std::vector<Flow>& flows, std::vector<std::size_t>& same, const PacketObservation& packet) {
  if (same.empty()) return same.end();
  const bool is_opening = packet.is_syn() || packet.is_syn_ack();
  const auto newest = same.end() - 1;
  if (!is_opening) return newest;
  const auto last = same.rbegin() + std::min(static_cast<std::ptrdiff_t>(same.size()), kLookBack);
  const auto found = std::find_if(same.rbegin(), last, [&](std::size_t index) {
    return packet.is_syn() ? is_opened_by(flows[index], packet) : is_answered_by(flows[index], packet);
  });
  if (found != last) return found.base() - 1;
  const bool is_without_opening = !flows[*newest].syn() && !flows[*newest].syn_ack();
  return packet.is_syn_ack() && is_without_opening ? newest : same.end();
}

}  // namespace

const PacketObservation* Flow::syn() const {
  return first_that([this](const auto& p) { return p.is_syn() && is_forward(p); });
}

const PacketObservation* Flow::syn_ack() const {
  return first_that([this](const auto& p) { return p.is_syn_ack() && !is_forward(p); });
}

const PacketObservation* Flow::first_reset() const {
  return first_that([](const auto& p) { return p.is_reset(); });
}

std::string Roster::name_of(const IpAddress& address) const {
  const auto found = host_of.find(address);
  return found == host_of.end() ? std::string() : found->second;
}

std::vector<Flow> sort_into_flows(const std::vector<PacketObservation>& packets) {
  std::vector<const PacketObservation*> ordered;
  ordered.reserve(packets.size());
  for (const auto& packet : packets) ordered.push_back(&packet);
  // Frame numbers order the packets of one vantage; its clock may have been stepped.
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto* left, const auto* right) {
    return std::tie(left->host, left->interface, left->frame) < std::tie(right->host, right->interface, right->frame);
  });
  std::vector<Flow> flows;
  std::map<FlowKey, std::vector<std::size_t>> known;
  for (const auto* packet : ordered) {
    auto& same = known[key_of(*packet)];
    if (const auto place = place_of(flows, same, *packet); place != same.end()) {
      flows[*place].packets.push_back(packet);
      std::rotate(place, place + 1, same.end());  // what follows belongs to it
    } else {
      same.push_back(flows.size());
      flows.push_back(Flow{packet->host, packet->interface, tuple_from_opener(*packet), {packet}});
    }
  }
  return flows;
}

bool Trip::is_answered() const {
  if (probe->end != End::answered) return false;
  const auto status = probe->http_status.value_or(200);
  if (probe->answer || status < 502 || status > 504) return true;
  return std::any_of(server_leg.begin(), server_leg.end(), [](const MatchedFlow& leg) { return leg.flow->syn_ack(); });
}

const Flow* Trip::client_leg_at(const std::string& host) const { return leg_at(client_leg, host); }
const Flow* Trip::server_leg_at(const std::string& host) const { return leg_at(server_leg, host); }

}  // namespace hairpin

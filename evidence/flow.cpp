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

/// A SYN with another ISN on the same tuple is another connection (the port was used again).
bool opens_another_connection(const Flow& flow, const PacketObservation& packet) {
  if (!packet.is_syn()) return false;
  const auto* syn = flow.syn();
  return syn ? syn->sequence != packet.sequence : true;
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
  std::map<FlowKey, std::size_t> newest;
  for (const auto* packet : ordered) {
    const auto key = key_of(*packet);
    const auto known = newest.find(key);
    if (known == newest.end() || opens_another_connection(flows[known->second], *packet)) {
      newest[key] = flows.size();
      flows.push_back(Flow{packet->host, packet->interface, tuple_from_opener(*packet), {packet}});
    } else {
      flows[known->second].packets.push_back(packet);
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

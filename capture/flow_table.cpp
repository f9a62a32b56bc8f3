// SPDX-License-Identifier: Apache-2.0
#include "capture/flow_table.hpp"

#include <algorithm>

namespace hairpin::capture {
namespace {

Tuple ends_of(const Tuple& tuple) { return tuple.destination < tuple.source ? tuple.reversed() : tuple; }

void begin(LiveFlow& flow, const PacketObservation& packet) {
  flow = LiveFlow{};
  flow.tuple = packet.is_syn_ack() ? packet.tuple.reversed() : packet.tuple;
  flow.first = packet.time;
}

bool opens_another(const LiveFlow& flow, const PacketObservation& syn) {
  return !flow.is_forward(syn) || (flow.isn && *flow.isn != syn.sequence);
}

void count(SentCounters& sent, const PacketObservation& packet) {
  ++sent.packets;
  sent.payload_bytes += packet.payload_bytes;
  sent.syns += packet.has(kSyn);
  sent.resets += packet.has(kRst);
  sent.fins += packet.has(kFin);
}

}  // namespace

FlowTable::FlowTable(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}

const LiveFlow* FlowTable::find(const Tuple& tuple) const {
  const auto found = by_ends_.find(ends_of(tuple));
  return found == by_ends_.end() ? nullptr : &*found->second;
}

LiveFlow& FlowTable::flow_of(const PacketObservation& packet) {
  const auto ends = ends_of(packet.tuple);
  if (const auto found = by_ends_.find(ends); found != by_ends_.end()) {
    flows_.splice(flows_.end(), flows_, found->second);
    return *found->second;
  }
  if (flows_.size() == capacity_) {
    by_ends_.erase(ends_of(flows_.front().tuple));
    flows_.pop_front();
    ++evicted_;
  }
  auto& flow = flows_.emplace_back();
  begin(flow, packet);
  by_ends_.emplace(ends, std::prev(flows_.end()));
  return flow;
}

const LiveFlow& FlowTable::add(const PacketObservation& packet) {
  auto& flow = flow_of(packet);
  if (packet.is_syn()) {
    if (opens_another(flow, packet)) begin(flow, packet);
    flow.isn = packet.sequence;
  } else if (packet.is_syn_ack()) {
    flow.acknowledged = packet.acknowledgement;
  }
  flow.last = packet.time;
  if (packet.client_random && !flow.client_random) flow.client_random = packet.client_random;
  count(flow.is_forward(packet) ? flow.forward : flow.backward, packet);
  return flow;
}

}  // namespace hairpin::capture

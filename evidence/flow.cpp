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

/// A flow among those of its addresses and ports.
struct Place {
  std::size_t index = 0;
  const PacketObservation* syn = nullptr;
  const PacketObservation* answer = nullptr;  ///< the first SYN-ACK or refusal
};

bool is_answer(const PacketObservation& packet) { return packet.is_syn_ack() || packet.is_refusal(); }

/// Its SYN, once more. A SYN with another ISN on the same tuple is another connection (the port was used again).
bool is_opened_by(const Place& place, const PacketObservation& syn) {
  return place.syn && place.syn->sequence == syn.sequence && place.syn->tuple == syn.tuple;
}

/// It answers this flow's SYN, or repeats its answer. A SYN may carry data that is acknowledged with it (RFC 7413).
bool is_answered_by(const Place& place, const PacketObservation& answer) {
  if (place.answer && place.answer->tuple == answer.tuple && place.answer->acknowledgement == answer.acknowledgement) return true;
  return place.syn && place.syn->tuple == answer.tuple.reversed() &&
         answer.acknowledgement - place.syn->sequence - 1 <= place.syn->payload_bytes;  // modulo 2^32
}

/// So many connections of one tuple are looked through for a SYN that is sent again or answered late.
constexpr std::ptrdiff_t kLookBack = 4;

/// Where a packet belongs among the flows of its addresses and ports, of which the newest is the last; their end: it opens another
/// one. An answer belongs to the SYN that it acknowledges: the port may have been used before, and this be the answer to what
/// another host sent on. What acknowledges none answers a SYN that has no answer yet: something may give SYNs other numbers.
std::vector<Place>::iterator place_of(std::vector<Place>& places, const PacketObservation& packet) {
  if (places.empty()) return places.end();
  const auto newest = places.end() - 1;
  if (!packet.is_syn() && !is_answer(packet)) return newest;
  const auto last = places.rbegin() + std::min(static_cast<std::ptrdiff_t>(places.size()), kLookBack);
  const auto found = std::find_if(places.rbegin(), last, [&](const Place& place) {
    return packet.is_syn() ? is_opened_by(place, packet) : is_answered_by(place, packet);
  });
  if (found != last) return found.base() - 1;
  return packet.is_syn() || newest->answer ? places.end() : newest;
}

void note(Place& place, const PacketObservation& packet) {
  if (packet.is_syn() && !place.syn) place.syn = &packet;
  if (is_answer(packet) && !place.answer) place.answer = &packet;
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
  std::map<FlowKey, std::vector<Place>> known;
  for (const auto* packet : ordered) {
    auto& places = known[key_of(*packet)];
    if (const auto place = place_of(places, *packet); place != places.end()) {
      flows[place->index].packets.push_back(packet);
      std::rotate(place, place + 1, places.end());  // what follows belongs to it
    } else {
      places.push_back({flows.size(), nullptr, nullptr});
      flows.push_back(Flow{packet->host, packet->interface, tuple_from_opener(*packet), {packet}});
    }
    note(places.back(), *packet);
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

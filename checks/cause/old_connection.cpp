// SPDX-License-Identifier: Apache-2.0
#include "checks/cause/old_connection.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/balancer_view.hpp"
#include "checks/roster.hpp"

namespace hairpin::checks {
namespace {

struct OldAnswer {
  const MatchedFlow* leg = nullptr;
  const PacketObservation* ack = nullptr;
};

/// As a host's capture saw it leave or arrive.
OldAnswer old_answer(const std::vector<MatchedFlow>& legs, const std::string& host, Direction direction) {
  for (const auto& leg : legs) {
    const auto* ack = leg.flow->host == host ? old_connections_ack(*leg.flow) : nullptr;
    if (ack && ack->direction == direction) return {&leg, ack};
  }
  return {};
}

std::string words_of(const OldAnswer& answer, const std::string& who) {
  return fmt::format("{} answered the SYN from {} with an ACK that acknowledges nothing of this connection", who,
                     to_string(answer.ack->tuple.destination));
}

RootCause remembered(std::string_view cause, const OldAnswer& answer, const std::string& who, std::string summary, const Trip& trip) {
  auto root = simple(cause, words_of(answer, who), std::move(summary), trip);
  root.evidence.push_back(packet_evidence(*answer.ack, answer.leg->match));
  return root;
}

/// The caller's RST for it: it got there, and was no answer to what the caller has open.
bool was_reset(const Trip& trip, const PacketObservation& ack) {
  return std::any_of(trip.server_leg.begin(), trip.server_leg.end(), [&](const MatchedFlow& leg) {
    return leg.flow->first_that([&](const auto& packet) {
      return packet.is_reset() && packet.sequence == ack.acknowledgement && packet.tuple == ack.tuple.reversed();
    });
  });
}

/// As the member's own capture saw it leave, or the balancer's saw it come from there.
OldAnswer answer_of_member(const Case& c, const Pair& pair, const Trip& trip) {
  if (auto at_member = old_answer(trip.server_leg, trip.member, Direction::out); at_member.ack) return at_member;
  auto at_balancer = old_answer(trip.server_leg, pair.load_balancer(), Direction::in);
  const bool is_its = at_balancer.ack && has_address(c.roster, trip.member, at_balancer.ack->tuple.source.address);
  return is_its ? at_balancer : OldAnswer();
}

const SnatRule* rule_of(const Case& c, const Pair& pair, const Trip& trip) {
  return c.topology.snat_rule(*pair.pool, *pair.server, trip.probe->host, trip.probe->target.endpoint.address.family);
}

/// From an address of the balancer, or one that was promised for it, or by its own connection table: then it chose the port as well.
bool is_balancers_choice(const Case& c, const Pair& pair, const Trip& trip, const Endpoint& source) {
  const auto* rule = rule_of(c, pair, trip);
  const bool is_promised = rule && std::find(rule->addresses.begin(), rule->addresses.end(), source.address) != rule->addresses.end();
  return is_promised || has_address(c.roster, pair.load_balancer(), source.address) || (trip.entry && is_translation(*trip.entry, source));
}

}  // namespace

const PacketObservation* old_connections_ack(const Flow& flow) {
  const PacketObservation* syn = nullptr;
  for (const auto* packet : flow.packets) {
    if (flow.is_forward(*packet)) {
      if (packet->is_syn()) syn = packet;
      if (!packet->is_syn() && !packet->is_reset()) return nullptr;  // it goes on: the SYN-ACK was only not captured
      continue;
    }
    if (packet->has(kSyn)) return nullptr;
    const bool is_ack = syn && packet->has(kAck) && !packet->is_reset();
    if (is_ack && packet->acknowledgement - syn->sequence - 1 > syn->payload_bytes) return packet;  // modulo 2^32
  }
  return nullptr;
}

bool was_delayed_by_old_connection(const Trip& trip) {
  return std::any_of(trip.client_leg.begin(), trip.client_leg.end(), [](const MatchedFlow& leg) {
    const auto& packets = leg.flow->packets;
    const auto ack = std::find(packets.begin(), packets.end(), old_connections_ack(*leg.flow));
    return std::any_of(ack, packets.end(), [](const auto* packet) { return packet->is_syn(); });
  });
}

std::optional<RootCause> old_connection_at_vip(const Case& c, const Pair& pair, const Trip& trip, Answerer answerer) {
  const auto answer = old_answer(trip.client_leg, trip.probe->host, Direction::in);
  if (!answer.ack) return {};
  const auto vip = to_string(trip.probe->target.endpoint);
  const auto words = words_of(answer, vip);
  if (answerer == Answerer::stranger)
    return unresolved(trip, fmt::format("{}, and the SYN did not reach {}: another device answers for the VIP", words, pair.load_balancer()));
  if (answerer == Answerer::load_balancer)
    return unresolved(trip, fmt::format("{}: {} itself still has an earlier one of that port", words, pair.load_balancer()));
  const auto* rule = rule_of(c, pair, trip);
  if (!rule || rule->type == SnatType::none) return unresolved(trip, words + ": an earlier one of some port; whose choice it was is not known");
  return remembered("vip.old-connection", answer, vip, "an earlier connection is in the way at or behind " + vip, trip);
}

std::optional<RootCause> old_connection_at_member(const Case& c, const Pair& pair, const Trip& trip) {
  const auto came_up = [](const MatchedFlow& leg) { return leg.flow->syn_ack() != nullptr; };
  const auto answer = answer_of_member(c, pair, trip);
  if (!answer.ack || std::any_of(trip.server_leg.begin(), trip.server_leg.end(), came_up)) return {};
  const auto& balancer = pair.load_balancer();
  const auto& witness = answer.leg->flow->host;
  const bool is_reset = was_reset(trip, *answer.ack);
  const bool has_arrived = witness == balancer || is_reset || passed_balancer(trip, balancer) ||
                           old_answer(trip.client_leg, trip.probe->host, Direction::in).ack;
  const auto words = words_of(answer, trip.member);
  if (!has_arrived && c.sight.is_reliable(balancer)) return {};  // it was lost: that is what is wrong first
  if (!has_arrived) return unresolved(trip, words + "; nobody watched where it should have arrived");
  if (!is_reset && !c.sight.is_reliable(witness)) return unresolved(trip, words + "; the capture may have missed a SYN-ACK before it");
  const auto& source = answer.ack->tuple.destination;
  if (!is_balancers_choice(c, pair, trip, source))
    return unresolved(trip, fmt::format("{}: it still has an earlier one of that port, which was not {}'s choice", words, balancer));
  return remembered("member.old-connection", answer, trip.member,
                    fmt::format("{} still has an earlier connection of {}", trip.member, to_string(source)), trip);
}

}  // namespace hairpin::checks

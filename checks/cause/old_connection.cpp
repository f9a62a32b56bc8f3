// SPDX-License-Identifier: Apache-2.0
#include "checks/cause/old_connection.hpp"

#include <fmt/format.h>

namespace hairpin::checks {
namespace {

struct OldAnswer {
  const PacketObservation* ack = nullptr;
  MatchKey match = MatchKey::none;
};

OldAnswer old_answer(const std::vector<MatchedFlow>& legs) {
  for (const auto& leg : legs)
    if (const auto* ack = leg.flow->syn_ack() ? nullptr : old_connections_ack(*leg.flow)) return {ack, leg.match};
  return {};
}

RootCause remembered(std::string_view cause, const std::string& who, const OldAnswer& answer, const Trip& trip) {
  const auto& tuple = answer.ack->tuple;
  auto root = simple(cause,
                     fmt::format("{} answered the SYN from {} with an ACK of another number: it still has an earlier connection of this port",
                                 who, to_string(tuple.destination)),
                     fmt::format("{} takes a new connection for one that is over", who), trip);
  root.evidence.push_back(packet_evidence(*answer.ack, answer.match));
  return root;
}

/// The source's own port came back: nobody but its kernel chose it.
RootCause of_the_sources_port(const OldAnswer& answer, const std::string& who, const Trip& trip) {
  return unresolved(trip, fmt::format("{} still has an earlier connection of {}, the source's own port, which was used again", who,
                                      to_string(answer.ack->tuple.destination)));
}

}  // namespace

const PacketObservation* old_connections_ack(const Flow& flow) {
  const PacketObservation* syn = nullptr;
  for (const auto* packet : flow.packets) {
    if (flow.is_forward(*packet)) {
      if (packet->is_syn()) syn = packet;
      continue;
    }
    if (packet->has(kSyn)) return nullptr;
    const bool is_ack = packet->has(kAck) && !packet->is_reset();
    if (syn && is_ack && packet->acknowledgement != syn->sequence + 1) return packet;
  }
  return nullptr;
}

std::optional<RootCause> old_connection_at_vip(const Case& c, const Pair& pair, const Trip& trip) {
  const auto answer = old_answer(trip.client_leg);
  if (!answer.ack) return {};
  const auto vip = to_string(trip.probe->target.endpoint);
  const auto* rule = c.topology.snat_rule(*pair.pool, *pair.server, trip.probe->host, trip.probe->target.endpoint.address.family);
  if (!rule || rule->type == SnatType::none) return of_the_sources_port(answer, vip, trip);
  return remembered("vip.old-connection", vip, answer, trip);
}

std::optional<RootCause> old_connection_at_member(const Trip& trip) {
  const auto* flow = trip.server_leg_at(trip.member);
  if (!flow || flow->syn_ack()) return {};
  const OldAnswer answer{old_connections_ack(*flow), trip.member_match};
  if (!answer.ack) return {};
  const bool is_translated = trip.probe->local && flow->tuple.source != *trip.probe->local;
  return is_translated ? remembered("member.old-connection", trip.member, answer, trip) : of_the_sources_port(answer, trip.member, trip);
}

}  // namespace hairpin::checks

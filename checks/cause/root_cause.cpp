// SPDX-License-Identifier: Apache-2.0
#include "checks/cause/root_cause.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "checks/causes.hpp"
#include "checks/cause/losses.hpp"

namespace hairpin::checks {
namespace {

/// What two interfaces of one host saw closer together than this has no order: drivers stamp packets in batches.
constexpr std::chrono::milliseconds kSameMoment{1};

std::string who(const PacketObservation& packet) {
  return fmt::format("{} ({})", to_string(packet.tuple.source), to_string(packet.source_mac));
}

/// The RSTs of a trip's third-address flow, and who sent them: seen leaving the source they are the source's own.
void add_resets(RootCause& root, const Trip& trip) {
  for (const auto& leg : trip.server_leg) {
    const auto* reset = leg.flow->first_reset();
    if (!reset || leg.flow->host != trip.probe->host) continue;
    root.evidence.push_back(packet_evidence(*reset, leg.match));
    const bool is_own = reset->direction == Direction::out;
    root.evidence.back().text += is_own ? fmt::format("  (RST sent by {} itself)", trip.probe->host)
                                        : fmt::format("  (RST sent by {})", to_string(reset->tuple.source));
    return;
  }
}

RootCause self_hairpin(const Trip& trip) {
  RootCause root;
  root.cause = "return-path.self-hairpin";
  const auto& packet = *trip.came_back;
  root.observed = fmt::format("its SYN came back from {} with its own source address {}", to_string(packet.source_mac),
                              to_string(packet.tuple.source));
  root.summary = fmt::format("{}'s connection was balanced to {} itself and came back with its own source address",
                             trip.probe->host, trip.probe->host);
  root.evidence.push_back(packet_evidence(packet, trip.came_back_match));
  add_resets(root, trip);
  return root;
}

/// A router that is neither the balancer nor the member carried the reply: at the source by the MAC that delivered
/// it, at the member by the MAC to which it was sent.
bool went_by_another_router(const Case& c, const Pair& pair, const Trip& trip) {
  const auto* source = c.topology.host(pair.planned->source);
  const auto* member = c.topology.host(trip.member);
  if (!source || !member) return false;
  if (c.topology.are_neighbours(*source, *member, pair.planned->vip.address.family)) return false;
  const auto& arrived_from = trip.third_address->source_mac;
  if (c.sight.owns(trip.member, arrived_from)) return false;  // neighbours, whatever the topology says of networks
  const auto* reply = member_reply(trip, trip.member);
  return !c.sight.owns(pair.load_balancer(), arrived_from) ||
         (reply && !c.sight.owns(pair.load_balancer(), reply->destination_mac));
}

RootCause third_address(const Case& c, const Pair& pair, const Trip& trip) {
  RootCause root;
  const auto& packet = *trip.third_address;
  const bool is_routed = went_by_another_router(c, pair, trip);
  root.cause = is_routed ? "return-path.wrong-gateway" : "return-path.bypasses-load-balancer";
  root.observed = "SYN-ACK from " + who(packet);
  const auto answerer = trip.member.empty() ? to_string(packet.tuple.source) : trip.member;
  root.summary = is_routed
                     ? fmt::format("{} answered {} through another router ({}), not through {}", answerer,
                                   trip.probe->host, to_string(packet.source_mac), pair.load_balancer())
                     : fmt::format("{} answered {} directly", answerer, trip.probe->host);
  root.evidence.push_back(packet_evidence(packet, trip.third_address_match));
  add_resets(root, trip);
  return root;
}

/// What keeps silent for want of a packet: a filter does it every time, a path that loses packets now and then.
bool is_lost_packets_work(const Case& c, const Trip& trip, const RootCause& root) {
  const bool is_silence = root.cause == "vip.silent" || root.cause == "member.silent" ||
                          root.cause.starts_with("client-leg.") || root.cause.starts_with("server-leg.") ||
                          (root.is_unresolved && trip.probe->end == End::silent);
  return is_silence && losses_of(c, trip).lost > 0 && is_losing_otherwise(c, trip);
}

RootCause lost(const Trip& trip, const RootCause& root) {
  auto result = simple("path.loss", root.observed, "packets of " + trip.probe->host + " are lost on the way", trip);
  result.evidence = root.evidence;
  return result;
}

/// The source's capture has the SYN-ACK that its probe waited for: what was late is the probe.
bool was_probe_late(const Trip& trip) {
  const auto* own = trip.client_leg_at(trip.probe->host);
  return trip.probe->end == End::silent && trip.probe->ended_in == Phase::connect && own && own->syn_ack();
}

/// A proxy hands a RST on with numbers of its own: what came in from the member's side before is what the client leg gets.
bool is_handed_on(const Trip& trip, const PacketObservation& reset) {
  return std::any_of(trip.server_leg.begin(), trip.server_leg.end(), [&](const MatchedFlow& leg) {
    return std::any_of(leg.flow->packets.begin(), leg.flow->packets.end(), [&](const auto* packet) {
      return packet->host == reset.host && packet->is_reset() && packet->direction == Direction::in &&
             !leg.flow->is_forward(*packet) && packet->time <= reset.time + kSameMoment;
    });
  });
}

/// Who looks at a VIP's reset has to know that it came from behind the balancer.
void say_where_reset_came_from(RootCause& root, const Trip& trip, const std::string& balancer) {
  if (root.cause != "vip.reset") return;
  for (const auto& leg : trip.client_leg) {
    const auto* reset = leg.flow->host == balancer ? leg.flow->first_reset() : nullptr;
    if (!reset || reset->direction != Direction::out || !is_handed_on(trip, *reset)) continue;
    root.observed += fmt::format("; {} had received a RST from the member's side before", balancer);
    return;
  }
}

}  // namespace

RootCause simple(std::string_view cause, std::string observed, std::string summary, const Trip& trip) {
  RootCause root;
  root.cause = cause;
  root.observed = std::move(observed);
  root.summary = std::move(summary);
  root.evidence.push_back(probe_evidence(*trip.probe));
  return root;
}

RootCause unresolved(const Trip& trip, std::string why) {
  RootCause root;
  root.is_unresolved = true;
  root.observed = std::move(why);
  root.evidence.push_back(probe_evidence(*trip.probe));
  return root;
}

const PacketObservation* member_reply(const Trip& trip, const std::string& member) {
  for (const auto& leg : trip.server_leg) {
    if (leg.flow->host != member) continue;
    for (const auto* packet : leg.flow->packets)
      if (!leg.flow->is_forward(*packet)) return packet;
  }
  return nullptr;
}

bool passed_balancer(const Trip& trip, const std::string& balancer) {
  for (const auto* legs : {&trip.server_leg, &trip.client_leg})
    for (const auto& leg : *legs) {
      if (leg.flow->host != balancer) continue;
      for (const auto* packet : leg.flow->packets)
        if (!leg.flow->is_forward(*packet) && packet->direction == Direction::in) return true;
    }
  return false;
}

std::string check_of(std::string_view cause) { return std::string(find_cause(cause)->check); }

bool is_before_member(std::string_view cause) {
  return cause.starts_with("vip.") || cause.starts_with("client-leg.");
}

bool lacks_responder(const Case& c, const std::string& member) {
  const auto agent = c.sight.agent_of.find(member);
  return agent != c.sight.agent_of.end() && agent->second->state != AgentState::ready &&
         agent->second->state != AgentState::none;
}

RootCause without_responder(const Trip& trip) {
  return unresolved(trip, "hairpin's responder on " + trip.member + " was not running");
}

const PacketObservation* refusal_past_balancer(const Trip& trip) {
  for (const auto& leg : trip.server_leg) {
    const auto& first = *leg.flow->packets.front();
    if (leg.flow->host == trip.probe->host && first.is_refusal() && first.direction == Direction::in) return &first;
  }
  return nullptr;
}

RootCause member_refused(const Trip& trip, const PacketObservation& reset, MatchKey match) {
  RootCause root;
  root.cause = "member.refused";
  root.observed = fmt::format("RST from {}", to_string(reset.tuple.source));
  root.summary = fmt::format("{} refuses connections on port {}", trip.member, reset.tuple.source.port);
  root.evidence.push_back(packet_evidence(reset, match));
  return root;
}

const PacketObservation* made_reset(const Trip& trip, const std::string& host) {
  std::set<std::uint32_t> received;
  for (const auto* legs : {&trip.server_leg, &trip.client_leg})
    for (const auto& leg : *legs)
      for (const auto* packet : leg.flow->packets)
        if (leg.flow->host == host && packet->is_reset() && packet->direction == Direction::in) received.insert(packet->sequence);
  for (const auto* legs : {&trip.server_leg, &trip.client_leg})
    for (const auto& leg : *legs)
      for (const auto* packet : leg.flow->packets) {
        const bool is_sent = leg.flow->host == host && packet->is_reset() && packet->direction == Direction::out;
        if (!is_sent || received.contains(packet->sequence)) continue;
        if (legs == &trip.server_leg || !is_handed_on(trip, *packet)) return packet;
      }
  return nullptr;
}

bool was_heard(const Flow& flow, const PacketObservation& reply) {
  return std::any_of(flow.packets.begin(), flow.packets.end(), [&](const auto* packet) {
    const bool acknowledges = flow.is_forward(*packet) && packet->has(kAck) && !packet->is_reset();
    return acknowledges && static_cast<std::int32_t>(packet->acknowledgement - reply.sequence) > 0;  // modulo 2^32
  });
}

std::string finding_of(std::string_view cause, const Pair& pair) {
  const auto check = check_of(cause);
  return finding_id(check, check == "loss" ? pair.source_subject() : pair.subject());
}

/// A TCP handshake alone is a proxy's own: what it did behind the VIP may show that nobody else was reached.
bool has_succeeded(const Trip& trip) {
  if (!trip.is_answered()) return false;
  if (trip.probe->depth != Depth::tcp) return true;
  const auto is_answered = [](const MatchedFlow& leg) { return leg.flow->syn_ack() != nullptr; };
  const bool is_dead_end = !trip.server_leg.empty() && std::none_of(trip.server_leg.begin(), trip.server_leg.end(), is_answered);
  return !trip.came_back && !trip.third_address && !is_dead_end;
}

bool has_strayed(const Case& c, const Pair& pair, const Trip& trip) {
  return !trip.member.empty() && !c.topology.is_member(*pair.pool, trip.member) && !has_succeeded(trip);
}

RootCause root_cause(const Case& c, const Pair& pair, const Trip& trip) {
  if (has_succeeded(trip)) return {};
  if (trip.probe->end == End::local) return unresolved(trip, "the source could not try: " + trip.probe->error);
  if (trip.came_back) return self_hairpin(trip);
  if (trip.third_address) return third_address(c, pair, trip);
  if (const auto* refusal = refusal_past_balancer(trip))
    return lacks_responder(c, trip.member) ? without_responder(trip) : member_refused(trip, *refusal, MatchKey::isn);
  if (trip.probe->end == End::decided)
    return unresolved(trip, "the source ended it for a packet that may be another connection's");
  auto root = was_probe_late(trip) ? unresolved(trip, "the SYN-ACK arrived in time; the probe was too late to take it, or the host itself drops it")
              : !trip.server_leg.empty() && !trip.member.empty() ? cause_behind_vip(c, pair, trip)
              : !trip.ambiguities.empty()                      ? unresolved(trip, trip.ambiguities.front())
                                                               : cause_at_vip(c, pair, trip);
  say_where_reset_came_from(root, trip, pair.load_balancer());
  if (is_lost_packets_work(c, trip, root)) return lost(trip, root);
  const bool is_given_up = root.cause == "vip.closed" || root.cause == "vip.reset";
  return is_given_up && is_losing_otherwise(c, trip) ? unresolved(trip, "the balancer gave up, on a path that loses packets")
                                                     : root;
}

}  // namespace hairpin::checks

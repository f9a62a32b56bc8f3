// SPDX-License-Identifier: Apache-2.0
// Why a trip failed whose server leg is known.
#include <fmt/format.h>

#include <algorithm>

#include "checks/cause/old_connection.hpp"
#include "checks/cause/root_cause.hpp"

namespace hairpin::checks {
namespace {

/// Strict reverse path filtering would drop this SYN: IPv4, rp_filter=1 where it came in, the way back elsewhere.
bool is_reverse_path_filtered(const Case& c, const PacketObservation& syn, std::string& why) {
  const auto known = c.sight.facts_of.find(syn.host);
  if (known == c.sight.facts_of.end() || syn.tuple.source.address.family != Family::ipv4) return false;
  const auto& facts = *known->second;
  const auto interface = std::find_if(facts.interfaces.begin(), facts.interfaces.end(),
                                      [&](const auto& candidate) { return candidate.name == syn.interface; });
  const auto route = std::find_if(facts.routes.begin(), facts.routes.end(),
                                  [&](const auto& candidate) { return candidate.to == syn.tuple.source.address; });
  if (interface == facts.interfaces.end() || route == facts.routes.end()) return false;
  if (interface->reverse_path_filter != 1 || (route->error.empty() && route->interface == syn.interface)) return false;
  why = fmt::format("rp_filter=1 on {}, but the route to {} leaves by {}", syn.interface,
                    to_string(syn.tuple.source.address), route->error.empty() ? route->interface : "nowhere");
  return true;
}

RootCause reverse_path_filter(const Trip& trip, const PacketObservation& syn, MatchKey match, const std::string& why) {
  RootCause root;
  root.cause = "return-path.reverse-path-filter";
  root.observed = "the SYN arrived and was dropped: " + why;
  root.summary = fmt::format("{} drops {}'s packets by reverse path filter", trip.member, trip.probe->host);
  root.evidence.push_back(packet_evidence(syn, match));
  root.evidence.push_back({trip.member + "/host", {}, "", why, {}});
  return root;
}

/// A bond and its legs see the same SYN: the filter of any of them drops it.
RootCause unanswered_at_member(const Case& c, const Trip& trip, const MatchedFlow& first) {
  for (const auto& leg : trip.server_leg) {
    std::string why;
    const auto* syn = leg.flow->host == trip.member ? leg.flow->syn() : nullptr;
    if (syn && is_reverse_path_filtered(c, *syn, why)) return reverse_path_filter(trip, *syn, leg.match, why);
  }
  RootCause root;
  const auto& syn = *first.flow->syn();
  root.cause = "member.silent";
  root.observed = fmt::format("the SYN arrived at {} ({}) and was not answered", trip.member, syn.interface);
  root.summary = fmt::format("{} does not answer", trip.member);
  root.evidence.push_back(packet_evidence(syn, first.match));
  return root;
}

/// The flow of the server leg at a host; where it has several, the one that saw the SYN.
const MatchedFlow* leg_at(const Trip& trip, const std::string& host) {
  const auto* flow = trip.server_leg_at(host);
  const auto found = std::find_if(trip.server_leg.begin(), trip.server_leg.end(),
                                  [&](const MatchedFlow& leg) { return leg.flow == flow; });
  return found == trip.server_leg.end() ? nullptr : &*found;
}

/// Back to where the request came from, or to a MAC that is the balancer's.
bool is_sent_to_balancer(const Case& c, const Pair& pair, const Trip& trip, const PacketObservation& reply) {
  const auto* at_member = trip.server_leg_at(trip.member);
  const auto* syn = at_member ? at_member->syn() : nullptr;
  return c.sight.owns(pair.load_balancer(), reply.destination_mac) || (syn && syn->source_mac == reply.destination_mac);
}

/// The member's answer was not seen to arrive anywhere: lost on its way, or sent to another router.
RootCause reply_went_astray(const Case& c, const Pair& pair, const Trip& trip, const PacketObservation& reply) {
  const auto* source = c.topology.host(pair.planned->source);
  const auto* member = c.topology.host(trip.member);
  const bool are_neighbours =
      (source && member && c.topology.are_neighbours(*source, *member, pair.planned->vip.address.family)) ||
      c.sight.owns(pair.planned->source, reply.destination_mac);
  const bool is_to_balancer = is_sent_to_balancer(c, pair, trip, reply);
  const bool is_on_its_way = is_to_balancer || are_neighbours;
  // A probe that the source's capture stopped had an answer: it is only not among what reached us.
  const bool is_arrival_watched = trip.probe->end == End::silent || c.sight.is_reliable(trip.probe->host) ||
                                  (is_to_balancer && c.sight.is_reliable(pair.load_balancer()));
  if (is_on_its_way && !is_arrival_watched)
    return unresolved(trip, fmt::format("{} answered; nobody watched where the answer should have arrived", trip.member));
  auto root = is_on_its_way
                  ? simple("server-leg.reply-lost", "", fmt::format("{}'s reply was lost", trip.member), trip)
                  : simple("return-path.wrong-gateway", "",
                           fmt::format("{} sends its reply to another router ({})", trip.member,
                                       to_string(reply.destination_mac)), trip);
  root.observed = fmt::format("{} answered towards {}; the reply did not arrive", trip.member,
                              to_string(reply.destination_mac));
  root.evidence.push_back(packet_evidence(reply, trip.member_match));
  return root;
}

/// A request that the member's own capture saw arrive, and again, and that its kernel never acknowledged (RFC 9293
/// §3.10.7.4): something on the member dropped it. Null when there was none, or it was acknowledged.
const PacketObservation* dropped_request(const Flow& at_member) {
  const PacketObservation* request = nullptr;
  std::size_t sights = 0;
  for (const auto* packet : at_member.packets) {
    const bool is_forward = at_member.is_forward(*packet);
    if (is_forward && packet->payload_bytes > 0 && !request) request = packet;
    if (!request) continue;
    if (is_forward && packet->sequence == request->sequence && packet->payload_bytes > 0) ++sights;
    if (!is_forward && static_cast<std::int32_t>(packet->acknowledgement - request->sequence) > 0) return nullptr;
  }
  return sights > 1 ? request : nullptr;
}

/// The server leg's handshake was completed, and no answer followed.
RootCause after_the_handshake(const Case& c, const Pair& pair, const Trip& trip, const MatchedFlow& at_member) {
  const auto* request = trip.probe->end == End::silent ? dropped_request(*at_member.flow) : nullptr;
  if (!request || !c.sight.is_reliable(trip.member)) return cause_at_vip(c, pair, trip);
  auto root = simple("member.silent",
                     fmt::format("the request arrived at {} ({}) and was never acknowledged", trip.member, request->interface),
                     trip.member + " completes the handshake and drops what follows", trip);
  root.evidence.push_back(packet_evidence(*request, at_member.match));
  return root;
}

/// Nobody at the member saw the connection: what the balancer's capture says of it.
RootCause seen_by_balancer_only(const Case& c, const Pair& pair, const Trip& trip) {
  const auto& balancer = pair.load_balancer();
  const auto* at_balancer = leg_at(trip, balancer);
  if (!at_balancer || at_balancer->flow->syn_ack()) return cause_at_vip(c, pair, trip);
  const auto* reset = at_balancer->flow->first_reset();
  const bool is_refused = reset && reset->tuple.source == at_balancer->flow->tuple.destination;
  if (c.sight.is_reliable(trip.member) && !leg_at(trip, trip.member))
    return simple("server-leg.filtered",
                  fmt::format("the SYN left {} and did not reach {}{}", balancer, trip.member,
                              is_refused                                ? "; a RST came back in its name all the same"
                              : old_connections_ack(*at_balancer->flow) ? "; an ACK came back in its name all the same"
                                                                        : ""),
                  "the SYN is stopped between " + balancer + " and " + trip.member, trip);
  if (is_refused) return member_refused(trip, *reset, at_balancer->match);
  if (auto old = old_connection_at_member(c, pair, trip)) return std::move(*old);
  return unresolved(trip, balancer + "'s SYN to " + trip.member + " was not answered; nobody watched at " + trip.member);
}

}  // namespace

RootCause cause_behind_vip(const Case& c, const Pair& pair, const Trip& trip) {
  if (lacks_responder(c, trip.member)) return without_responder(trip);
  const auto* at_member = leg_at(trip, trip.member);
  if (const auto* reply = member_reply(trip, trip.member)) {
    if (reply->is_reset()) return member_refused(trip, *reply, at_member->match);
    if (auto old = old_connection_at_member(c, pair, trip)) return std::move(*old);
    const bool has_arrived = passed_balancer(trip, pair.load_balancer()) || was_heard(*at_member->flow, *reply);
    return has_arrived ? after_the_handshake(c, pair, trip, *at_member) : reply_went_astray(c, pair, trip, *reply);
  }
  if (!at_member || !at_member->flow->syn()) return seen_by_balancer_only(c, pair, trip);
  if (passed_balancer(trip, pair.load_balancer()))
    return unresolved(trip, fmt::format("{}'s capture has no answer, and {} received one in its name", trip.member, pair.load_balancer()));
  return c.sight.is_reliable(trip.member) ? unanswered_at_member(c, trip, *at_member)
                                          : unresolved(trip, trip.member + "'s capture is not reliable");
}

}  // namespace hairpin::checks

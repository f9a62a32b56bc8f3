// SPDX-License-Identifier: Apache-2.0
#include "checks/root_cause.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/causes.hpp"

namespace hairpin::checks {
namespace {

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
  return !c.sight.owns(pair.load_balancer(), arrived_from) || member_reply(trip, trip.member);
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

RootCause unanswered_at_member(const Case& c, const Trip& trip, const MatchedFlow& leg) {
  RootCause root;
  const auto& syn = *leg.flow->syn();
  std::string why;
  root.evidence.push_back(packet_evidence(syn, leg.match));
  if (is_reverse_path_filtered(c, syn, why)) {
    root.cause = "return-path.reverse-path-filter";
    root.observed = "the SYN arrived and was dropped: " + why;
    root.summary = fmt::format("{} drops {}'s packets by reverse path filter", trip.member, trip.probe->host);
    root.evidence.push_back({trip.member + "/host", {}, "", why, {}});
    return root;
  }
  root.cause = "member.silent";
  root.observed = fmt::format("the SYN arrived at {} ({}) and was not answered", trip.member, syn.interface);
  root.summary = fmt::format("{} does not answer", trip.member);
  return root;
}

const MatchedFlow* leg_at(const Trip& trip, const std::string& host) {
  const auto found = std::find_if(trip.server_leg.begin(), trip.server_leg.end(),
                                  [&](const MatchedFlow& leg) { return leg.flow->host == host; });
  return found == trip.server_leg.end() ? nullptr : &*found;
}

RootCause member_refused(const Trip& trip, const PacketObservation& reset, MatchKey match) {
  RootCause root;
  root.cause = "member.refused";
  root.observed = fmt::format("RST from {}", to_string(reset.tuple.source));
  root.summary = fmt::format("{} refuses connections on port {}", trip.member, reset.tuple.source.port);
  root.evidence.push_back(packet_evidence(reset, match));
  return root;
}

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

/// The member's answer left by a MAC that is not the balancer's, and nobody at the source saw it arrive.
RootCause reply_went_astray(const Case& c, const Pair& pair, const Trip& trip, const PacketObservation& reply) {
  const bool is_to_balancer = c.sight.owns(pair.load_balancer(), reply.destination_mac);
  const auto* source = c.topology.host(pair.planned->source);
  const auto* member = c.topology.host(trip.member);
  const bool are_neighbours =
      source && member && c.topology.are_neighbours(*source, *member, pair.planned->vip.address.family);
  auto root = is_to_balancer || are_neighbours
                  ? simple("server-leg.reply-lost", "", fmt::format("{}'s reply was lost", trip.member), trip)
                  : simple("return-path.wrong-gateway", "",
                           fmt::format("{} sends its reply to another router ({})", trip.member,
                                       to_string(reply.destination_mac)), trip);
  root.observed = fmt::format("{} answered towards {}; the reply did not arrive", trip.member,
                              to_string(reply.destination_mac));
  root.evidence.push_back(packet_evidence(reply, trip.member_match));
  return root;
}

/// RST after the connection was established: made by whoever's capture shows it leaving and nobody's before.
RootCause reset_later(const Case& c, const Pair& pair, const Trip& trip) {
  const auto& balancer = pair.load_balancer();
  const auto sent_by = [&](const std::string& host) -> const PacketObservation* {
    for (const auto* legs : {&trip.server_leg, &trip.client_leg})
      for (const auto& leg : *legs)
        if (leg.flow->host == host)
          for (const auto* packet : leg.flow->packets)
            if (packet->is_reset() && packet->direction == Direction::out) return packet;
    return nullptr;
  };
  const auto* members = trip.member.empty() ? nullptr : sent_by(trip.member);
  const auto* balancers = sent_by(balancer);
  const auto* first = members ? members : balancers;
  if (!first || trip.member.empty() || (!members && !c.sight.is_reliable(trip.member)))
    return simple("vip.reset", "RST in phase " + std::string(boost::describe::enum_to_string(trip.probe->ended_in, "")),
                  "the connection to the VIP was reset before an answer", trip);
  auto root = simple(members ? "reset.by-member" : "reset.by-load-balancer", "RST sent by " + first->host,
                     fmt::format("{} reset the connection", first->host), trip);
  root.evidence.push_back(packet_evidence(*first, trip.member_match));
  return root;
}

/// Nothing of a server leg is known: what the source and the balancer saw of the client leg decides.
RootCause at_the_vip(const Case& c, const Pair& pair, const Trip& trip) {
  const auto& balancer = pair.load_balancer();
  const auto* at_balancer = trip.client_leg_at(balancer);
  const auto vip = to_string(trip.probe->target.endpoint);
  switch (trip.probe->end) {
    case End::refused: return simple("vip.refused", "RST from " + vip, vip + " refuses connections", trip);
    case End::reset: return reset_later(c, pair, trip);
    case End::closed:
      return simple("vip.closed", vip + " closed the connection before an answer",
                    vip + " accepts the connection and closes it without an answer", trip);
    case End::silent: break;
    default: return unresolved(trip, "the connection ended for a reason that the path does not explain");
  }
  if (trip.probe->ended_in != Phase::connect)
    return unresolved(trip, "the connection was established, then nothing more came");
  if (!at_balancer && c.sight.is_reliable(balancer))
    return simple("client-leg.filtered", "the SYN left the source and did not reach " + balancer,
                  "the SYN is lost between " + trip.probe->host + " and " + balancer, trip);
  const auto* answer = at_balancer ? at_balancer->syn_ack() : nullptr;
  if (answer && answer->direction == Direction::out)
    return simple("client-leg.reply-lost", balancer + " answered; the SYN-ACK did not arrive",
                  "the VIP's reply is lost between " + balancer + " and " + trip.probe->host, trip);
  return simple("vip.silent", "no answer to the SYN", vip + " does not answer", trip);
}

/// The member was to answer by hairpin's own responder, which was not running: its silence says nothing of the service.
bool lacks_responder(const Case& c, const std::string& member) {
  const auto agent = c.sight.agent_of.find(member);
  return agent != c.sight.agent_of.end() && agent->second->state != AgentState::ready &&
         agent->second->state != AgentState::none;
}

RootCause on_the_server_leg(const Case& c, const Pair& pair, const Trip& trip) {
  if (lacks_responder(c, trip.member)) return unresolved(trip, "hairpin's responder on " + trip.member + " was not running");
  const auto& balancer = pair.load_balancer();
  const auto* at_member = leg_at(trip, trip.member);
  if (const auto* reply = member_reply(trip, trip.member)) {
    if (reply->is_reset()) return member_refused(trip, *reply, at_member->match);
    if (!passed_balancer(trip, balancer)) return reply_went_astray(c, pair, trip, *reply);
    if (trip.probe->end == End::reset) return reset_later(c, pair, trip);
    return at_the_vip(c, pair, trip);
  }
  if (at_member && at_member->flow->syn())
    return c.sight.is_reliable(trip.member) ? unanswered_at_member(c, trip, *at_member)
                                            : unresolved(trip, trip.member + "'s capture is not reliable");
  const auto* at_balancer = leg_at(trip, balancer);
  if (!at_balancer) return at_the_vip(c, pair, trip);
  if (const auto* reset = at_balancer->flow->first_reset(); reset && reset->tuple.source == at_balancer->flow->tuple.destination)
    return member_refused(trip, *reset, at_balancer->match);
  if (at_balancer->flow->syn_ack()) return at_the_vip(c, pair, trip);
  if (c.sight.is_reliable(trip.member))
    return simple("server-leg.filtered", "the SYN left " + balancer + " and did not reach " + trip.member,
                  "the SYN is lost between " + balancer + " and " + trip.member, trip);
  return unresolved(trip, balancer + "'s SYN to " + trip.member + " was not answered; nobody watched at " + trip.member);
}

}  // namespace

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

RootCause cause_at_vip(const Case& c, const Pair& pair, const Trip& trip) { return at_the_vip(c, pair, trip); }

std::string check_of(std::string_view cause) { return std::string(find_cause(cause)->check); }

bool is_before_member(std::string_view cause) {
  return cause.starts_with("vip.") || cause.starts_with("client-leg.");
}

RootCause root_cause(const Case& c, const Pair& pair, const Trip& trip) {
  const auto& probe = *trip.probe;
  if (probe.end == End::answered) return {};
  if (probe.end == End::local) return unresolved(trip, "the source could not try: " + probe.error);
  if (trip.came_back) return self_hairpin(trip);
  if (trip.third_address) return third_address(c, pair, trip);
  if (!trip.server_leg.empty() && !trip.member.empty()) return on_the_server_leg(c, pair, trip);
  if (!trip.ambiguities.empty()) return unresolved(trip, trip.ambiguities.front());
  return at_the_vip(c, pair, trip);
}

}  // namespace hairpin::checks

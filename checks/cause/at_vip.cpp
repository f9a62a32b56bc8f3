// SPDX-License-Identifier: Apache-2.0
// What the VIP did to a trip: what the source and the balancer saw of the client leg decides.
#include <fmt/format.h>

#include <algorithm>

#include "checks/balancer_view.hpp"
#include "checks/monitors.hpp"
#include "checks/cause/old_connection.hpp"
#include "checks/cause/reset_reason.hpp"
#include "checks/cause/root_cause.hpp"
#include "checks/tls/examined.hpp"

namespace hairpin::checks {
namespace {

constexpr std::chrono::seconds kClocks{1};  ///< by which the clocks of two hosts may differ

/// The balancer took a SYN to this VIP, meanwhile, from an address that no host of the topology has: the source may be
/// behind a translation on the way, of which the other end knows nothing.
const PacketObservation* translated_syn(const Case& c, const Trip& trip, const std::string& balancer) {
  const auto& probe = *trip.probe;
  for (const auto& packet : c.observations.packets) {
    const bool is_meanwhile = packet.time >= probe.started - kClocks && packet.time <= probe.ended + kClocks;
    if (packet.host == balancer && packet.is_syn() && packet.direction == Direction::in && is_meanwhile &&
        packet.tuple.destination == probe.target.endpoint && c.roster.name_of(packet.tuple.source.address).empty())
      return &packet;
  }
  return nullptr;
}

/// By its own account it has the VIP or an address that moves with it.
bool is_active(const Case& c, const Trip& trip, const std::string& balancer) {
  if (was_active(c, balancer)) return true;
  const auto facts = c.sight.facts_of.find(balancer);
  const auto* host = c.topology.host(balancer);
  if (facts == c.sight.facts_of.end() || !host) return false;
  const auto moves = [&](const IpAddress& address) {
    return address == trip.probe->target.endpoint.address ||
           std::any_of(host->self_ips.begin(), host->self_ips.end(),
                       [&](const auto& self_ip) { return self_ip.is_floating && self_ip.address == address; });
  };
  return std::any_of(facts->second->interfaces.begin(), facts->second->interfaces.end(), [&](const auto& interface) {
    return std::any_of(interface.addresses.begin(), interface.addresses.end(), moves);
  });
}

/// It has an address that the other unit of a pair may have instead, and saw nothing of what went to this VIP.
bool may_be_standby(const Case& c, const Trip& trip, const std::string& balancer) {
  if (was_standby(c, balancer)) return true;
  const auto* host = c.topology.host(balancer);
  const bool is_one_of_two = host && std::any_of(host->self_ips.begin(), host->self_ips.end(),
                                                 [](const auto& self_ip) { return self_ip.is_floating; });
  return is_one_of_two && !is_active(c, trip, balancer) && std::none_of(c.trips.begin(), c.trips.end(), [&](const Trip& other) {
    return other.probe->target.endpoint == trip.probe->target.endpoint && other.client_leg_at(balancer);
  });
}

/// The trip's SYN never came to the balancer, which watched.
bool has_missed_balancer(const Case& c, const Pair& pair, const Trip& trip) {
  return c.sight.is_reliable(pair.load_balancer()) && !trip.client_leg_at(pair.load_balancer());
}

RootCause missed_balancer(const Case& c, const Pair& pair, const Trip& trip) {
  const auto& balancer = pair.load_balancer();
  if (const auto* syn = translated_syn(c, trip, balancer))
    return unresolved(trip, fmt::format("{} received a SYN from {}, whom nobody knows: the source may be translated on the way", balancer,
                                        to_string(syn->tuple.source)));
  if (may_be_standby(c, trip, balancer))
    return unresolved(trip, balancer + (was_standby(c, balancer) ? " says itself that it stands by: the other unit has the VIP"
                                                                 : " saw no connection to this VIP at all: the other unit may be the active one"));
  const auto* refused = trip.probe->end == End::refused ? "; a RST came back all the same" : "";
  return simple("client-leg.filtered", fmt::format("the SYN left the source and did not reach {}{}", balancer, refused),
                "the SYN is stopped between " + trip.probe->host + " and " + balancer, trip);
}

/// What the VIP does may be what a member behind it did, where nobody watches either.
bool may_be_a_members(const Case& c, const Pair& pair, const Trip& trip) {
  const auto& members = pair.pool->members;
  const bool is_watched = c.sight.is_reliable(pair.load_balancer()) ||
                          std::all_of(members.begin(), members.end(), [&](const auto& member) { return c.sight.is_reliable(member); });
  return !is_watched && trip.server_leg.empty();
}

/// A RST from the VIP, with its packet and with the reason where the balancer gives one.
RootCause ended_by_vip(const Case& c, const Pair& pair, std::string_view cause, std::string observed, std::string summary, const Trip& trip) {
  observed = with_reason(std::move(observed), trip) + words_about_service(c, pair) + words_about_resets(c, pair.load_balancer());
  auto root = simple(cause, std::move(observed), std::move(summary), trip);
  if (const auto* reset = reset_from_vip(trip)) root.evidence.push_back(packet_evidence(*reset, MatchKey::isn));
  return root;
}

/// RST after the connection was established: made by whoever's capture shows it leaving and nobody's before.
RootCause reset_later(const Case& c, const Pair& pair, const Trip& trip) {
  const auto* members = trip.member.empty() ? nullptr : made_reset(trip, trip.member);
  const auto* first = members ? members : made_reset(trip, pair.load_balancer());
  if (!first || trip.member.empty() || (!members && !c.sight.is_reliable(trip.member)))
    return ended_by_vip(c, pair, "vip.reset", "RST in phase " + std::string(boost::describe::enum_to_string(trip.probe->ended_in, "")),
                  "the connection to the VIP was reset before an answer", trip);
  auto observed = with_reason("RST sent by " + first->host, trip);
  if (!members) observed += words_about_resets(c, pair.load_balancer());
  auto root = simple(members ? "reset.by-member" : "reset.by-load-balancer", std::move(observed), first->host + " reset the connection", trip);
  root.evidence.push_back(packet_evidence(*first, trip.member_match));
  return root;
}

/// The first that ended the server leg, as the member's own capture saw it, was the member with a RST: a proxy that then
/// closes its side in order only hands it on.
bool was_reset_by_member(const Trip& trip) {
  const auto* at_member = trip.member.empty() ? nullptr : trip.server_leg_at(trip.member);
  if (!at_member) return false;
  const auto end = std::find_if(at_member->packets.begin(), at_member->packets.end(),
                                [](const auto* packet) { return packet->is_reset() || packet->has(kFin); });
  return end != at_member->packets.end() && (*end)->is_reset() && (*end)->direction == Direction::out;
}

/// Nothing of this trip reached any member, as far as every member's reliable capture can tell.
bool is_known_to_reach_nobody(const Case& c, const Pair& pair, const Trip& trip) {
  return trip.server_leg.empty() && std::all_of(pair.pool->members.begin(), pair.pool->members.end(),
                                                [&](const std::string& member) { return c.sight.is_reliable(member); });
}

/// The VIP turned the connection away itself: it has nobody to hand it to where its monitor finds no member up.
RootCause turned_away(const Case& c, const Pair& pair, const Trip& trip, RootCause root) {
  if (trip.server_leg.empty() && has_no_member(c, pair)) {
    root.cause = "vip.no-member-available";
    root.observed += fmt::format("; {} says of every member of {} that it is not available", pair.load_balancer(), pair.server->f5_pool);
    root.summary = "the balancer finds no member of " + pair.pool->name + " up";
    return root;
  }
  const auto monitor = monitor_of(*pair.pool, c.roster, c.observations);
  if (!is_known_to_reach_nobody(c, pair, trip)) return root;
  if (monitor == Monitor::finds_nobody) {
    root.cause = "vip.no-member-available";
    root.observed += "; the balancer's monitor reaches every member and none answers it";
    root.summary = "the balancer finds no member of " + pair.pool->name + " up";
  } else if (monitor == Monitor::visits) {
    root.observed += "; its monitor visits the members: does it find them up?";
  }
  return root;
}

/// Nobody saw to which member the balancer took the connection, and one of them had no responder to answer: that may be
/// all that was wrong. What ended in the handshake without a server leg at a reliable balancer is the balancer's own act.
bool may_lack_responder(const Case& c, const Pair& pair, const Trip& trip) {
  const bool is_vips_own = c.sight.is_reliable(pair.load_balancer()) && trip.probe->ended_in == Phase::connect &&
                           trip.ambiguities.empty();
  const auto& members = pair.planned->members;
  return trip.member.empty() && !is_vips_own &&
         std::any_of(members.begin(), members.end(), [&](const auto& member) { return lacks_responder(c, member); });
}

/// The balancer has sent something to a member: it may have a connection open over which it sends more.
bool may_reuse_a_connection(const Case& c, const Pair& pair) {
  return std::any_of(c.observations.packets.begin(), c.observations.packets.end(), [&](const PacketObservation& packet) {
    const bool is_at_member = std::find(pair.pool->members.begin(), pair.pool->members.end(), packet.host) != pair.pool->members.end();
    return is_at_member && packet.payload_bytes > 0 && packet.direction == Direction::in &&
           packet.tuple.destination.port == pair.server->member_port;
  });
}

/// A proxy's own 502, 503 or 504.
RootCause gateway_error(const Case& c, const Pair& pair, const Trip& trip) {
  const auto status = std::to_string(*trip.probe->http_status);
  const bool is_known_empty = monitor_of(*pair.pool, c.roster, c.observations) == Monitor::finds_nobody;
  if (status != "503" || !is_known_to_reach_nobody(c, pair, trip) || (!is_known_empty && (!trip.ambiguities.empty() || may_reuse_a_connection(c, pair))))
    return unresolved(trip, "HTTP " + status + " came from no responder of ours: the balancer's own, or a service's");
  return simple("vip.no-member-available", "HTTP 503 from the balancer; no member saw the connection",
                "the balancer finds no member of " + pair.pool->name + " up", trip);
}

/// What a host says of its next hop to an address.
struct NextHop {
  bool is_on_link = true;   ///< the address itself
  bool is_known = false;    ///< its MAC is
};

NextHop next_hop(const Case& c, const std::string& host, const IpAddress& to) {
  NextHop hop;
  for (const auto& facts : c.observations.hosts) {
    if (facts.host != host) continue;
    const auto route = std::find_if(facts.routes.begin(), facts.routes.end(), [&](const auto& one) { return one.to == to; });
    const auto via = route == facts.routes.end() ? std::nullopt : route->via;
    if (via) hop.is_on_link = false;
    const auto& neighbours = facts.neighbours;
    hop.is_known |= std::any_of(neighbours.begin(), neighbours.end(), [&](const auto& one) { return one.address == via.value_or(to); });
  }
  return hop;
}

/// No SYN passed the source's own capture, which stands behind its firewall.
RootCause never_left(const Case& c, const Trip& trip) {
  const auto vip = to_string(trip.probe->target.endpoint);
  const auto& source = trip.probe->host;
  const auto hop = next_hop(c, source, trip.probe->target.endpoint.address);
  if (hop.is_known)
    return unresolved(trip, fmt::format("no SYN left {}, which knows the MAC of its next hop: its own firewall drops it", source));
  if (!hop.is_on_link)
    return unresolved(trip, fmt::format("no SYN left {}: its gateway answers no ARP or ND, or its own firewall drops it", source));
  const auto why = fmt::format("no SYN left {}: nobody answers ARP or ND for {}, or its own firewall drops it", source, vip);
  const bool is_vip_alive = std::any_of(c.trips.begin(), c.trips.end(), [&](const Trip& other) {
    return !other.is_direct() && other.probe->target.endpoint == trip.probe->target.endpoint && other.is_answered();
  });
  return is_vip_alive ? unresolved(trip, why) : simple("vip.silent", why, vip + " does not answer", trip);
}

RootCause silent(const Case& c, const Pair& pair, const Trip& trip) {
  const auto& balancer = pair.load_balancer();
  const auto& source = trip.probe->host;
  const auto vip = to_string(trip.probe->target.endpoint);
  if (trip.probe->ended_in != Phase::connect)
    return unresolved(trip, "the connection was established, then nothing more came");
  const auto* at_source = trip.client_leg_at(source);
  if (c.sight.is_reliable(source) && (!at_source || !at_source->syn())) return never_left(c, trip);
  const auto* at_balancer = trip.client_leg_at(balancer);
  if (has_missed_balancer(c, pair, trip)) {
    auto missed = missed_balancer(c, pair, trip);
    auto old = old_connection_at_vip(c, pair, trip, Answerer::stranger);
    return missed.is_unresolved || !old ? missed : std::move(*old);
  }
  // A full proxy goes on only after its own handshake; what a balancer passes on its capture sees leave.
  const bool is_own_act = c.sight.is_reliable(balancer) && trip.server_leg.empty() && trip.ambiguities.empty();
  const auto answerer = is_own_act || ends_at_balancer(pair.server->expect) ? Answerer::load_balancer : Answerer::unknown;
  if (auto old = old_connection_at_vip(c, pair, trip, answerer)) return std::move(*old);
  const auto is_sent_syn = [](const auto& packet) { return packet.is_syn() && packet.direction == Direction::out; };
  const bool is_passed_on = std::any_of(trip.client_leg.begin(), trip.client_leg.end(), [&](const MatchedFlow& leg) {
    return leg.flow->host == balancer && leg.flow->first_that(is_sent_syn);  // nPath: with its tuple as it was
  });
  if (is_passed_on) return unresolved(trip, balancer + " passed the SYN on, and no member saw it arrive");
  const auto* answer = at_balancer ? at_balancer->syn_ack() : nullptr;
  if (answer && answer->direction == Direction::out)
    return simple("client-leg.reply-lost", balancer + " answered; the SYN-ACK did not arrive",
                  "the VIP's reply is lost between " + balancer + " and " + source, trip);
  return simple("vip.silent", fmt::format("no answer to the SYN{}", may_be_a_members(c, pair, trip) ? "; a member behind the VIP may be what is silent, where nobody watches" : ""), vip + " does not answer", trip);
}

}  // namespace

RootCause cause_at_vip(const Case& c, const Pair& pair, const Trip& trip) {
  const bool has_no_answer = trip.probe->end == End::silent || trip.probe->end == End::refused;
  if (has_no_answer && trip.entry && trip.entry->member) return unresolved(trip, words_about_server_side(*trip.entry));
  if (may_lack_responder(c, pair, trip))
    return unresolved(trip, "hairpin's responder was not running on every member, and nobody saw where this connection went");
  if (trip.probe->ended_in != Phase::connect)
    if (auto refused = refused_balancer(c, pair, trip)) return std::move(*refused);
  const auto vip = to_string(trip.probe->target.endpoint);
  switch (trip.probe->end) {
    case End::refused:
      if (has_missed_balancer(c, pair, trip)) return missed_balancer(c, pair, trip);
      return turned_away(c, pair, trip,
                         ended_by_vip(c, pair, "vip.refused", fmt::format("RST from {}{}", vip, may_be_a_members(c, pair, trip) ? "; it may come from a member behind the VIP, where nobody watches" : ""),
                                      vip + " refuses connections", trip));
    case End::reset:
      return turned_away(c, pair, trip, reset_later(c, pair, trip));
    case End::closed:
      if (was_reset_by_member(trip)) return reset_later(c, pair, trip);
      return turned_away(c, pair, trip,
                         simple("vip.closed", vip + " closed the connection before an answer",
                                vip + " accepts the connection and closes it without an answer", trip));
    case End::silent:
      return silent(c, pair, trip);
    case End::alert:
      return unresolved(trip, fmt::format("{} ended the TLS handshake: {}", trip.probe->alert && trip.probe->alert->was_sent ? "the source" : vip,
                                          trip.probe->alert ? "the alert " + trip.probe->alert->name : "an alert"));
    case End::answered:
      if (trip.probe->http_status) return gateway_error(c, pair, trip);
      [[fallthrough]];
    default:
      return unresolved(trip, "the connection ended for a reason that the path does not explain");
  }
}

}  // namespace hairpin::checks

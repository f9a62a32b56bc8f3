// SPDX-License-Identifier: Apache-2.0
#include "checks/cause/grade.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/balancer_view.hpp"
#include "checks/cause/root_cause.hpp"
#include "checks/roster.hpp"

namespace hairpin::checks {
namespace {

enum class Agreement { unseen, agrees, differs };

/// The first request and the first reply at one vantage: both at one interface, where one of them saw both. A bond and its
/// legs see a connection several times.
struct Exchange {
  const PacketObservation* request = nullptr;
  const PacketObservation* reply = nullptr;

  bool is_whole() const { return request && reply; }
  bool changes_interface() const { return is_whole() && request->interface != reply->interface; }
};

Exchange exchange_at(const std::vector<MatchedFlow>& legs, const std::string& host) {
  Exchange any;
  for (const auto& leg : legs) {
    if (leg.flow->host != host) continue;
    Exchange here;
    for (const auto* packet : leg.flow->packets) {
      auto& first = leg.flow->is_forward(*packet) ? here.request : here.reply;
      if (!first) first = packet;
    }
    if (here.is_whole()) return here;
    if (!any.request) any.request = here.request;
    if (!any.reply) any.reply = here.reply;
  }
  return any;
}

bool is_own_interface(const Case& c, const std::string& host, const MacAddress& mac) {
  const auto known = c.sight.facts_of.find(host);
  return known != c.sight.facts_of.end() &&
         std::any_of(known->second->interfaces.begin(), known->second->interfaces.end(),
                     [&](const InterfaceFacts& interface) { return interface.mac == mac; });
}

/// Somebody else's gateway answers with this MAC: a router that does proxy ARP answers so for the balancer as well.
bool is_other_gateway(const Case& c, const std::string& balancer, const MacAddress& mac) {
  const auto answers_for = [&](const IpAddress& gateway) {
    return std::any_of(c.observations.hosts.begin(), c.observations.hosts.end(), [&](const HostFacts& facts) {
      return std::any_of(facts.neighbours.begin(), facts.neighbours.end(), [&](const NeighbourFacts& neighbour) {
        return neighbour.address == gateway && neighbour.mac == mac;
      });
    });
  };
  return std::any_of(c.topology.networks.begin(), c.topology.networks.end(), [&](const Network& network) {
    if (!network.gateway) return false;
    const auto* owner = c.topology.owner_of(*network.gateway);
    if (owner && owner->name == balancer) return false;
    const auto& declared = network.gateway_macs;
    return std::find(declared.begin(), declared.end(), mac) != declared.end() || answers_for(*network.gateway);
  });
}

/// Who has this MAC is the balancer, and no router in between.
bool is_balancers_mac(const Case& c, const std::string& balancer, const MacAddress& mac) {
  return is_own_interface(c, balancer, mac) || (c.sight.owns(balancer, mac) && !is_other_gateway(c, balancer, mac));
}

/// At one vantage: do replies come from (or go to) the MAC to which requests go (or from which they come), by one interface?
/// A router in between has one MAC for everybody behind it. So equal MACs say something only where they are known to be the
/// balancer's, or where the member was addressed as itself: its reply had to be translated back on the way.
Agreement agreement_of(const Case& c, const std::string& balancer, const Exchange& seen, bool is_rewritten) {
  if (!seen.is_whole()) return Agreement::unseen;
  if (seen.changes_interface()) return Agreement::differs;
  const auto *request = seen.request, *reply = seen.reply;
  const bool are_swapped = (request->source_mac == reply->destination_mac && request->destination_mac == reply->source_mac);
  // One gateway may own several MACs; the end that is not the captured host has to be the balancer both times.
  const bool is_outward = request->direction == Direction::out;
  const auto& asked = is_outward ? request->destination_mac : request->source_mac;
  const auto& replied = is_outward ? reply->source_mac : reply->destination_mac;
  const bool both_balancers = c.sight.owns(balancer, asked) && c.sight.owns(balancer, replied);
  if (!are_swapped && !(both_balancers || c.sight.is_one_gateway(asked, replied))) return Agreement::differs;
  const bool is_known = is_balancers_mac(c, balancer, asked) && is_balancers_mac(c, balancer, replied);
  return is_rewritten || is_known ? Agreement::agrees : Agreement::unseen;
}

/// What a person has to know of a vantage where requests and replies use different interfaces; empty where they do not.
std::string interfaces_of(const Exchange& seen) {
  if (!seen.changes_interface()) return {};
  return fmt::format("; at {} requests pass by {}, replies by {}", seen.request->host, seen.request->interface,
                     seen.reply->interface);
}

/// The balancer saw requests and replies of both legs, in and out: its own flow table could not say more.
bool balancer_saw_both_legs(const Trip& trip, const std::string& balancer) {
  const auto saw_reply = [&](const std::vector<MatchedFlow>& legs) {
    for (const auto& leg : legs)
      if (leg.flow->host == balancer)
        for (const auto* packet : leg.flow->packets)
          if (!leg.flow->is_forward(*packet)) return true;
    return false;
  };
  return saw_reply(trip.client_leg) && saw_reply(trip.server_leg);
}

/// The member was addressed as itself, not as the VIP.
bool is_readdressed(const Trip& trip) {
  const auto& vip = trip.probe->target.endpoint.address;
  if (trip.responder) return trip.responder->local.address != vip;
  return std::any_of(trip.server_leg.begin(), trip.server_leg.end(), [&](const MatchedFlow& leg) {
    return leg.match != MatchKey::inferred && leg.flow->tuple.destination.address != vip;
  });
}

void add_reply(Graded& graded, const Flow* flow, MatchKey match) {
  if (!flow) return;
  for (const auto* packet : flow->packets)
    if (!flow->is_forward(*packet)) {
      graded.evidence.push_back(packet_evidence(*packet, match));
      return;
    }
}

Graded violated(std::string_view cause, std::string observed, Evidence evidence) {
  Graded graded;
  graded.is_known = true;
  graded.grade = Grade::violated;
  graded.cause = cause;
  graded.observed = std::move(observed);
  graded.evidence.push_back(std::move(evidence));
  return graded;
}

/// The member's reply was sent to a MAC that is not the balancer's, and the balancer, watching, did not get it.
bool bypasses(const Case& c, const Pair& pair, const Trip& trip, const PacketObservation& reply) {
  const auto& balancer = pair.load_balancer();
  if (c.sight.owns(balancer, reply.destination_mac) || passed_balancer(trip, balancer)) return false;
  const auto* at_member = trip.server_leg_at(trip.member);
  const auto* syn = at_member->syn();
  if (syn && syn->source_mac == reply.destination_mac) return false;  // back to where the request came from
  return c.sight.is_reliable(balancer) || c.sight.owner_of(reply.destination_mac) == trip.probe->host;
}

std::string_view bypass_cause(const Case& c, const Pair& pair, const Trip& trip) {
  const auto* source = c.topology.host(pair.planned->source);
  const auto* member = c.topology.host(trip.member);
  const auto* reply = member_reply(trip, trip.member);
  const bool are_neighbours = (source && member && c.topology.are_neighbours(*source, *member, pair.planned->vip.address.family)) ||
                              (reply && c.sight.owns(pair.planned->source, reply->destination_mac));
  return are_neighbours ? "return-path.bypasses-load-balancer" : "return-path.wrong-gateway";
}

/// Whatever the ends saw: it did not go through a balancer whose reliable capture has nothing of it.
bool was_missed(const Case& c, const std::string& balancer, const Trip& trip) {
  return c.sight.is_reliable(balancer) && !trip.client_leg_at(balancer) && !trip.server_leg_at(balancer);
}

Graded grade_through_balancer(const Case& c, const Pair& pair, const Trip& trip) {
  const auto& balancer = pair.load_balancer();
  const auto* at_source = trip.client_leg_at(trip.probe->host);
  const auto* at_member = trip.server_leg_at(trip.member);
  const auto* reply = member_reply(trip, trip.member);
  if (reply && bypasses(c, pair, trip, *reply))
    return violated(bypass_cause(c, pair, trip),
                    fmt::format("{} sent its reply to {}, not to {}", trip.member, to_string(reply->destination_mac),
                                balancer),
                    packet_evidence(*reply, trip.member_match));
  if (const auto* refusal = refusal_past_balancer(trip))
    return violated(bypass_cause(c, pair, trip), "RST from " + to_string(refusal->tuple.source) + " itself",
                    packet_evidence(*refusal, MatchKey::isn));
  Graded graded;
  graded.is_known = trip.is_answered() || passed_balancer(trip, balancer);
  const auto source = exchange_at(trip.client_leg, trip.probe->host), member = exchange_at(trip.server_leg, trip.member);
  // A member that was addressed as itself answers as itself; the source saw the VIP: only the device that translated
  // the destination can have translated it back.
  const bool is_rewritten = is_readdressed(trip);
  const auto source_macs = agreement_of(c, balancer, source, is_rewritten);
  const auto member_macs = agreement_of(c, balancer, member, is_rewritten);
  const bool is_in_table = trip.entry && is_witness(*trip.entry, balancer);
  const bool has_witness = is_in_table || balancer_saw_both_legs(trip, balancer);
  const bool is_translated = trip.responder && (has_address(c.roster, balancer, trip.responder->peer.address) ||
                                                (trip.entry && is_translation(*trip.entry, trip.responder->peer)));
  // At the source requests and replies may both pass its own router, whichever way the member answers.
  const bool source_agrees = source_macs == Agreement::agrees && (member_macs != Agreement::differs || is_rewritten);
  const bool both_macs = source_macs == Agreement::agrees && member_macs == Agreement::agrees;
  if (both_macs || (has_witness && source_macs != Agreement::differs && member_macs != Agreement::differs))
    graded.grade = Grade::proven;
  else if (has_witness || source_agrees || member_macs == Agreement::agrees || is_translated || is_rewritten)
    graded.grade = Grade::consistent;
  if (was_missed(c, balancer, trip)) {
    graded.grade = Grade::asserted;
    graded.doubt = balancer + " watched and saw nothing of it: another device answered for the VIP, or the other unit";
  }
  graded.observed = fmt::format("the reply came from {}{}{}{}", to_string(trip.probe->target.endpoint),
                                has_witness ? " and passed " + balancer : "", interfaces_of(source), interfaces_of(member));
  add_reply(graded, at_source, MatchKey::isn);
  add_reply(graded, at_member, trip.member_match);
  if (trip.entry) graded.evidence.push_back(entry_evidence(*trip.entry));
  return graded;
}

Graded grade_direct(const Case& c, const Pair& pair, const Trip& trip) {
  const auto& balancer = pair.load_balancer();
  const auto* reply = member_reply(trip, trip.member);
  if (passed_balancer(trip, balancer) || is_readdressed(trip) || (reply && c.sight.owns(balancer, reply->destination_mac))) {
    const auto evidence = reply ? packet_evidence(*reply, trip.member_match) : probe_evidence(*trip.probe);
    return violated("return-path.unexpected-through-load-balancer",
                    fmt::format("{}'s reply went through {}", trip.member, balancer), evidence);
  }
  Graded graded;
  graded.is_known = trip.is_answered();
  const bool is_local = trip.member == trip.probe->host;
  const bool is_watched = c.sight.is_reliable(balancer);
  if (is_local || (reply && is_watched))
    graded.grade = Grade::proven;
  else if (reply || is_watched)
    graded.grade = Grade::consistent;
  graded.observed = is_local ? trip.member + " holds the VIP itself and answered itself"
                             : trip.member + " answered directly from the VIP's address";
  if (reply) graded.evidence.push_back(packet_evidence(*reply, trip.member_match));
  else graded.evidence.push_back(probe_evidence(*trip.probe));
  return graded;
}

}  // namespace

Grade grade_at_source(const Case& c, const Pair& pair, const Trip& trip) {
  const auto seen = exchange_at(trip.client_leg, trip.probe->host);
  const auto macs = agreement_of(c, pair.load_balancer(), seen, is_readdressed(trip));
  return macs == Agreement::agrees ? Grade::consistent : Grade::asserted;
}

Graded grade_return_path(const Case& c, const Pair& pair, const Trip& trip) {
  const bool is_direct = pair.server->expect.return_path == ReturnPath::direct;
  return is_direct ? grade_direct(c, pair, trip) : grade_through_balancer(c, pair, trip);
}

}  // namespace hairpin::checks

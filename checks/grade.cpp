// SPDX-License-Identifier: Apache-2.0
#include "checks/grade.hpp"

#include <fmt/format.h>

#include "checks/root_cause.hpp"

namespace hairpin::checks {
namespace {

enum class Agreement { unseen, agrees, differs };

/// At one vantage: do replies come from (or go to) the MAC to which requests go (or from which they come)?
Agreement macs_agree(const Case& c, const std::string& balancer, const Flow* flow) {
  if (!flow) return Agreement::unseen;
  const PacketObservation* request = nullptr;
  const PacketObservation* reply = nullptr;
  for (const auto* packet : flow->packets) {
    if (flow->is_forward(*packet) && !request) request = packet;
    if (!flow->is_forward(*packet) && !reply) reply = packet;
  }
  if (!request || !reply) return Agreement::unseen;
  if (request->source_mac == reply->destination_mac && request->destination_mac == reply->source_mac) return Agreement::agrees;
  // One gateway may own several MACs; the end that is not the captured host has to be the balancer both times.
  const bool is_outward = request->direction == Direction::out;
  const auto& asked = is_outward ? request->destination_mac : request->source_mac;
  const auto& replied = is_outward ? reply->source_mac : reply->destination_mac;
  const bool both_balancers = c.sight.owns(balancer, asked) && c.sight.owns(balancer, replied);
  return both_balancers ? Agreement::agrees : Agreement::differs;
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

bool is_balancers_address(const Case& c, const std::string& balancer, const IpAddress& address) {
  const auto own = c.roster.addresses_of.find(balancer);
  return own != c.roster.addresses_of.end() && own->second.contains(address);
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
  const bool are_neighbours = c.topology.are_neighbours(*source, *member, pair.planned->vip.address.family);
  return are_neighbours ? "return-path.bypasses-load-balancer" : "return-path.wrong-gateway";
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
  Graded graded;
  graded.is_known = trip.probe->end == End::answered || passed_balancer(trip, balancer);
  const auto source_macs = macs_agree(c, balancer, at_source), member_macs = macs_agree(c, balancer, at_member);
  const bool has_witness = balancer_saw_both_legs(trip, balancer);
  const bool is_translated = trip.responder && is_balancers_address(c, balancer, trip.responder->peer.address);
  // A member that was addressed as itself answers as itself; the source saw the VIP: only the device that translated
  // the destination can have translated it back.
  const bool is_rewritten = trip.responder && trip.responder->local.address != trip.probe->target.endpoint.address;
  const bool both_macs = source_macs == Agreement::agrees && member_macs == Agreement::agrees;
  if (both_macs || (has_witness && source_macs != Agreement::differs && member_macs != Agreement::differs))
    graded.grade = Grade::proven;
  else if (has_witness || source_macs == Agreement::agrees || member_macs == Agreement::agrees || is_translated || is_rewritten)
    graded.grade = Grade::consistent;
  graded.observed = fmt::format("the reply came from {}{}", to_string(trip.probe->target.endpoint),
                                has_witness ? " and passed " + balancer : "");
  add_reply(graded, at_source, MatchKey::isn);
  add_reply(graded, at_member, trip.member_match);
  return graded;
}

Graded grade_direct(const Case& c, const Pair& pair, const Trip& trip) {
  const auto& balancer = pair.load_balancer();
  const auto* reply = member_reply(trip, trip.member);
  const bool is_rewritten = trip.responder && trip.responder->local.address != trip.probe->target.endpoint.address;
  if (passed_balancer(trip, balancer) || is_rewritten || (reply && c.sight.owns(balancer, reply->destination_mac))) {
    const auto evidence = reply ? packet_evidence(*reply, trip.member_match) : probe_evidence(*trip.probe);
    return violated("return-path.unexpected-through-load-balancer",
                    fmt::format("{}'s reply went through {}", trip.member, balancer), evidence);
  }
  Graded graded;
  graded.is_known = trip.probe->end == End::answered;
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

Graded grade_return_path(const Case& c, const Pair& pair, const Trip& trip) {
  const bool is_direct = pair.server->expect.return_path == ReturnPath::direct;
  return is_direct ? grade_direct(c, pair, trip) : grade_through_balancer(c, pair, trip);
}

}  // namespace hairpin::checks

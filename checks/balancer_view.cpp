// SPDX-License-Identifier: Apache-2.0
#include "checks/balancer_view.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hairpin::checks {
namespace {

bool is_available(const ServiceStatus& status) {
  return status.availability == "available" && !status.state.starts_with("disabled");
}

/// It says that nothing gets there; "unknown" is what a pool without a monitor is.
bool is_unavailable(const ServiceStatus& status) { return status.availability == "offline" || status.state.starts_with("disabled"); }

std::string words_of(const ServiceStatus& status) {
  return fmt::format("{}, {}{}", status.availability, status.state, status.reason.empty() ? "" : " (" + status.reason + ")");
}

std::optional<Endpoint> member_endpoint(const Case& c, const Pair& pair, const std::string& member) {
  const auto* host = c.topology.host(member);
  const auto address = host ? host->address(pair.planned->vip.address.family) : std::nullopt;
  if (!address) return {};
  return Endpoint{*address, pair.server->member_port};
}

const ServiceStatus* status_of_member(const Case& c, const Pair& pair, const std::string& member) {
  const auto* facts = facts_of_balancer(c, pair.load_balancer());
  const auto endpoint = member_endpoint(c, pair, member);
  if (!facts || !endpoint || pair.server->f5_pool.empty()) return nullptr;
  for (const auto& status : facts->services)
    if (status.name == pair.server->f5_pool && status.member == endpoint) return &status;
  return nullptr;
}

}  // namespace

const BalancerFacts* facts_of_balancer(const Case& c, const std::string& balancer) {
  const auto& all = c.observations.balancers;
  const auto found = std::find_if(all.begin(), all.end(), [&](const BalancerFacts& facts) { return facts.host == balancer; });
  return found == all.end() ? nullptr : &*found;
}

bool was_active(const Case& c, const std::string& balancer) {
  const auto* facts = facts_of_balancer(c, balancer);
  return facts && facts->before == UnitState::active && facts->after == UnitState::active;
}

bool was_standby(const Case& c, const std::string& balancer) {
  const auto* facts = facts_of_balancer(c, balancer);
  return facts && facts->before == UnitState::standby && facts->after == UnitState::standby;
}

Evidence entry_evidence(const ConnectionObservation& entry) {
  auto text = fmt::format("connection table: {}", tcpdump_form(Tuple{entry.client, entry.virtual_server}));
  if (entry.as && entry.member) text += fmt::format(", to the member {}", tcpdump_form(Tuple{*entry.as, *entry.member}));
  else text += ", no server side";
  if (entry.from_client && entry.from_member) text += fmt::format("; {} packets from the client, {} from the member", *entry.from_client, *entry.from_member);
  return {entry.host + "/state", entry.time, std::string(name(MatchKey::connection_table)), std::move(text), {}};
}

bool is_witness(const ConnectionObservation& entry, const std::string& balancer) {
  return entry.host == balancer && entry.member && entry.from_client.value_or(0) > 0 && entry.from_member.value_or(0) > 0;
}

bool is_translation(const ConnectionObservation& entry, const Endpoint& seen) {
  return entry.as == seen && seen.address != entry.client.address;
}

std::string words_about_server_side(const ConnectionObservation& entry) {
  const auto count = entry.from_member ? fmt::format(", and counted {} packets of it", *entry.from_member) : "";
  return fmt::format("{} took the connection to {}{}; nobody else saw it behind the VIP", entry.host, to_string(*entry.member), count);
}

bool has_no_member(const Case& c, const Pair& pair) {
  const auto& members = pair.pool->members;
  return std::all_of(members.begin(), members.end(), [&](const std::string& member) {
    const auto* status = status_of_member(c, pair, member);
    return status && is_unavailable(*status);
  });
}

std::string words_about_service(const Case& c, const Pair& pair) {
  const auto* facts = facts_of_balancer(c, pair.load_balancer());
  if (!facts) return {};
  for (const auto& name : {pair.server->f5_virtual, pair.server->f5_pool})
    for (const auto& status : facts->services)
      if (!name.empty() && status.name == name && !status.member && !is_available(status))
        return fmt::format("; {} says of {}: {}", facts->host, name, words_of(status));
  return {};
}

std::string words_about_member(const Case& c, const Pair& pair) {
  const auto* status = status_of_member(c, pair, pair.member);
  if (!status || is_available(*status)) return {};
  return fmt::format("{} says of {}: {}", pair.load_balancer(), to_string(*status->member), words_of(*status));
}

std::string words_about_resets(const Case& c, const std::string& balancer) {
  const auto* facts = facts_of_balancer(c, balancer);
  if (!facts || facts->resets.empty()) return {};
  std::vector<std::string> words;
  for (const auto& reset : facts->resets) words.push_back(fmt::format("\"{}\" {}", reset.cause, reset.count));
  return fmt::format("; in this run {} counted as causes of its resets: {}", balancer, fmt::join(words, ", "));
}

const PersistenceRecord* kept_elsewhere(const Case& c, const Pair& pair) {
  const auto* facts = facts_of_balancer(c, pair.load_balancer());
  const auto* source = c.topology.host(pair.planned->source);
  if (!facts || !source) return nullptr;
  const auto own = source->address(pair.planned->vip.address.family);
  const auto endpoint = member_endpoint(c, pair, pair.member);
  for (const auto& record : facts->persistence) {
    const bool is_here = !record.virtual_server || *record.virtual_server == pair.planned->vip;
    if (own == record.source && is_here && endpoint && record.member != *endpoint) return &record;
  }
  return nullptr;
}

}  // namespace hairpin::checks

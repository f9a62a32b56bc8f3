// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_set>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

bool has_address_for(const SnatPool& pool, const RoutedAddress& member) {
  return std::any_of(pool.members.begin(), pool.members.end(), [&](const SnatPool::Entry& entry) {
    return !entry.address || (entry.address->address.family == member.address.family && entry.address->route_domain == member.route_domain);
  });
}

void add_unfit(const Virtual& server, const Pool& pool, const SnatPool& snat_pool, LintFindings& into) {
  if (snat_pool.members.empty()) return;
  for (const auto& member : pool.members) {
    if (!member.address.value || has_address_for(snat_pool, *member.address.value)) continue;
    into.push_back({{}, Severity::error, &server, server.snat.origin,
                    fmt::format("the SNAT pool {} has no address of the family and route domain of the member {}", shown(snat_pool.name),
                                to_string(*member.address.value)),
                    {fmt::format("tmsh modify ltm snatpool {} members add {{ ADDRESS }}", in_command(snat_pool.name))}, {}});
    return;
  }
}

void add_undefined(const Object& user, Origin origin, Name name, LintFindings& into) {
  into.push_back({{}, Severity::error, &user, origin, fmt::format("the SNAT pool {} is in none of the files", shown(name)),
                  {fmt::format("tmsh create ltm snatpool {} members add {{ ADDRESS }}", in_command(name))}, {}});
}

/// A saved configuration has an object for each address of a SNAT pool; a declaration in JSON never has.
bool may_lack_translations(const LintCase& c, const SnatPool& pool) {
  if (pool.origin.file >= c.config.trees.size()) return true;
  const auto grammar = c.config.trees[pool.origin.file].grammar;
  return grammar == Grammar::as3 || grammar == Grammar::rest;
}

void judge_pool_itself(const LintCase& c, const SnatPool& pool, LintFindings& into) {
  if (pool.members.empty())
    into.push_back({{}, Severity::error, &pool, {}, fmt::format("the SNAT pool {} is empty: connections have no source address", shown(pool.name)),
                    {fmt::format("tmsh modify ltm snatpool {} members add {{ ADDRESS }}", in_command(pool.name))}, {}});
  if (may_lack_translations(c, pool)) return;
  for (const auto& entry : pool.members) {
    const auto name = entry.translation.value;
    if (c.config.snat_translations.find(name)) continue;
    into.push_back({{}, Severity::warning, &pool, entry.translation.origin,
                    fmt::format("{} has no `ltm snat-translation`: the BIG-IP makes one for each address, so the file is incomplete or was edited", shown(name)),
                    {"look at the unit itself: tmsh list ltm snat-translation"}, {}});
    return;
  }
}

void judge_pools(const LintCase& c, LintFindings& into) {
  for (const auto& pool : c.config.snat_pools) judge_pool_itself(c, pool, into);
  for (const auto& snat : c.config.snats)
    if (snat.snat.value.type == SnatType::pool && !c.config.snat_pools.find(snat.snat.value.pool))
      add_undefined(snat, snat.snat.origin, snat.snat.value.pool, into);
  each_server(c.config, [&](const Virtual& server) {
    if (server.snat.value.type != SnatType::pool) return;
    const auto* snat_pool = c.config.snat_pools.find(server.snat.value.pool);
    const auto* pool = c.config.pools.find(server.pool.value);
    if (!snat_pool)
      add_undefined(server, server.snat.origin, server.snat.value.pool, into);
    else if (pool)
      add_unfit(server, *pool, *snat_pool, into);
  });
}

void judge_pool_says_no(const LintCase& c, LintFindings& into) {
  each_server_and_pool(c.config, [&](const Virtual& server, const Pool& pool) {
    if (pool.allows_snat.value || server.snat.value.type == SnatType::none || server.snat.value.type == SnatType::unknown) return;
    into.push_back({{}, Severity::error, &server, server.snat.origin,
                    fmt::format("the virtual server has SNAT, and its pool {} says allow-snat no: members see the source itself", shown(pool.name)),
                    {modify("ltm pool", pool, "allow-snat yes")}, {}});
  });
}

/// Translations that something uses.
std::unordered_set<Name> used_translations(const Config& config) {
  std::unordered_set<Name> used;
  for (const auto& pool : config.snat_pools)
    for (const auto& entry : pool.members) used.insert(entry.translation.value);
  for (const auto& snat : config.snats) used.insert(snat.translation.value);
  return used;
}

void judge_translations(const LintCase& c, LintFindings& into) {
  const auto used = used_translations(c.config);
  for (const auto& translation : c.config.snat_translations) {
    if (!translation.address.value || !used.contains(translation.name)) continue;
    if (const auto* pool = c.networks.pool_with(*translation.address.value))
      into.push_back({{}, Severity::warning, &translation, translation.address.origin,
                      fmt::format("{} is the address of a member of {} as well: which of the two gets replies is chance", to_string(*translation.address.value),
                                  c.config.cite(*pool)),
                      {"give the translation an address that no host has"}, {}});
    const bool is_outside = !c.networks.selfs().empty() && !c.networks.holding(*translation.address.value);
    if (is_outside)
      into.push_back({{}, Severity::warning, &translation, translation.address.origin,
                      fmt::format("{} is in no network of the BIG-IP: members reach it only by a route that no BIG-IP configuration has",
                                  to_string(*translation.address.value)),
                      {"see that the routers of the members have a route to it by way of the BIG-IP"}, {}});
    else if (!translation.answers_arp.value)
      into.push_back({{}, Severity::warning, &translation, translation.answers_arp.origin,
                      fmt::format("{} answers no ARP: members do not find it", to_string(*translation.address.value)),
                      {modify("ltm snat-translation", translation, "arp enabled")}, {}});
  }
}

}  // namespace

const LintRule kSnat002{"SNAT-002", "E W", "a SNAT pool that is missing, empty or of another family",
                        "The virtual server cannot be loaded, or its connections get no source address.", judge_pools};
const LintRule kSnat003{"SNAT-003", "E", "allow-snat no overrides the virtual server's SNAT",
                        "The pool's setting wins: the translation that somebody configured does not happen.", judge_pool_says_no};
const LintRule kSnat004{"SNAT-004", "W", "a SNAT address that members may not reach",
                        "Members send their replies to the translated address. Without ARP in their network, or a route, these are lost.",
                        judge_translations};

}  // namespace hairpin::f5

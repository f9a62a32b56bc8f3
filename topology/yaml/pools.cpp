// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "topology/yaml/draft.hpp"
#include "topology/yaml/scalars.hpp"

namespace hairpin::yaml {
namespace {

void read_vips(const Section& section, Pool& pool, Draft& draft, Reading& reading) {
  const auto* list = section.require("vip");
  const auto path = section.path("vip");
  if (!list) return;
  std::set<Family> seen;
  each_item(*list, path, "a list of IP addresses", kMostAddresses, true, reading, [&](const Value& item) {
    const auto address = read_address(item, path, reading);
    if (!address) return;
    if (!seen.insert(address->family).second) {
      reading.problem(item, path + " has a second address of the same family", "make another pool for it");
      return;
    }
    pool.vips.push_back(*address);
    draft.address_uses.push_back({AddressRole::vip, {*address, &item, path}, pool.name});
  });
}

/// A list of host names; a name that is listed twice is a problem and kept once.
std::vector<std::string> read_host_list(const Value& list, const std::string& path, HostRole role,
                                        std::size_t most, Draft& draft, Reading& reading) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  each_item(list, path, "a list of hosts", most, true, reading, [&](const Value& item) {
    const auto name = read_name(item, path, reading);
    if (!name) return;
    if (!seen.insert(*name).second) {
      reading.problem(item, path + " lists " + in_quotes(*name) + " twice", "remove one of them");
      return;
    }
    names.push_back(*name);
    draft.host_uses.push_back({role, {*name, &item, path}});
  });
  return names;
}

void read_excluded(const Value& node, const std::string& path, Pool& pool, Draft& draft, Reading& reading) {
  each_entry(node, path, "a map from host to reason", kMostHosts, reading,
             [&](const Value& key, const Value& value) {
               const auto name = read_name(key, path, reading);
               const auto reason = read_text(value, path + "." + name.value_or("?"), reading);
               if (!name || !reason) return;
               pool.excluded_sources.emplace(*name, *reason);
               draft.host_uses.push_back({HostRole::source, {*name, &key, path}});
             });
}

void read_sources(const Section& section, Pool& pool, PoolDraft& pool_draft, Draft& draft, Reading& reading) {
  const auto* node = section.find("sources");
  const auto path = section.path("sources");
  if (!node) return;
  if (node->kind == Kind::list) {
    pool_draft.has_sources = true;
    pool.sources = read_host_list(*node, path, HostRole::source, kMostHosts, draft, reading);
  } else if (node->kind == Kind::map) {
    const Section sources(*node, path, kSourcesKeys, reading);
    if (const auto* except = sources.require("except"))
      read_excluded(*except, sources.path("except"), pool, draft, reading);
  } else {
    reading.wrong(*node, path, "a list of hosts, or { except: { HOST: REASON } }");
  }
}

void read_pool(const Value& key, const Value& value, Draft& draft, Reading& reading) {
  Pool pool;
  pool.name = read_name(key, "the name of a pool", reading).value_or("?");
  const Section section(value, "pools." + pool.name, kPoolKeys, reading);
  if (value.kind != Kind::map) return;
  PoolDraft pool_draft{&key, section.path(), {}, false};
  read_vips(section, pool, draft, reading);
  pool.fqdn = section.get("fqdn", read_fqdn).value_or("");
  if (const auto name = section.need("load_balancer", read_name)) {
    pool.load_balancer = *name;
    draft.host_uses.push_back(
        {HostRole::load_balancer, {*name, section.find("load_balancer"), section.path("load_balancer")}});
  }
  if (const auto* members = section.require("members"))
    pool.members =
        read_host_list(*members, section.path("members"), HostRole::member, kMostMembers, draft, reading);
  read_sources(section, pool, pool_draft, draft, reading);
  ExpectDraft defaults;
  if (const auto* expect = section.find("expect"))
    defaults = read_expectation(Section(*expect, section.path("expect"), kExpectKeys, reading), defaults,
                                draft, reading);
  read_virtual_servers(section, defaults, pool, pool_draft, draft, reading);
  draft.pools.push_back(std::move(pool_draft));
  draft.topology.pools.push_back(std::move(pool));
}

}  // namespace

void read_pools(const Section& file, Draft& draft, Reading& reading) {
  if (const auto* pools = file.require("pools"))
    each_entry(*pools, "pools", "a map of pools by name", kMostPools, reading,
               [&](const Value& key, const Value& value) { read_pool(key, value, draft, reading); });
}

}  // namespace hairpin::yaml

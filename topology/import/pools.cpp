// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "topology/f5/secrets.hpp"
#include "topology/import/lines.hpp"

namespace hairpin::f5 {
namespace {

/// What docs/topology.md allows as a path, so that remedies can name it.
bool is_plain(Name name) {
  return name.size() <= 200 && name.starts_with('/') && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '.' || c == '_' || c == '-';
         });
}

void add_server(Lines& lines, const Config& config, const Networks& networks, const Virtual& server, std::set<std::string>& names) {
  const auto& pool = *config.pools.find(server.pool.value);
  const auto port = server.destination.value->port;
  const auto member_port = server.translates_port.value ? pool.members.front().port : port;
  lines.add(fmt::format("      - name: \"{}\"", free_name(server.short_name(), names)), server);
  lines.add(fmt::format("        port: {}", port), server, server.destination.origin);
  lines.add(fmt::format("        member_port: {}", member_port), pool, pool.members.front().origin);
  add_protocol(lines, config, server);
  if (is_plain(server.name) && is_plain(pool.name)) lines.add(fmt::format("        f5: {{ virtual: {}, pool: {} }}", server.name, pool.name));
  add_promises(lines, config, networks, server);
}

/// A run lets every host call unless `sources` says who may.
void add_sources(Lines& lines, const Sorted& sorted, const ImportedPool& pool) {
  for (const auto* server : pool.servers) {
    if (server->source.value.prefix.length > 0)
      lines.comment(fmt::format("   {} takes connections from {} only: client1 has to be there", shown(server->name), to_string(server->source.value)));
    if (server->vlans.vlans.empty()) continue;
    std::string vlans;
    for (const auto& vlan : server->vlans.vlans) vlans += " " + shown(vlan.value);
    lines.comment(fmt::format("   {} listens {} the VLANs{}: client1 has to be there", shown(server->name), server->vlans.is_only_listed.value ? "on" : "everywhere but on", vlans));
  }
  if (pool.callers == pool.members) return;
  std::string callers = "client1";
  for (const auto host : pool.callers) callers += fmt::format(", \"{}\"", sorted.hosts[host].name);
  const auto& first = *pool.servers.front();
  lines.add(fmt::format("    sources: [{}]", callers), first, first.source.origin);
}

}  // namespace

void add_pools(Lines& lines, const Config& config, const Networks& networks, const Sorted& sorted) {
  lines.add("pools:");
  for (const auto& pool : sorted.pools) {
    std::string members;
    for (const auto host : pool.members) members += fmt::format("{}\"{}\"", members.empty() ? "" : ", ", sorted.hosts[host].name);
    const auto& first = *pool.servers.front();
    lines.add(fmt::format("  \"{}\":", pool.name), *config.pools.find(first.pool.value));
    lines.add(fmt::format("    vip: [\"{}\"]", to_string(pool.vip)), first, first.destination.origin);
    lines.add("    load_balancer: bigip");
    lines.add(fmt::format("    members: [{}]", members), *config.pools.find(first.pool.value));
    for (const auto& each : pool.resting) lines.comment(fmt::format("   not a member: {} ({})", shown(each.member->key), each.why));
    add_sources(lines, sorted, pool);
    lines.add("    virtual_servers:");
    std::set<std::string> names;
    for (const auto* server : pool.servers) add_server(lines, config, networks, *server, names);
  }
}

}  // namespace hairpin::f5

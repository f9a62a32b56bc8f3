// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/scope.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.hpp"
#include "hairpin/coordinator/mission.hpp"
#include "hairpin/messages/source_ports.hpp"

namespace hairpin {
namespace {

bool lists(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// `--virtual-server NAME` or POOL/NAME.
bool is_meant(const std::string& wanted, const std::string& pool, const std::string& server) {
  return wanted.empty() || wanted == server || wanted == pool + "/" + server;
}

/// Those that are meant, each by a name that no other has.
std::vector<std::string> virtual_servers(const Topology& topology, const std::string& wanted) {
  std::vector<std::string> names;
  for (const auto& pool : topology.pools)
    for (const auto& server : pool.virtual_servers) {
      const auto has_its_name = [&server](const Pool& other) { return other.virtual_server(server.name) != nullptr; };
      const bool is_unique = std::count_if(topology.pools.begin(), topology.pools.end(), has_its_name) == 1;
      if (is_meant(wanted, pool.name, server.name)) names.push_back(is_unique ? server.name : pool.name + "/" + server.name);
    }
  return names;
}

/// A name is that of one virtual server; none means the first.
Result<> check_name(const Topology& topology, const LoadOptions& options) {
  const auto& wanted = options.virtual_server;
  const auto named = virtual_servers(topology, wanted);
  if (wanted.empty() || named.size() == 1) return {};
  const auto doing = "load \"" + printable(wanted) + "\" (--virtual-server): ";
  if (named.empty())
    return refusal(doing + "the topology has no virtual server of that name", fmt::format("name one of {}", fmt::join(virtual_servers(topology, {}), ", ")));
  return refusal(doing + "several pools have one of that name", fmt::format("name one of {}", fmt::join(named, ", ")));
}

Error without_target(const LoadOptions& options) {
  if (options.run.only_family)
    return refusal("load anything: no such VIP of the topology has an address of that family", "leave out -4 or -6");
  return refusal("load anything: no virtual server has a source");
}

/// Sources with an agent; those that are no members before the others.
std::vector<std::string> able_sources(const Topology& topology, const Pool& pool) {
  std::vector<std::string> able;
  for (const auto& name : pool.sources) {
    const auto* host = topology.host(name);
    if (host != nullptr && host->agent && !pool.excluded_sources.contains(name)) able.push_back(name);
  }
  return able;
}

Result<std::vector<std::string>> sources_of(const Topology& topology, const Pool& pool, const LoadOptions& options) {
  const auto able = able_sources(topology, pool);
  std::vector<std::string> chosen;
  for (const auto& name : options.from) {
    if (!lists(able, name))
      return refusal("load from " + printable(name) + " (--from): it is no source of this virtual server that has an agent",
                     fmt::format("name some of {}", fmt::join(able, ", ")));
    if (!lists(chosen, name)) chosen.push_back(name);
  }
  if (!chosen.empty()) return chosen;
  for (const auto& name : able)
    if (!topology.is_member(pool, name)) chosen.push_back(name);
  if (chosen.empty()) chosen = able;
  if (chosen.empty()) return refusal("load " + pool.name + ": none of its sources has an agent in the topology");
  return chosen;
}

/// Where each source's connections come from, and that it has a port for each of them.
Result<> put_places(LoadScope& scope, const Topology& topology, const LoadOptions& options) {
  auto addresses = addresses_by_source(topology, scope.sources, scope.target.endpoint.address.family, options.source_addresses);
  if (!addresses) return addresses.error();
  scope.addresses = std::move(*addresses);
  const auto whole = shape_of(options);
  for (std::uint32_t i = 0; i < scope.sources.size(); ++i)
    if (auto fit = check_source_ports(part_of(scope, whole, scope.sources, i), scope.sources[i]); !fit) return fit;
  return {};
}

}  // namespace

LoadShape part_of(const LoadScope& scope, const LoadShape& whole, const std::vector<std::string>& sources, std::uint32_t number) {
  auto part = part_of(whole, number, static_cast<std::uint32_t>(sources.size()));
  const auto addresses = scope.addresses.find(sources[number]);
  if (addresses != scope.addresses.end()) part.sources = addresses->second;
  return part;
}

Result<LoadScope> load_scope(const Topology& topology, const Plan& plan, const LoadOptions& options) {
  if (const auto named = check_name(topology, options); !named) return named.error();
  const auto is_wanted = [&options](const PlannedSource& planned) { return is_meant(options.virtual_server, planned.pool, planned.virtual_server); };
  const auto planned = std::find_if(plan.sources.begin(), plan.sources.end(), is_wanted);
  if (planned == plan.sources.end()) return without_target(options);
  LoadScope scope;
  scope.pool = topology.pool(planned->pool);
  scope.server = scope.pool->virtual_server(planned->virtual_server);
  scope.target = {planned->pool, planned->virtual_server, {}, planned->vip};
  if (scope.server->depth != Depth::http)
    return refusal(fmt::format("load {}: its probes go no further than {}", scope.server->name,
                               boost::describe::enum_to_string(scope.server->depth, "?")),
                   "a load needs responders of hairpin behind the virtual server (probe: http)");
  if (options.resumes && is_plaintext(*scope.server, false))
    return refusal(fmt::format("resume sessions (--resume): {} speaks no TLS", scope.server->name), "leave out --resume");
  auto sources = sources_of(topology, *scope.pool, options);
  if (!sources) return sources.error();
  scope.sources = std::move(*sources);
  if (const auto connections = shape_of(options).connections; connections < scope.sources.size())
    return refusal(fmt::format("load with {} connections (--connections) from {} sources", connections, scope.sources.size()),
                   "one for each at least, or fewer sources (--from)");
  if (const auto fit = put_places(scope, topology, options); !fit) return fit.error();
  return scope;
}

}  // namespace hairpin

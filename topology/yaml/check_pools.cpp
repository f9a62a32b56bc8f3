// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "topology/yaml/draft.hpp"
#include "topology/yaml/words.hpp"

namespace hairpin::yaml {
namespace {

const char* word_for(Family family) { return family == Family::ipv4 ? "IPv4" : "IPv6"; }

/// Every member has an address of each VIP's family: the balancer does not translate between families.
void check_families(const Draft& draft, const Pool& pool, Reading& reading) {
  const auto path = "pools." + pool.name + ".members";
  for (const auto& use : draft.host_uses) {
    const bool is_ours = use.role == HostRole::member && use.name.path == path;
    const auto* host = is_ours ? draft.topology.host(use.name.value) : nullptr;
    if (!host || host->is_load_balancer || host->addresses.empty()) continue;
    for (const auto& vip : pool.vips)
      if (!host->address(vip.family))
        reading.problem(*use.name.node,
                        use.name.path + ": " + in_quotes(host->name) + " has no " + word_for(vip.family) +
                            " address, but the VIP " + to_string(vip) + " is one",
                        "add it to hosts." + host->name + ".addresses, or remove this VIP");
  }
}

/// SNAT automap and pools need an address of the family that they translate.
void check_snat_families(const Draft& draft, const Pool& pool, const VirtualServer& server,
                         const ServerDraft& server_draft, Reading& reading) {
  const auto* balancer = draft.topology.host(pool.load_balancer);
  if (!balancer) return;
  const auto lacks = [](const auto& list, const auto& is_it) {
    return std::none_of(list.begin(), list.end(), is_it);
  };
  for (const auto& vip : pool.vips) {
    const auto has_family = [&](const IpAddress& address) { return address.family == vip.family; };
    const bool has_no_address =
        lacks(balancer->addresses, has_family) &&
        lacks(balancer->self_ips, [&](const SelfIp& ip) { return has_family(ip.address); });
    for (const auto& rule : server.expect.snat) {
      if (rule.type == SnatType::automap && has_no_address)
        reading.problem(*server_draft.node,
                        server_draft.path + " expects SNAT automap, but " + in_quotes(balancer->name) +
                            " has no " + word_for(vip.family) + " self IP",
                        "list them in hosts." + balancer->name + ".self_ips");
      if (rule.type == SnatType::pool && !rule.addresses.empty() && lacks(rule.addresses, has_family))
        reading.problem(*server_draft.node,
                        server_draft.path + " expects a SNAT pool without " + word_for(vip.family) +
                            " address, but the VIP " + to_string(vip) + " is one",
                        "add one to its addresses");
    }
  }
}

/// One endpoint belongs to one virtual server.
class Endpoints {
 public:
  explicit Endpoints(Reading& reading) : reading_(reading) {}

  void add(const Pool& pool, const VirtualServer& server, const ServerDraft& server_draft) {
    for (const auto& vip : pool.vips) {
      const Endpoint endpoint{vip, server.port};
      const auto [first, is_new] = used_.emplace(endpoint, server_draft.path);
      if (!is_new)
        reading_.problem(
            server_draft.port ? *server_draft.port : *server_draft.node,
            server_draft.path + ": " + to_string(endpoint) + " is already used by " + first->second,
            "one virtual server has one address and port");
    }
  }

 private:
  Reading& reading_;
  std::map<Endpoint, std::string> used_;
};

std::size_t pairs(const Pool& pool) {
  return pool.virtual_servers.size() * pool.vips.size() * pool.members.size() *
         (pool.sources.size() + pool.excluded_sources.size());
}

}  // namespace

void check_pools(const Draft& draft, Reading& reading) {
  Endpoints endpoints(reading);
  std::size_t all_pairs = 0;
  for (std::size_t i = 0; i < draft.topology.pools.size() && !reading.is_full(); ++i) {
    const auto& pool = draft.topology.pools[i];
    check_families(draft, pool, reading);
    for (std::size_t j = 0; j < pool.virtual_servers.size(); ++j) {
      endpoints.add(pool, pool.virtual_servers[j], draft.pools[i].servers[j]);
      check_snat_families(draft, pool, pool.virtual_servers[j], draft.pools[i].servers[j], reading);
    }
    const bool was_small = all_pairs <= kMostPairs;
    all_pairs += pairs(pool);
    if (was_small && all_pairs > kMostPairs)
      reading.problem(*draft.pools[i].node,
                      "up to " + draft.pools[i].path + " there are " + std::to_string(all_pairs) +
                          " pairs of source and member; at most " + std::to_string(kMostPairs) +
                          " are possible",
                      "name the sources that matter in \"sources\"");
  }
}

}  // namespace hairpin::yaml

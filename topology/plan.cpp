// SPDX-License-Identifier: Apache-2.0
#include "topology/plan.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace hairpin {
namespace {

const char* word_for(Family family) { return family == Family::ipv4 ? "IPv4" : "IPv6"; }

/// Builds the plan of one topology, virtual server by virtual server.
class Planner {
 public:
  Planner(const Topology& topology, std::optional<Family> only_family)
      : topology_(topology), only_family_(only_family) {
    for (const auto& host : topology.hosts) hosts_.emplace(host.name, &host);
  }

  Plan make() && {
    for (const auto& pool : topology_.pools) {
      for (const auto& server : pool.virtual_servers) add(pool, server);
      if (!pool.virtual_servers.empty()) add_addresses(pool);
    }
    plan_.addresses.assign(addresses_.begin(), addresses_.end());
    plan_.ports.assign(ports_.begin(), ports_.end());
    return std::move(plan_);
  }

 private:
  const Host* host_of(const std::string& name) const {
    const auto found = hosts_.find(name);
    return found == hosts_.end() ? nullptr : found->second;
  }

  bool is_wanted(const IpAddress& address) const { return !only_family_ || address.family == *only_family_; }

  void add(const Pool& pool, const VirtualServer& server) {
    bool has_vip = false;
    for (const auto& vip : pool.vips) {
      if (!is_wanted(vip)) continue;
      has_vip = true;
      for (const auto& name : pool.sources) add_source(pool, server, vip, name);
      for (const auto& [name, reason] : pool.excluded_sources)
        add_skipped_source(pool, server, vip, name, "left out by the topology: " + reason);
    }
    if (!has_vip) return;
    ports_.insert({server.port, server.member_port});
    if (server.depth != Depth::hello)
      for (const auto& member : pool.members) add_listener(pool, server, member);
  }

  void add_source(const Pool& pool, const VirtualServer& server, const IpAddress& vip,
                  const std::string& name) {
    const auto* host = host_of(name);
    if (!host || !host->address(vip.family)) {
      add_skipped_source(pool, server, vip, name, name + " has no " + word_for(vip.family) + " address");
      return;
    }
    PlannedSource source{name, pool.name, server.name, {vip, server.port}, members_of(pool, vip.family),
                         0,    {}};
    // Behind nPath every member has the VIP on itself: what it opens to the VIP never leaves it.
    if (server.expect.return_path == ReturnPath::direct && topology_.is_member(pool, name)) {
      skip_other_pairs(source, vip.family);
      source.members = {name};
    }
    const bool is_one_enough = server.coverage == Coverage::one_per_source;
    source.attempt_budget =
        std::max(kSettledTrips, attempts_to_cover(is_one_enough ? 1 : source.members.size()));
    add_directs(pool, server, *host, vip.family);
    const bool asks = server.depth == Depth::http;  // what is not asked cannot be answered after its rest
    if (server.expect.idle && asks) plan_.idles.push_back({plan_.sources.size(), *server.expect.idle});
    plan_.sources.push_back(std::move(source));
  }

  void add_skipped_source(const Pool& pool, const VirtualServer& server, const IpAddress& vip,
                          const std::string& name, std::string reason) {
    plan_.sources.push_back({name,
                             pool.name,
                             server.name,
                             {vip, server.port},
                             members_of(pool, vip.family),
                             0,
                             std::move(reason)});
  }

  void skip_other_pairs(const PlannedSource& source, Family family) {
    for (const auto& member : source.members)
      if (member != source.source)
        plan_.skipped.push_back(
            {source.source, source.pool, source.virtual_server, member, family,
             "with direct return " + source.source + " holds the VIP itself and reaches only itself"});
  }

  void add_directs(const Pool& pool, const VirtualServer& server, const Host& source, Family family) {
    const auto& always = pool.direct_sources;
    const bool is_always = std::find(always.begin(), always.end(), source.name) != always.end();
    for (const auto& name : pool.members) {
      const auto* member = host_of(name);
      if (name == source.name || !member || !member->address(family)) continue;
      if (is_always || topology_.are_neighbours(source, *member, family))
        plan_.directs.push_back(
            {source.name, pool.name, server.name, name, {*member->address(family), server.member_port}});
    }
  }

  void add_listener(const Pool& pool, const VirtualServer& server, const std::string& member) {
    const auto* host = host_of(member);
    if (!host) return;
    auto at =
        std::find_if(plan_.listeners.begin(), plan_.listeners.end(), [&](const PlannedListener& listener) {
          return listener.host == member && listener.port == server.member_port;
        });
    if (at == plan_.listeners.end()) at = plan_.listeners.insert(at, {member, server.member_port, {}, {}});
    at->idle = std::max(at->idle, server.expect.idle.value_or(milliseconds(0)));
    const auto add_all = [&](const std::vector<IpAddress>& addresses) {
      for (const auto& address : addresses)
        if (is_wanted(address) &&
            std::find(at->addresses.begin(), at->addresses.end(), address) == at->addresses.end())
          at->addresses.push_back(address);
    };
    add_all(host->addresses);
    if (server.expect.return_path == ReturnPath::direct) add_all(pool.vips);
  }

  /// What captures have to keep: both ends of both legs, whichever source address the balancer takes.
  void add_addresses(const Pool& pool) {
    for (const auto& vip : pool.vips) keep(vip);
    for (const auto& name : pool.members) keep_host(name);
    for (const auto& name : pool.sources) keep_host(name);
    keep_host(pool.load_balancer);
    for (const auto& server : pool.virtual_servers)
      for (const auto& rule : server.expect.snat)
        for (const auto& address : rule.addresses) keep(address);
  }

  void keep_host(const std::string& name) {
    const auto* host = host_of(name);
    if (!host) return;
    for (const auto& address : host->addresses) keep(address);
    for (const auto& self_ip : host->self_ips) keep(self_ip.address);
  }

  void keep(const IpAddress& address) {
    if (is_wanted(address)) addresses_.insert(address);
  }

  std::vector<std::string> members_of(const Pool& pool, Family family) const {
    std::vector<std::string> members;
    for (const auto& name : pool.members)
      if (const auto* host = host_of(name); host && host->address(family)) members.push_back(name);
    return members;
  }

  const Topology& topology_;
  std::map<std::string_view, const Host*> hosts_;
  std::optional<Family> only_family_;
  Plan plan_;
  std::set<IpAddress> addresses_;
  std::set<std::uint16_t> ports_;
};

}  // namespace

Plan make_plan(const Topology& topology, std::optional<Family> only_family) {
  return Planner(topology, only_family).make();
}

}  // namespace hairpin

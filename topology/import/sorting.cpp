// SPDX-License-Identifier: Apache-2.0
#include "topology/import/sorting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "topology/f5/questions.hpp"
#include "topology/f5/secrets.hpp"
#include "topology/predict/route_domains.hpp"
#include "topology/yaml/placeholders.hpp"

namespace hairpin::f5 {
namespace {

constexpr std::size_t kLongestName = 60;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// Why this virtual server is none that hairpin tests; empty: it is.
std::string objection(const Config& config, const Networks& networks, const Virtual& server) {
  const auto& destination = server.destination.value;
  if (!server.is_enabled.value) return "it is disabled";
  if (server.mode.value != VirtualMode::standard) return "it hands nothing to members (forwarding, reject, internal)";
  if (!destination) return "its addresses are in traffic-matching-criteria or not understood";
  if (!is_host(destination->network)) return "its destination is a network";
  if (destination->port == 0) return "it takes every port";
  if (server.ip_protocol.value != "tcp") return fmt::format("its protocol is {}", shown(server.ip_protocol.value));
  const auto* pool = config.pools.find(server.pool.value);
  if (!pool) return server.pool.value.empty() ? "it has no pool of its own" : fmt::format("its pool {} is in none of the files", shown(server.pool.value));
  if (!pool->not_expanded.empty()) return fmt::format("the members of its pool {} are not in this answer of iControl REST", shown(pool->name));
  if (pool->members.empty()) return fmt::format("its pool {} has no members", shown(pool->name));
  for (const auto& member : pool->members) {
    if (!member.address.value) return fmt::format("the address of its member {} is not in the configuration", shown(member.key));
    if (member.address.value->address.family != destination->network.prefix.network.family) return "its members are of another family";
    if (member.port != pool->members.front().port) return "its members have different ports";
    if (member.address.value->address == destination->network.prefix.network) return "the VIP is one of its members";
    if (crossing(config, destination->network.route_domain, member.address.value->route_domain) != Crossing::open)
      return fmt::format("its member {} is in another route domain, and nothing says that connections may go there", shown(member.key));
    if (networks.holder_of(*member.address.value)) return fmt::format("its member {} is an address of the BIG-IP itself", shown(member.key));
  }
  if (std::ranges::all_of(pool->members, [&](const Member& member) { return is_out(config, member); })) return fmt::format("every member of its pool {} is disabled or forced down", shown(pool->name));
  if (server.translates_port.value && pool->members.front().port == 0) return "its members take every port";
  return {};
}

/// The lowest priority group that serves while every member is up; members of those below stand by.
std::uint64_t lowest_group(const Config& config, const Pool& pool) {
  std::vector<std::uint64_t> groups;
  for (const auto& member : pool.members)
    if (!is_out(config, member)) groups.push_back(member.priority_group.value);
  std::sort(groups.rbegin(), groups.rend());
  const auto needed = pool.min_active_members.value;
  return needed == 0 || needed > groups.size() ? 0 : groups[needed - 1];
}

using EndpointInDomain = std::pair<Endpoint, std::uint32_t>;

/// How many virtual servers may take TCP connections to each endpoint: by source, VLAN or protocol one or another does.
std::map<EndpointInDomain, std::size_t> servers_at(const Config& config) {
  std::map<EndpointInDomain, std::size_t> count;
  for (const auto& server : config.virtuals) {
    const auto& to = server.destination.value;
    const bool may_be_tcp = server.ip_protocol.value == "tcp" || server.ip_protocol.value == "any";
    if (to && is_host(to->network) && may_be_tcp && server.is_enabled.value && server.mode.value != VirtualMode::internal)
      ++count[{{to->network.prefix.network, to->port}, to->network.route_domain}];
  }
  return count;
}

class Sorting {
 public:
  Sorting(const Config& config, const Networks& networks) : config_(config), networks_(networks), servers_at_(servers_at(config)) {}

  Sorted sorted() {
    for (const auto& server : config_.virtuals) {
      auto why = objection(config_, networks_, server);
      if (why.empty()) why = add(server, *config_.pools.find(server.pool.value));
      if (!why.empty()) result_.left_out.push_back({&server, std::move(why)});
    }
    return std::move(result_);
  }

 private:
  std::string add(const Virtual& server, const Pool& pool) {
    const auto& to = *server.destination.value;
    const auto& vip = to.network.prefix.network;
    if (servers_at_.at({{vip, to.port}, to.network.route_domain}) > 1) return "another virtual server has its address and port: which of them a client meets depends on the client";
    if (auto why = why_ambiguous(server, pool); !why.empty()) return why;
    domain_of_.emplace(vip, to.network.route_domain);
    ImportedPool wanted{{}, vip, {}, {}, {}, {}};
    const auto lowest = lowest_group(config_, pool);
    for (const auto& member : pool.members) {
      if (is_out(config_, member))
        wanted.resting.push_back({&member, "disabled or forced down"});
      else if (member.priority_group.value < lowest)
        wanted.resting.push_back({&member, fmt::format("of priority group {}, which stands by", member.priority_group.value)});
      else
        add_member(server, pool, member, wanted);
    }
    const auto [place, is_new] = pools_.try_emplace({vip, wanted.members, wanted.callers}, result_.pools.size());
    if (is_new) {
      wanted.name = free_name(pool.short_name(), pool_names_);
      result_.pools.push_back(std::move(wanted));
    }
    result_.pools[place->second].servers.push_back(&server);
    return {};
  }

  /// A topology has no route domains: an address there is one host.
  std::string why_ambiguous(const Virtual& server, const Pool& pool) const {
    const auto is_other = [&](const IpAddress& address, std::uint32_t domain) {
      const auto known = domain_of_.find(address);
      return known != domain_of_.end() && known->second != domain;
    };
    const auto& to = server.destination.value->network;
    if (is_other(to.prefix.network, to.route_domain)) return fmt::format("its address is another host's in another route domain than {}", to.route_domain);
    for (const auto& member : pool.members)
      if (is_other(member.address.value->address, member.address.value->route_domain))
        return fmt::format("the address of its member {} is another host's in another route domain than {}", shown(member.key), member.address.value->route_domain);
    return {};
  }

  void add_member(const Virtual& server, const Pool& pool, const Member& member, ImportedPool& into) {
    const auto host = host_of(pool, member);
    if (std::ranges::find(into.members, host) != into.members.end()) return;
    into.members.insert(std::ranges::lower_bound(into.members, host), host);
    const auto address = single(*member.address.value);
    const auto vlan = networks_.vlan_of(address);
    if (!overlap(server.source.value, address) || (!vlan.empty() && !server.vlans.listens_on(vlan))) return;
    into.callers.insert(std::ranges::lower_bound(into.callers, host), host);
  }

  std::size_t host_of(const Pool& pool, const Member& member) {
    const auto& address = *member.address.value;
    domain_of_.emplace(address.address, address.route_domain);
    const auto [place, is_new] = hosts_.try_emplace(address.address, result_.hosts.size());
    if (is_new) result_.hosts.push_back({free_name(member.node.substr(member.node.rfind('/') + 1), host_names_), address.address, address.route_domain, &pool, member.origin});
    return place->second;
  }

  const Config& config_;
  const Networks& networks_;
  Sorted result_;
  std::map<IpAddress, std::size_t> hosts_;
  std::map<std::tuple<IpAddress, std::vector<std::size_t>, std::vector<std::size_t>>, std::size_t> pools_;
  std::map<EndpointInDomain, std::size_t> servers_at_;
  std::map<IpAddress, std::uint32_t> domain_of_;
  std::set<std::string> host_names_{"bigip", "client1"}, pool_names_;
};

}  // namespace

Sorted sort_out(const Config& config, const Networks& networks) { return Sorting(config, networks).sorted(); }

std::string free_name(std::string_view wanted, std::set<std::string>& taken) {
  std::string name;
  for (const char c : shown(wanted).substr(0, kLongestName)) name += is_letter_or_digit(c) || c == '.' || c == '_' ? c : '-';
  if (name.empty() || !is_letter_or_digit(name.front())) name = "n" + name;
  auto free = name;
  for (std::size_t number = 2; !taken.insert(free).second; ++number) free = fmt::format("{}-{}", name, number);
  return free;
}

std::string in_double_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return quoted + '"';
}

std::string placeholder(std::string_view what) { return in_double_quotes(fmt::format("{}{}>", yaml::kPlaceholder, what)); }

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include "topology/import/sorting.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "topology/f5/secrets.hpp"
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
    if (networks.holder_of(*member.address.value)) return fmt::format("its member {} is an address of the BIG-IP itself", shown(member.key));
  }
  if (server.translates_port.value && pool->members.front().port == 0) return "its members take every port";
  return {};
}

class Sorting {
 public:
  Sorting(const Config& config, const Networks& networks) : config_(config), networks_(networks) {}

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
    const auto& vip = server.destination.value->network.prefix.network;
    if (!endpoints_.insert({vip, server.destination.value->port}).second) return "another virtual server has its address and port";
    std::vector<std::size_t> members;
    for (const auto& member : pool.members) members.push_back(host_of(pool, member));
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
    const auto [place, is_new] = pools_.try_emplace({vip, members}, result_.pools.size());
    if (is_new) result_.pools.push_back({free_name(pool.short_name(), pool_names_), vip, members, {}});
    result_.pools[place->second].servers.push_back(&server);
    return {};
  }

  std::size_t host_of(const Pool& pool, const Member& member) {
    const auto& address = member.address.value->address;
    const auto [place, is_new] = hosts_.try_emplace(address, result_.hosts.size());
    if (is_new) result_.hosts.push_back({free_name(member.node.substr(member.node.rfind('/') + 1), host_names_), address, &pool, member.origin});
    return place->second;
  }

  const Config& config_;
  const Networks& networks_;
  Sorted result_;
  std::map<IpAddress, std::size_t> hosts_;
  std::map<std::pair<IpAddress, std::vector<std::size_t>>, std::size_t> pools_;
  std::set<Endpoint> endpoints_;
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

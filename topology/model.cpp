// SPDX-License-Identifier: Apache-2.0
#include "topology/model.hpp"

#include <algorithm>

namespace hairpin {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

bool has_address(const Host& host, const IpAddress& address) {
  const auto is_it = [&](const SelfIp& self_ip) { return self_ip.address == address; };
  return std::find(host.addresses.begin(), host.addresses.end(), address) != host.addresses.end() ||
         std::any_of(host.self_ips.begin(), host.self_ips.end(), is_it);
}

bool holds(const Network& network, const Host& host) {
  return std::any_of(host.addresses.begin(), host.addresses.end(),
                     [&](const IpAddress& address) { return network.prefix.contains(address); });
}

template <class T>
const T* named(const std::vector<T>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const T& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::string to_string(const AgentAddress& agent) {
  return std::visit(Overloaded{[](const UnixAgent& unix_agent) { return "unix:" + unix_agent.path; },
                               [](const TcpAgent& tcp) { return to_string(tcp.endpoint); },
                               [](const SshAgent& ssh) { return "ssh:" + ssh.destination; }},
                    agent);
}

std::string to_string(const BigipState& state) {
  if (!state.ssh.empty()) return "ssh:" + state.ssh;
  const bool is_ipv6 = state.rest_host.find(':') != std::string::npos;
  return "https://" + (is_ipv6 ? "[" + state.rest_host + "]" : state.rest_host) + ":" + std::to_string(state.rest_port);
}

std::string_view to_string(ReturnPath path) {
  return path == ReturnPath::direct ? "direct" : "through_load_balancer";
}

std::string_view to_string(SnatType type) {
  switch (type) {
    case SnatType::none:
      return "none";
    case SnatType::automap:
      return "automap";
    case SnatType::pool:
      return "pool";
  }
  return "";
}

std::optional<IpAddress> Host::address(Family family) const {
  for (const auto& address : addresses)
    if (address.family == family) return address;
  return {};
}

const VirtualServer* Pool::virtual_server(const std::string& wanted) const {
  return named(virtual_servers, wanted);
}

const Host* Topology::host(const std::string& wanted) const { return named(hosts, wanted); }

const Pool* Topology::pool(const std::string& wanted) const { return named(pools, wanted); }

const Host* Topology::owner_of(const IpAddress& address) const {
  const auto found =
      std::find_if(hosts.begin(), hosts.end(), [&](const Host& host) { return has_address(host, address); });
  return found == hosts.end() ? nullptr : &*found;
}

bool Topology::are_neighbours(const Host& left, const Host& right, Family family) const {
  return std::any_of(networks.begin(), networks.end(), [&](const Network& network) {
    return network.prefix.network.family == family && holds(network, left) && holds(network, right);
  });
}

bool Topology::is_member(const Pool& pool, const std::string& host) const {
  return std::find(pool.members.begin(), pool.members.end(), host) != pool.members.end();
}

const SnatRule* Topology::snat_rule(const Pool& pool, const VirtualServer& server, const std::string& source,
                                    Family family) const {
  const auto* declared = host(source);
  const auto address = declared ? declared->address(family) : std::nullopt;
  const auto is_for_source = [&](const std::string& from) {
    if (from == "any" || from == source) return true;
    if (from == "members") return is_member(pool, source);
    const auto prefix = parse_prefix(from);
    return prefix && address && prefix->contains(*address);
  };
  for (const auto& rule : server.expect.snat)
    if (rule.from.empty() || std::any_of(rule.from.begin(), rule.from.end(), is_for_source)) return &rule;
  return nullptr;
}

}  // namespace hairpin

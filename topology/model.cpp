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

}  // namespace

std::string to_string(const AgentAddress& agent) {
  return std::visit(Overloaded{[](const UnixAgent& unix_agent) { return "unix:" + unix_agent.path; },
                               [](const TcpAgent& tcp) { return to_string(tcp.endpoint); },
                               [](const SshAgent& ssh) { return "ssh:" + ssh.destination; }},
                    agent);
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

const Host* Topology::host(const std::string& wanted) const {
  const auto found =
      std::find_if(hosts.begin(), hosts.end(), [&](const Host& host) { return host.name == wanted; });
  return found == hosts.end() ? nullptr : &*found;
}

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

}  // namespace hairpin

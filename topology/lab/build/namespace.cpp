// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/build/namespace.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/bridge.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <netlink/route/rule.h>
#include <sched.h>

namespace hairpin::lab {
namespace {

using Link = Handle<rtnl_link, rtnl_link_put>;
using Address = Handle<rtnl_addr, rtnl_addr_put>;
using NlAddress = Handle<nl_addr, nl_addr_put>;
using NlRoute = Handle<rtnl_route, rtnl_route_put>;
using NlRule = Handle<rtnl_rule, rtnl_rule_put>;
using Neighbour = Handle<rtnl_neigh, rtnl_neigh_put>;

constexpr std::uint32_t kForever = 0xffffffff;

int family_of(Family family) { return family == Family::ipv4 ? AF_INET : AF_INET6; }

Result<> done(int answer, const std::string& doing) {
  if (answer >= 0) return {};
  return Error{make_error_code(boost::system::errc::io_error),
               fmt::format("{} (netlink: {})", doing, nl_geterror(answer)), ""};
}

NlAddress nl_address(const IpAddress& address, int prefix_length) {
  NlAddress built(nl_addr_build(family_of(address.family), address.bytes.data(), address.size()));
  nl_addr_set_prefixlen(built.get(), prefix_length);
  return built;
}

Result<int> index_of(const std::string& interface, const std::string& place) {
  const auto index = if_nametoindex(interface.c_str());
  if (index == 0) return last_system_error(fmt::format("find interface {} of {}", interface, place));
  return static_cast<int>(index);
}

}  // namespace

Result<NetworkNamespace> NetworkNamespace::current(std::string name) {
  NetworkNamespace made;
  made.name_ = std::move(name);
  made.fd_ = Descriptor(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!made.fd_) return last_system_error("open the network namespace of " + made.name_);
  made.netlink_.reset(nl_socket_alloc());
  auto connected = done(nl_connect(made.netlink_.get(), NETLINK_ROUTE), "open netlink in " + made.name_);
  if (!connected) return connected.error();
  fcntl(nl_socket_get_fd(made.netlink_.get()), F_SETFD, FD_CLOEXEC);
  return made;
}

Result<NetworkNamespace> NetworkNamespace::create(std::string name) {
  if (unshare(CLONE_NEWNET) != 0) return last_system_error("make a network namespace for " + name);
  return current(std::move(name));
}

Result<> NetworkNamespace::enter() const {
  if (setns(fd(), CLONE_NEWNET) != 0) return last_system_error("enter the network namespace of " + name_);
  return {};
}

Result<int> NetworkNamespace::add_bridge(const std::string& bridge) const {
  const Link link(rtnl_link_bridge_alloc());
  rtnl_link_set_name(link.get(), bridge.c_str());
  rtnl_link_set_flags(link.get(), IFF_UP);
  const auto doing = fmt::format("add bridge {} in {}", bridge, name_);
  auto added = done(rtnl_link_add(netlink_.get(), link.get(), NLM_F_CREATE | NLM_F_EXCL), doing);
  if (!added) return added.error();
  rtnl_link* found = nullptr;
  added = done(rtnl_link_get_kernel(netlink_.get(), 0, bridge.c_str(), &found), doing);
  if (!added) return added.error();
  const Link kept(found);
  return rtnl_link_get_ifindex(kept.get());
}

Result<> NetworkNamespace::add_cable(int bridge_index, const Interface& interface,
                                     const NetworkNamespace& other) const {
  const Link port(rtnl_link_veth_alloc());
  const Link peer(rtnl_link_veth_get_peer(port.get()));
  const NlAddress mac(nl_addr_build(AF_LLC, interface.mac.bytes.data(), interface.mac.bytes.size()));
  rtnl_link_set_name(port.get(), interface.port.c_str());
  rtnl_link_set_master(port.get(), bridge_index);
  rtnl_link_set_flags(port.get(), IFF_UP);
  rtnl_link_set_name(peer.get(), interface.name.c_str());
  rtnl_link_set_addr(peer.get(), mac.get());
  rtnl_link_set_ns_fd(peer.get(), other.fd());
  return done(rtnl_link_add(netlink_.get(), port.get(), NLM_F_CREATE | NLM_F_EXCL),
              fmt::format("connect {}'s {} to port {}", other.name(), interface.name, interface.port));
}

Result<> NetworkNamespace::bring_up(const std::string& interface) const {
  const auto index = index_of(interface, name_);
  if (!index) return index.error();
  const Link now(rtnl_link_alloc());
  const Link wanted(rtnl_link_alloc());
  rtnl_link_set_ifindex(now.get(), *index);
  rtnl_link_set_flags(wanted.get(), IFF_UP);
  return done(rtnl_link_change(netlink_.get(), now.get(), wanted.get(), 0),
              fmt::format("bring up {} of {}", interface, name_));
}

Result<> NetworkNamespace::add_address(const std::string& interface, const SiteAddress& address) const {
  const auto index = index_of(interface, name_);
  if (!index) return index.error();
  const Address wanted(rtnl_addr_alloc());
  const auto local = nl_address(address.address, address.prefix_length);
  rtnl_addr_set_ifindex(wanted.get(), *index);
  rtnl_addr_set_local(wanted.get(), local.get());
  if (address.address.family == Family::ipv6) {
    rtnl_addr_set_flags(wanted.get(), IFA_F_NODAD);
    rtnl_addr_set_valid_lifetime(wanted.get(), kForever);
    rtnl_addr_set_preferred_lifetime(wanted.get(), address.is_preferred ? kForever : 0);
  }
  return done(rtnl_addr_add(netlink_.get(), wanted.get(), NLM_F_CREATE),
              fmt::format("add address {} to {} of {}", to_string(address.address), interface, name_));
}

Result<> NetworkNamespace::add_route(const Route& route) const {
  const auto index = index_of(route.interface, name_);
  if (!index) return index.error();
  const NlRoute wanted(rtnl_route_alloc());
  const auto to = nl_address(route.to.network, route.to.length);
  rtnl_route_set_family(wanted.get(), static_cast<std::uint8_t>(family_of(route.to.network.family)));
  rtnl_route_set_dst(wanted.get(), to.get());
  rtnl_route_set_protocol(wanted.get(), RTPROT_STATIC);
  rtnl_route_set_table(wanted.get(), route.table ? route.table : std::uint32_t{RT_TABLE_MAIN});
  rtnl_route_set_type(wanted.get(), route.is_local ? RTN_LOCAL : RTN_UNICAST);
  if (route.is_local)
    rtnl_route_set_scope(wanted.get(), RT_SCOPE_HOST);
  else
    rtnl_route_set_scope(wanted.get(), route.via ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK);
  rtnl_nexthop* hop = rtnl_route_nh_alloc();  // owned by the route from here on
  rtnl_route_nh_set_ifindex(hop, *index);
  if (route.via) {
    const auto via = nl_address(*route.via, static_cast<int>(route.via->size() * 8));
    rtnl_route_nh_set_gateway(hop, via.get());
  }
  rtnl_route_add_nexthop(wanted.get(), hop);
  return done(rtnl_route_add(netlink_.get(), wanted.get(), NLM_F_CREATE | NLM_F_EXCL),
              fmt::format("add route {} dev {} in {}", to_string(route.to), route.interface, name_));
}

Result<> NetworkNamespace::add_rule(Family family, const MarkRule& rule) const {
  const NlRule wanted(rtnl_rule_alloc());
  rtnl_rule_set_family(wanted.get(), family_of(family));
  rtnl_rule_set_mark(wanted.get(), rule.mark);
  rtnl_rule_set_table(wanted.get(), rule.table);
  rtnl_rule_set_action(wanted.get(), FR_ACT_TO_TBL);
  return done(rtnl_rule_add(netlink_.get(), wanted.get(), NLM_F_CREATE | NLM_F_EXCL),
              fmt::format("add the rule for mark {} in {}", rule.mark, name_));
}

Result<> NetworkNamespace::add_proxy(const std::string& interface, const IpAddress& address) const {
  const auto index = index_of(interface, name_);
  if (!index) return index.error();
  const Neighbour wanted(rtnl_neigh_alloc());
  const auto proxied = nl_address(address, static_cast<int>(address.size() * 8));
  rtnl_neigh_set_ifindex(wanted.get(), *index);
  rtnl_neigh_set_family(wanted.get(), family_of(address.family));
  rtnl_neigh_set_dst(wanted.get(), proxied.get());
  rtnl_neigh_set_flags(wanted.get(), NTF_PROXY);
  rtnl_neigh_set_state(wanted.get(), NUD_PERMANENT);
  return done(rtnl_neigh_add(netlink_.get(), wanted.get(), NLM_F_CREATE),
              fmt::format("answer for {} on {} of {}", to_string(address), interface, name_));
}

}  // namespace hairpin::lab

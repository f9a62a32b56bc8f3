// SPDX-License-Identifier: Apache-2.0
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/handlers.h>

#include <system_error>

#include "topology/host/host_view.hpp"
#include "topology/host/netlink.hpp"

namespace hairpin::host {
namespace {

/// libnl folds most of the kernel's errors into "Unspecific failure": the number itself is wanted.
int keep_errno(sockaddr_nl* /*from*/, nlmsgerr* message, void* kept) {
  *static_cast<int*>(kept) = -message->error;
  return NL_STOP;
}

std::optional<IpAddress> gateway_of(rtnl_nexthop* hop) {
  if (const auto gateway = address_from(rtnl_route_nh_get_gateway(hop))) return gateway;
  return address_from(rtnl_route_nh_get_via(hop));  // an IPv4 route by an IPv6 gateway (RFC 5549)
}

}  // namespace

Result<RouteFacts> route_to(const IpAddress& address) {
  RouteFacts facts;
  facts.to = address;
  const auto socket = open_netlink();
  if (!socket) return socket.error();
  int refused = 0;
  nl_socket_modify_err_cb(socket->get(), NL_CB_CUSTOM, keep_errno, &refused);
  const auto destination = netlink_address(address);
  rtnl_route* found = nullptr;
  const int status = rtnl_route_lookup(socket->get(), destination.get(), &found);
  const NetlinkRoute route(found);
  if (refused != 0) {
    facts.error = std::generic_category().message(refused);
    return facts;
  }
  if (status < 0 || !route) return netlink_error(status, "look up the route to " + to_string(address));
  facts.is_local = rtnl_route_get_type(route.get()) == RTN_LOCAL;
  facts.source = address_from(rtnl_route_get_pref_src(route.get()));
  if (auto* hop = rtnl_route_nexthop_n(route.get(), 0)) {
    char name[IF_NAMESIZE] = {};
    ::if_indextoname(static_cast<unsigned>(rtnl_route_nh_get_ifindex(hop)), name);
    facts.interface = name;
    facts.via = gateway_of(hop);
  }
  return facts;
}

}  // namespace hairpin::host

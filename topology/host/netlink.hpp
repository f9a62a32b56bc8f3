// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netlink/addr.h>
#include <netlink/cache.h>
#include <netlink/netlink.h>
#include <netlink/route/route.h>
#include <netlink/socket.h>

#include <optional>
#include <string>

#include "base/address.hpp"
#include "base/handle.hpp"
#include "base/result.hpp"

namespace hairpin::host {

using Netlink = Handle<nl_sock, nl_socket_free>;
using NetlinkCache = Handle<nl_cache, nl_cache_free>;
using NetlinkAddress = Handle<nl_addr, nl_addr_put>;
using NetlinkRoute = Handle<rtnl_route, rtnl_route_put>;

/// A socket that speaks rtnetlink in this thread's network namespace.
Result<Netlink> open_netlink();
/// An error of libnl (negative status), with its words.
Error netlink_error(int status, const std::string& doing);

/// nullopt: not an IP address, or null.
std::optional<IpAddress> address_from(nl_addr* address);
std::optional<MacAddress> mac_from(nl_addr* address);
NetlinkAddress netlink_address(const IpAddress& address);

}  // namespace hairpin::host

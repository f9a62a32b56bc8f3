// SPDX-License-Identifier: Apache-2.0
#include "topology/host/netlink.hpp"

#include <netlink/errno.h>
#include <sys/socket.h>

#include <algorithm>

namespace hairpin::host {

Result<Netlink> open_netlink() {
  Netlink socket(nl_socket_alloc());
  if (!socket) return refusal("allocate a netlink socket");
  if (const int status = nl_connect(socket.get(), NETLINK_ROUTE); status < 0)
    return netlink_error(status, "speak with the kernel by netlink");
  return socket;
}

Error netlink_error(int status, const std::string& doing) {
  return refusal(doing + " (" + nl_geterror(status) + ")");
}

std::optional<IpAddress> address_from(nl_addr* address) {
  if (!address) return {};
  const auto* bytes = static_cast<const std::uint8_t*>(nl_addr_get_binary_addr(address));
  const auto size = nl_addr_get_len(address);
  if (nl_addr_get_family(address) == AF_INET && size == 4) return IpAddress::v4(bytes);
  if (nl_addr_get_family(address) == AF_INET6 && size == 16) return IpAddress::v6(bytes);
  return {};
}

std::optional<MacAddress> mac_from(nl_addr* address) {
  MacAddress mac;
  if (!address || nl_addr_get_len(address) != mac.bytes.size()) return {};
  std::copy_n(static_cast<const std::uint8_t*>(nl_addr_get_binary_addr(address)), mac.bytes.size(),
              mac.bytes.begin());
  return mac;
}

NetlinkAddress netlink_address(const IpAddress& address) {
  const int family = address.family == Family::ipv4 ? AF_INET : AF_INET6;
  return NetlinkAddress(nl_addr_build(family, address.bytes.data(), address.size()));
}

}  // namespace hairpin::host

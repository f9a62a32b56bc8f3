// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/address.hpp"

namespace hairpin::net {

/// The kernel's form of an endpoint.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress to_socket_address(const Endpoint& endpoint);
/// Unspecified for other families. Mapped IPv4 cannot occur: our IPv6 sockets speak IPv6 only.
Endpoint to_endpoint(const SocketAddress& address);

}  // namespace hairpin::net

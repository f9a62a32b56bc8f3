// SPDX-License-Identifier: Apache-2.0
#include "net/sockaddr.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "net/unix_path.hpp"

namespace hairpin::net {

SocketAddress to_socket_address(const Endpoint& endpoint) {
  SocketAddress address;
  if (endpoint.address.family == Family::ipv4) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, endpoint.address.bytes.data(), sizeof v4.sin_addr);
    std::memcpy(&address.storage, &v4, sizeof v4);
    address.length = sizeof v4;
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    std::memcpy(&v6.sin6_addr, endpoint.address.bytes.data(), sizeof v6.sin6_addr);
    std::memcpy(&address.storage, &v6, sizeof v6);
    address.length = sizeof v6;
  }
  return address;
}

Endpoint to_endpoint(const SocketAddress& address) {
  if (address.storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address.storage, sizeof v4);
    return {IpAddress::v4(reinterpret_cast<const std::uint8_t*>(&v4.sin_addr)), ntohs(v4.sin_port)};
  }
  if (address.storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address.storage, sizeof v6);
    return {IpAddress::v6(reinterpret_cast<const std::uint8_t*>(&v6.sin6_addr)), ntohs(v6.sin6_port)};
  }
  return {};
}

Result<sockaddr_un> to_unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  constexpr std::size_t kMost = sizeof address.sun_path - 1;
  if (path.empty()) return refusal("use an empty path as a Unix socket");
  if (path.size() > kMost)
    return refusal(fmt::format("use {} as a Unix socket: the path has {} bytes, {} are possible", path,
                               path.size(), kMost),
                   "choose a shorter path");
  if (path.find('\0') != std::string::npos) return refusal("use a path with a zero byte as a Unix socket");
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

}  // namespace hairpin::net

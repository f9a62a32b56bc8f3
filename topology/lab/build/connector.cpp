// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/build/connector.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstring>
#include <thread>

#include "base/handle.hpp"

namespace hairpin::lab {
namespace {

constexpr int kHandshakeMs = 500;

void connect_once(const Endpoint& endpoint) {
  sockaddr_storage storage{};
  socklen_t length = 0;
  const bool is_v4 = endpoint.address.family == Family::ipv4;
  if (is_v4) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    std::memcpy(&address.sin_addr, endpoint.address.bytes.data(), sizeof address.sin_addr);
    std::memcpy(&storage, &address, length = sizeof address);
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(endpoint.port);
    std::memcpy(&address.sin6_addr, endpoint.address.bytes.data(), sizeof address.sin6_addr);
    std::memcpy(&storage, &address, length = sizeof address);
  }
  const Descriptor socket(::socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return;
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&storage), length) == 0) return;
  pollfd waiting{.fd = socket.get(), .events = POLLOUT, .revents = 0};
  poll(&waiting, 1, kHandshakeMs);
}

}  // namespace

void run_connector(const Connector& connector) {
  auto next = std::chrono::steady_clock::now();
  for (std::size_t turn = 0;; ++turn) {
    next += connector.interval;
    std::this_thread::sleep_until(next);
    next = std::max(next, std::chrono::steady_clock::now() - connector.interval);  // no burst after a stall
    connect_once(connector.endpoints[turn % connector.endpoints.size()]);
  }
}

}  // namespace hairpin::lab

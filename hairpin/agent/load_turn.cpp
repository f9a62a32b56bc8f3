// SPDX-License-Identifier: Apache-2.0
#include "hairpin/agent/load_turn.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace hairpin {

/// An abstract name (unix(7)): it is one in each network namespace, needs no file, and is gone with its process.
Result<LoadTurn> LoadTurn::take(const std::string& host) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto name = ("hairpin/load/" + host).substr(0, sizeof address.sun_path - 1);
  std::copy(name.begin(), name.end(), address.sun_path + 1);
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return last_system_error("make a socket for the turn to load");
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0) return LoadTurn(std::move(socket));
  if (errno != EADDRINUSE) return last_system_error("take the turn to load");
  return refusal("make a load from " + host + ": another run does, by an agent of its own", "wait until it has ended");
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/epoll.h>

#include <array>
#include <memory>
#include <span>

#include "net/socket.hpp"
#include "net/task.hpp"

namespace hairpin::net {

/// Many descriptors that the loop watches as one: an epoll set, which is a descriptor itself. A readiness costs what
/// epoll costs, no coroutine and no allocation, and whoever works on it lets the rest of the loop have its turn.
/// Level-triggered. Closing a descriptor takes it out.
class Poller {
 public:
  static Result<std::unique_ptr<Poller>> make(const Executor& executor);
  ~Poller() { socket_->close(); }

  Result<> add(int descriptor, std::uint32_t events, void* what);  ///< `what`: event.data.ptr of what is ready
  void change(int descriptor, std::uint32_t events, void* what);
  void remove(int descriptor);
  /// What is ready now, without waiting; valid until the next call.
  std::span<const epoll_event> ready_now();
  /// Until something is ready. May be destroyed meanwhile: then an error.
  static Task<boost::system::error_code> until_ready(std::shared_ptr<Socket> socket) {
    return wait(std::move(socket), Readiness::to_read);
  }
  const std::shared_ptr<Socket>& socket() const { return socket_; }

 private:
  explicit Poller(std::shared_ptr<Socket> socket) : socket_(std::move(socket)) {}
  std::shared_ptr<Socket> socket_;
  std::array<epoll_event, 64> ready_{};
};

}  // namespace hairpin::net

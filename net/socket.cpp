// SPDX-License-Identifier: Apache-2.0
#include "net/socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace hairpin::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr int kTurnsWithoutWait = 32;
}  // namespace

struct Socket::Waiter {
  explicit Waiter(const Executor& executor) : descriptor(executor) {}
  asio::posix::stream_descriptor descriptor;
  std::uint64_t cancellations = 0;
  int turns = 0;
};

Socket::Socket() = default;
Socket::~Socket() = default;

Result<std::shared_ptr<Socket>> Socket::adopt(const Executor& executor, Descriptor descriptor) {
  const int flags = ::fcntl(descriptor.get(), F_GETFL);
  if (flags < 0 || ::fcntl(descriptor.get(), F_SETFL, flags | O_NONBLOCK) < 0)
    return last_system_error("make a descriptor non-blocking");
  std::shared_ptr<Socket> socket(new Socket);
  socket->waiter_ = std::make_unique<Waiter>(executor);
  error_code error;
  socket->waiter_->descriptor.assign(descriptor.get(), error);
  if (error) return Error{error, "wait for a descriptor", {}};
  descriptor.release();
  return socket;
}

int Socket::descriptor() const {
  // native_handle is not const, although it changes nothing.
  return waiter_->descriptor.is_open() ? waiter_->descriptor.native_handle() : -1;
}

void Socket::cancel() {
  ++waiter_->cancellations;
  error_code ignored;
  waiter_->descriptor.cancel(ignored);
}

void Socket::close() {
  ++waiter_->cancellations;
  error_code ignored;
  waiter_->descriptor.close(ignored);
}

Task<error_code> wait(std::shared_ptr<Socket> socket, Readiness readiness) {
  auto& waiter = *socket->waiter_;
  const auto cancellations = waiter.cancellations;
  if (!waiter.descriptor.is_open()) co_return asio::error::operation_aborted;
  auto kind = asio::posix::stream_descriptor::wait_read;
  if (readiness == Readiness::to_write) kind = asio::posix::stream_descriptor::wait_write;
  waiter.turns = 0;
  const auto [error] = co_await waiter.descriptor.async_wait(kind, kNoThrow);
  if (cancellations != waiter.cancellations) co_return asio::error::operation_aborted;
  co_return error;
}

Task<error_code> take_turn(std::shared_ptr<Socket> socket) {
  auto& waiter = *socket->waiter_;
  if (++waiter.turns < kTurnsWithoutWait) co_return error_code{};
  const auto cancellations = waiter.cancellations;
  waiter.turns = 0;
  const auto executor = waiter.descriptor.get_executor();
  co_await asio::post(executor, asio::use_awaitable);
  if (cancellations != waiter.cancellations) co_return asio::error::operation_aborted;
  co_return error_code{};
}

Result<Descriptor> open_tcp_socket(const IpAddress& address) {
  const int family = address.family == Family::ipv4 ? AF_INET : AF_INET6;
  Descriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return last_system_error("open a TCP socket");
  return socket;
}

}  // namespace hairpin::net

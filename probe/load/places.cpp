// SPDX-License-Identifier: Apache-2.0
#include "probe/load/places.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "probe/load/pacer.hpp"

namespace hairpin::probe::load {
namespace {

void turn_on(int descriptor, int level, int option) {
  const int on = 1;
  ::setsockopt(descriptor, level, option, &on, sizeof on);
}

}  // namespace

Places::Places(const LoadShape& shape, const Endpoint& to, std::uint32_t thread, std::uint32_t threads)
    : to_(net::to_socket_address(to)), sources_(shape.sources), step_(threads) {
  next_source_ = sources_.empty() ? 0 : thread % sources_.size();
  if (shape.first_port == 0) return;
  first_ = shape.first_port + thread;
  const auto all = static_cast<std::uint32_t>(shape.last_port) - shape.first_port + 1;
  ports_ = share_of(all, thread, threads);
}

Places::Opened Places::open() {
  const int descriptor = ::socket(to_.get()->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return {-1, errno};
  int error = sources_.empty() && ports_ == 0 ? 0 : bind_next(descriptor);
  if (error == 0 && ::connect(descriptor, to_.get(), to_.length) < 0 && errno != EINPROGRESS) error = errno;
  if (error == 0) return {descriptor, 0};
  ::close(descriptor);
  return {-1, error};
}

int Places::bind_next(int descriptor) {
  IpAddress source;
  source.family = to_.get()->sa_family == AF_INET6 ? Family::ipv6 : Family::ipv4;
  if (!sources_.empty()) {
    source = sources_[next_source_];
    next_source_ = (next_source_ + 1) % sources_.size();
  }
  if (ports_ == 0) {
    turn_on(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);  // ports stay free until connect knows the other end
    return bind_to(descriptor, source, 0);
  }
  // A port that is still in TIME_WAIT may be bound with it; whether it may be used again, connect says.
  turn_on(descriptor, SOL_SOCKET, SO_REUSEADDR);
  int error = EADDRNOTAVAIL;
  for (std::uint32_t tried = 0; tried < ports_; ++tried) {
    const auto port = static_cast<std::uint16_t>(first_ + next_port_ * step_);
    next_port_ = (next_port_ + 1) % ports_;
    error = bind_to(descriptor, source, port);
    if (error != EADDRINUSE) return error;
  }
  return EADDRNOTAVAIL;  // all of the range are in use: the same to us as a kernel without a free one
}

int Places::bind_to(int descriptor, const IpAddress& address, std::uint16_t port) const {
  const auto from = net::to_socket_address(Endpoint{address, port});
  return ::bind(descriptor, from.get(), from.length) == 0 ? 0 : errno;
}

}  // namespace hairpin::probe::load

// SPDX-License-Identifier: Apache-2.0
#include "probe/load/places.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "probe/load/pacer.hpp"

namespace hairpin::probe::load {
namespace {

/// So many ports at most are tried for one connection: they are used in turn, so the next in turn have rested longest, and trying tens
/// of thousands would keep everything else of the thread waiting.
constexpr std::uint32_t kMostDials = 256;

void turn_on(int descriptor, int level, int option) {
  const int on = 1;
  ::setsockopt(descriptor, level, option, &on, sizeof on);
}

}  // namespace

Places::Places(const LoadShape& shape, const Endpoint& to, std::uint32_t thread, std::uint32_t threads)
    : to_(net::to_socket_address(to)), step_(threads) {
  for (const auto& address : shape.sources) sources_.push_back({address});
  if (shape.first_port > 0) {
    if (sources_.empty()) sources_.push_back({{to.address.family, {}}});  // the kernel's choice, from a port of ours
    first_ = shape.first_port + thread;
    ports_ = share_of(shape.last_port - shape.first_port + 1U, thread, threads);
    taken_.resize(sources_.size() * ports_);
  }
  next_source_ = sources_.empty() ? 0 : thread % sources_.size();
}

Places::Opened Places::open() {
  if (sources_.empty()) return dial({});
  Opened opened{-1, EADDRNOTAVAIL};
  dials_left_ = kMostDials;
  for (std::size_t tried = 0; tried < sources_.size() && dials_left_ > 0 && opened.error == EADDRNOTAVAIL; ++tried) {
    opened = open_from(next_source_);
    next_source_ = (next_source_ + 1) % sources_.size();
  }
  return opened;
}

/// A port that another program has, or that rests in TIME_WAIT towards this very end, is passed over.
Places::Opened Places::open_from(std::size_t number) {
  auto& source = sources_[number];
  if (ports_ == 0) return dial(Endpoint{source.address, 0});
  for (std::uint32_t tried = 0; tried < ports_ && dials_left_ > 0; ++tried) {
    const auto port = source.next_port;
    source.next_port = (port + 1) % ports_;
    const auto place = static_cast<std::uint32_t>(number) * ports_ + port;
    if (taken_[place]) continue;
    --dials_left_;
    auto opened = dial(Endpoint{source.address, static_cast<std::uint16_t>(first_ + port * step_)});
    if (opened.error == EADDRNOTAVAIL) continue;
    if (opened.error != 0) return opened;
    taken_[place] = true;
    opened.place = place;
    return opened;
  }
  return {-1, EADDRNOTAVAIL};
}

void Places::leave(std::uint32_t place) {
  if (place != kNowhere) taken_[place] = false;
}

Places::Opened Places::dial(const std::optional<Endpoint>& from) const {
  const int descriptor = ::socket(to_.get()->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return {-1, errno};
  int error = from ? bind_to(descriptor, *from) : 0;
  if (error == 0 && ::connect(descriptor, to_.get(), to_.length) < 0 && errno != EINPROGRESS) error = errno;
  if (error == 0) return {descriptor, 0};
  ::close(descriptor);
  return {-1, error == EADDRINUSE ? EADDRNOTAVAIL : error};
}

int Places::bind_to(int descriptor, const Endpoint& from) {
  if (from.port == 0)
    turn_on(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);  // ports stay free until connect knows the other end
  else
    turn_on(descriptor, SOL_SOCKET, SO_REUSEADDR);  // one in TIME_WAIT may be bound; whether it may be used again, connect says
  const auto address = net::to_socket_address(from);
  return ::bind(descriptor, address.get(), address.length) == 0 ? 0 : errno;
}

bool has_ports_for_all(const LoadShape& shape) {
  if (shape.first_port == 0) return true;
  const auto threads = std::max(shape.threads, 1U);
  const auto range = shape.last_port - shape.first_port + 1U;
  const auto addresses = std::max<std::size_t>(shape.sources.size(), 1);
  // share_of gives what is left over to the first threads: some have one connection more, and not one port more.
  const bool is_one_more = shape.connections % threads > range % threads;
  return addresses * (range / threads) >= shape.connections / threads + (is_one_more ? 1 : 0);
}

}  // namespace hairpin::probe::load

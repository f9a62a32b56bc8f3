// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/address.hpp"
#include "base/clock.hpp"
#include "evidence/load.hpp"
#include "net/sockaddr.hpp"

namespace hairpin::probe::load {

/// Where connections come from and go to: source addresses and ports in turn, and the calls that open one.
class Places {
 public:
  Places(const LoadShape& shape, const Endpoint& to, std::uint32_t thread, std::uint32_t threads);
  struct Opened {
    int descriptor = -1;
    int error = 0;  ///< errno; 0: under way
  };
  Opened open();

 private:
  int bind_next(int descriptor);
  int bind_to(int descriptor, const IpAddress& address, std::uint16_t port) const;

  net::SocketAddress to_;
  std::vector<IpAddress> sources_;
  std::uint32_t first_ = 0, ports_ = 0, step_ = 1;  ///< ports of this thread: first, how many, how far apart
  std::size_t next_source_ = 0;
  std::uint32_t next_port_ = 0;
};

/// Moments at which transactions were due that nobody could take yet. Fixed room.
class DueQueue {
 public:
  explicit DueQueue(std::size_t room) : ring_(room) {}
  bool is_empty() const { return size_ == 0; }
  bool is_full() const { return size_ == ring_.size(); }
  SteadyTime front() const { return ring_[first_]; }
  void push(SteadyTime due) { ring_[(first_ + size_++) % ring_.size()] = due; }
  void pop() {
    first_ = (first_ + 1) % ring_.size();
    --size_;
  }

 private:
  std::vector<SteadyTime> ring_;
  std::size_t first_ = 0, size_ = 0;
};

}  // namespace hairpin::probe::load

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/address.hpp"
#include "base/clock.hpp"
#include "evidence/load.hpp"
#include "net/sockaddr.hpp"

namespace hairpin::probe::load {

/// Where connections come from and go to: source addresses in turn, of each its ports in turn, and the calls that open one.
class Places {
 public:
  static constexpr std::uint32_t kNowhere = UINT32_MAX;
  Places(const LoadShape& shape, const Endpoint& to, std::uint32_t thread, std::uint32_t threads);
  struct Opened {
    int descriptor = -1;
    int error = 0;  ///< errno; 0: under way. EADDRNOTAVAIL: none of the next 256 ports in turn is free
    std::uint32_t place = kNowhere;  ///< the address and port that it has; kNowhere: the kernel chose
  };
  Opened open();
  void leave(std::uint32_t place);  ///< its connection is over

 private:
  struct Source {
    IpAddress address;
    std::uint32_t next_port = 0;
  };
  Opened open_from(std::size_t source);
  Opened dial(const std::optional<Endpoint>& from) const;
  static int bind_to(int descriptor, const Endpoint& from);

  net::SocketAddress to_;
  std::vector<Source> sources_;  ///< empty: as the kernel chooses
  std::uint32_t first_ = 0, ports_ = 0, step_ = 1;  ///< ports of this thread: first, how many, how far apart
  std::vector<bool> taken_;      ///< by connections of ours: number of the source times ports_, and the port's
  std::size_t next_source_ = 0;
  std::uint32_t dials_left_ = 0;  ///< for the connection that is being opened
};

/// Whether each thread has a port for every connection that it may have open; true where the kernel chooses.
bool has_ports_for_all(const LoadShape& shape);

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

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "net/load/tls.hpp"
#include "probe/load/response.hpp"

namespace hairpin::probe::load {

/// One place for a connection after the other; made before the load starts, used again until it ends.
struct Connection {
  enum class State : std::uint8_t { free, connecting, shaking, idle, asking, thinking, ending };

  int descriptor = -1;
  std::uint32_t place = 0;      ///< where it comes from, as Places knows it
  State state = State::free;
  bool is_measured = false;     ///< its transaction was due in the sustain phase
  bool is_first = false;        ///< … and is the connection's first
  bool is_alive_measured = false;  ///< established, and lived in the sustain phase
  bool is_ready = false;        ///< its handshakes are over
  bool has_first_byte = false;
  bool says_last = false;       ///< the request said that it is the last
  std::uint32_t served = 0;     ///< transactions of this connection
  std::uint64_t asked_bytes = 0;  ///< of the object of its request
  std::uint64_t low_water = 1;    ///< the kernel tells of no fewer bytes
  SteadyTime due{};             ///< of the transaction under way
  SteadyTime begun{};
  SteadyTime opened{};          ///< SYN
  SteadyTime connected{};
  SteadyTime wakes{};           ///< when its time in the list that it is in is over
  Connection* before = nullptr; ///< in that list
  Connection* after = nullptr;
  std::array<char, 16> nonce{};  ///< of its request, where one is asked
  Response response;
  std::unique_ptr<net::LoadTlsEnd> tls;
  std::string waiting;          ///< what the kernel had no room for
};

/// Connections in the order in which their time is over. Each is in one list at most.
class Waiting {
 public:
  bool is_empty() const { return first_ == nullptr; }
  Connection& front() const { return *first_; }
  void push(Connection& connection, SteadyTime wakes) {
    connection.wakes = wakes;
    connection.before = last_;
    connection.after = nullptr;
    (last_ ? last_->after : first_) = &connection;
    last_ = &connection;
  }
  void remove(Connection& connection) {
    (connection.before ? connection.before->after : first_) = connection.after;
    (connection.after ? connection.after->before : last_) = connection.before;
  }

 private:
  Connection* first_ = nullptr;
  Connection* last_ = nullptr;
};

}  // namespace hairpin::probe::load

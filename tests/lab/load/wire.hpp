// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/handle.hpp"

namespace hairpin::load_lab {

/// A wire between two interfaces of this network namespace that carries every frame after the same time. It knows by its own
/// clock when each connection's first segments came by.
class Wire {
 public:
  Wire(const std::string& client_side, const std::string& server_side, nanoseconds delay);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// Medians over connections: from the first SYN, as the client sent it, until … as the client got it. A frame is sent to the
  /// wire when it enters it and comes out of it when it leaves.
  struct Medians {
    std::size_t connections = 0;
    nanoseconds to_syn_ack{}, to_answer{};
  };
  Medians medians() const;  ///< after `end`
  void end();

 private:
  struct Side {
    Descriptor socket;
    bool is_client = false;
  };
  struct Held {
    SteadyTime leaves{};
    std::vector<std::uint8_t> bytes;
  };
  struct Seen {
    std::optional<SteadyTime> syn, syn_ack, answer;
  };
  void carry();
  void take(Side& from, std::deque<Held>& into);
  void release(std::deque<Held>& held, Side& to);
  void note(const std::vector<std::uint8_t>& bytes, bool is_from_client, SteadyTime now);

  Side client_, server_;
  nanoseconds delay_;
  std::map<std::uint16_t, Seen> seen_;  ///< by the client's port
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

}  // namespace hairpin::load_lab

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "base/result.hpp"
#include "probe/load/order.hpp"

/// Load: threads, each with its own connections, its own loop (epoll), its own TLS and its own counters; nothing is shared
/// while it runs (docs/decisions/0013-load-has-threads.md).
namespace hairpin::probe::load {

class Engine {
 public:
  /// Everything that can fail before the first packet: keys, limits of the process, contradictions of the shape.
  static Result<std::unique_ptr<Engine>> prepare(Order order);
  virtual ~Engine() = default;  ///< stops, and waits for the threads

  /// The agreed start; may be in the future. Once.
  virtual void start(SteadyTime at) = 0;
  /// No new connection from now on, the open ones are closed: over within 250 ms.
  virtual void stop(std::string why) = 0;
  /// It stops by itself at that time unless it is allowed to go on until a later one: its threads look, so that it also ends
  /// when whoever started it hangs. Without a call it goes on to its end.
  virtual void allow_until(SteadyTime time) = 0;
  virtual bool is_over() const = 0;
  /// Seconds that are complete and were not taken yet.
  virtual std::vector<LoadSecond> take_seconds() = 0;
  /// Waits for the end. Once.
  virtual LoadObservation finish() = 0;
};

}  // namespace hairpin::probe::load

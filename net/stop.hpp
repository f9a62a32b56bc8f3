// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "net/task.hpp"

namespace hairpin::net {

/// Lets one part of the program end what another part waits for. Copies mean the same stop. One loop only.
class Stop {
 public:
  Stop();
  /// Ends what heeds it now, and whatever will; again is the same as once.
  void signal();
  bool is_signalled() const;

  /// `work`, or timed_out after `limit`, or operation_aborted as soon as this is signalled. Work that ends
  /// early is told so by operation_aborted from what it waits for, and has returned when this returns: what
  /// it wrote through its references until then is kept. It must not throw.
  Task<Result<>> heed(std::chrono::steady_clock::duration limit, std::string doing,
                      Task<Result<>> work) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace hairpin::net

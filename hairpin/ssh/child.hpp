// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/handle.hpp"
#include "base/result.hpp"

namespace hairpin {

/// A program that we started. It is ended and reaped at the latest when this goes, which takes at most a
/// second from `begin_to_end`.
class Child {
 public:
  /// Our ends of its standard streams.
  struct Ends {
    Descriptor stream;  ///< a socket: what it reads and writes
    Descriptor errors;  ///< a socket: what it says on standard error
  };

  /// `arguments[0]` is looked for in PATH and no shell sees any of them. It runs in a process group of its
  /// own: what a terminal sends to ours does not reach it, and what it starts ends with it.
  static Result<std::unique_ptr<Child>> start(const std::vector<std::string>& arguments, Ends& ends);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// From now on it may end by itself for half a second (its input has ended), then SIGTERM asks for it, and
  /// after a second SIGKILL does it. Again is the same as once.
  void begin_to_end();
  /// Its exit status, 128+N after signal N, once it has ended; sends the signal that is due. To be asked
  /// every few milliseconds.
  std::optional<int> status();
  bool was_signalled() const { return is_asked_ || is_killed_; }  ///< by us: its status is then no news

 private:
  explicit Child(pid_t id) : id_(id) {}
  void send_what_is_due();

  pid_t id_;
  std::optional<int> status_;
  std::optional<SteadyTime> ending_since_;
  bool is_asked_ = false, is_killed_ = false;
};

}  // namespace hairpin

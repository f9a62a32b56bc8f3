// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "hairpin/ssh/command.hpp"
#include "net/stream.hpp"

namespace hairpin {

/// An ssh of the user's that runs an agent on another host: its input and output are the control channel. The
/// agent ends with its input, and so does ssh; it is reaped when this goes, in at most a second.
class SshLink {
 public:
  /// Starts `ssh`, or what the environment variable HAIRPIN_SSH names. The error says that there is none.
  static Result<std::unique_ptr<SshLink>> start(const net::Executor& executor, SshOrder order);
  ~SshLink();
  SshLink(const SshLink&) = delete;
  SshLink& operator=(const SshLink&) = delete;

  net::StreamPtr take_stream();  ///< once
  const SshOrder& order() const;
  /// Waits until it has ended, and sees to it that it does within a second.
  net::Task<SshEnd> end();
  /// It was asked to end: lets go of everything that needs the event loop.
  void release();

 private:
  struct State;
  explicit SshLink(std::shared_ptr<State> state);
  static net::Task<> listen_to_errors(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

}  // namespace hairpin

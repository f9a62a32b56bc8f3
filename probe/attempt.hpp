// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "evidence/ending.hpp"
#include "net/http1.hpp"
#include "net/stop.hpp"
#include "net/stream.hpp"
#include "probe/probe.hpp"

namespace hairpin::probe {

/// One connection attempt under way: the phases in order, and the observation as it grows. A phase that fails
/// ends the attempt; what was learnt before stays in the observation.
class Attempt {
 public:
  Attempt(Order order, net::TlsContext tls, std::string host, net::Stop stop);
  /// Lives as long as this; afterwards `observation()` is complete.
  net::Task<> run(const std::function<void(const Tuple&)>& on_dialled);
  const ProbeObservation& observation() const { return seen_; }

 private:
  net::Task<bool> connect(const std::function<void(const Tuple&)>& on_dialled);
  net::Task<bool> greet();
  net::Task<bool> shake_hands();
  net::Task<bool> rest();
  net::Task<bool> stall();     ///< until the server gives up, or `patience` has passed
  net::Task<bool> ask();
  net::Task<bool> end_ours();  ///< before the answer was read
  net::Task<bool> hear_answer();
  net::Task<> hear_end();  ///< "Connection: close" was said: the server's own end, before ours
  net::Task<> close();

  void begin(Phase phase);
  /// The rest of the phase that was begun last: limited, interruptible, timed.
  net::Task<Result<>> finish(std::string doing, net::Task<Result<>> work);
  bool fail(Phase phase, const Error& error, bool is_before_first_packet = false);
  void learn(const net::TlsSession& session);

  Order order_;
  net::TlsContext tls_;
  net::Stop stop_;
  SteadyTime began_;
  ProbeObservation seen_;
  net::StreamPtr stream_;
  const net::TlsStream* tls_stream_ = nullptr;  ///< `stream_`, when it speaks TLS
  std::string request_;
  std::optional<net::http1::Response> response_;
};

}  // namespace hairpin::probe

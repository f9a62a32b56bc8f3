// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "evidence/observation.hpp"
#include "net/http1.hpp"
#include "net/stop.hpp"
#include "net/tls.hpp"
#include "responder/heard.hpp"
#include "responder/responder.hpp"

namespace hairpin::responder {

/// One accepted connection: told by its first byte, heard, answered, closed in order. Its observation can be
/// read at any time: until it ends it says End::decided, in the phase that it is in.
class Connection {
 public:
  Connection(const Settings& settings, net::TlsContext tls, net::StreamPtr stream);
  Connection(const Settings& settings, Heard heard);
  /// Until it ended, or the limit passed, or it was stopped; afterwards its socket is closed. Or until it `goes_on`: the answer is out, and
  /// the next call serves the request that follows.
  net::Task<> serve();
  bool goes_on() const { return goes_on_; }
  /// Waits for another request, or ended without one: there is nothing to report.
  bool is_resting() const { return is_resting_; }
  void stop() { stop_.signal(); }
  const ResponderObservation& observation() const { return seen_; }
  /// Closes it unserved: End::local, with the reason.
  void refuse(const std::string& reason);

 private:
  Connection(const Settings& settings, net::StreamPtr stream);
  net::Task<bool> hear_first_byte();
  net::Task<bool> shake_hands();
  net::Task<bool> hear_request();
  net::Task<bool> answer(net::http1::Response response);
  net::Task<> refuse_request();
  void begin_next();
  net::Task<> close();

  net::Task<Result<>> limited(Phase phase, std::string doing, net::Task<Result<>> work);
  bool fail(const Error& error);
  void learn(const net::TlsSession& session);

  const std::string identity_header_;
  const bool keeps_;
  net::TlsContext tls_;
  net::Stop stop_;
  const milliseconds header_limit_;
  SteadyTime deadline_;
  ResponderObservation seen_;
  net::StreamPtr stream_;
  const net::TlsStream* tls_stream_ = nullptr;  ///< `stream_`, when it speaks TLS
  bool goes_on_ = false;
  bool is_resting_ = false;
  bool is_heard_ = false;  ///< TLS, or that there is none, was settled before it came here
  std::string bytes_;      ///< of the request, read before it came here
  std::optional<net::http1::Request> request_;
};

}  // namespace hairpin::responder

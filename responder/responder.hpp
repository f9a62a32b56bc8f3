// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "evidence/observation.hpp"
#include "net/stream.hpp"
#include "net/tls.hpp"

namespace hairpin::responder {

struct Settings {
  std::string name;                  ///< what it calls itself in answers: the host's name in the topology
  std::uint16_t port = 444;
  std::size_t most_connections = 1024;
  milliseconds header_limit{10'000}; ///< for TLS and request together
};

/// Accepts TLS (and plaintext, told by the first byte), answers every request with what it saw, and reports every
/// connection that it accepted when it ends, whether or not the answer arrived.
class Responder {
 public:
  using OnObservation = std::function<void(ResponderObservation)>;
  /// Listens at once on both wildcard addresses; port in use and want of privilege are errors that say the mend.
  static Result<std::unique_ptr<Responder>> start(const net::Executor& executor, Settings settings,
                                                  net::TlsContext tls, OnObservation on_observation);
  virtual ~Responder() = default;    ///< stops listening and ends its connections
  /// Reports what is still open as it stands (ended: End::decided), so that no trip stays unknown.
  virtual void flush() = 0;
};

}  // namespace hairpin::responder

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "evidence/observation.hpp"
#include "net/task.hpp"
#include "net/tls.hpp"

namespace hairpin::probe {

/// One connection attempt to make.
struct Order {
  TripId trip;
  Target target;
  Depth depth = Depth::http;
  std::uint32_t attempt = 1;
  std::optional<Endpoint> from;      ///< source address choice; port 0: the kernel chooses
  std::string server_name;           ///< SNI and Host; empty: none
  std::string path = "/";
  milliseconds limit{1500};          ///< for each phase
};
BOOST_DESCRIBE_STRUCT(Order, (), (trip, target, depth, attempt, from, server_name, path, limit))

/// Lets somebody else end the attempt: the host's capture already decided it. May be signalled before or during.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  void signal();                     ///< ends the pending phase; the observation says End::decided
  bool is_signalled() const;

 private:
  friend net::Task<ProbeObservation> run(Order, net::TlsContext, std::string, Interruption&,
                                         std::function<void(const Tuple&)>);
  struct State;
  std::shared_ptr<State> state_;
};

/// One connection = one trip: connect, TLS, request, answer, close; every phase timed, every error classified.
/// `on_dialled` is told the tuple as soon as the kernel has chosen it, before the first wait. Never throws, never
/// takes longer than the phases' limits together.
net::Task<ProbeObservation> run(Order order, net::TlsContext tls, std::string host, Interruption& interruption,
                                std::function<void(const Tuple&)> on_dialled);

}  // namespace hairpin::probe

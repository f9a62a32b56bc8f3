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
  std::optional<TlsQuestion> question;
  std::optional<Endpoint> from;  ///< source address choice; port 0: the kernel chooses
  std::string server_name;       ///< SNI and Host; empty: none
  std::string method = "POST";   ///< "GET": a request without a body, for a service that is not to be changed
  std::string path = "/";
  milliseconds limit{1500};  ///< for each phase
  milliseconds idle{};       ///< to say nothing between handshake and request
  milliseconds hold{};       ///< to keep the answered connection open, beside what follows
  std::optional<milliseconds> patience{};  ///< of a question that stalls: to wait for the server's end for so long
  std::string identity_header;  ///< field in which the probe claims to be kForgedIdentity; empty: none
  std::string run;           ///< run id, named in User-Agent for who reads the service's log; empty: not said
};
BOOST_DESCRIBE_STRUCT(Order, (), (trip, target, depth, attempt, question, from, server_name, method, path, limit, idle, hold, patience,
                            identity_header, run))

/// Lets somebody else end the attempt: the host's capture already decided it. May be signalled before or
/// during.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  void signal();  ///< ends the pending phase; the observation says End::decided
  bool is_signalled() const;

 private:
  friend net::Task<ProbeObservation> run(Order, net::TlsContext, std::string, Interruption&,
                                         std::function<void(const Tuple&)>);
  struct State;
  std::shared_ptr<State> state_;
};

/// One connection = one trip: connect, TLS, request, answer, close; every phase timed, every error classified
/// (evidence/ending.hpp). `tls` without a context means plaintext: the TLS phase is left out, and the depths
/// `hello` and `tls` then end where `tcp` does.
///
/// What each depth proves: `tcp` that somebody completed the TCP handshake. `hello` that a TLS server
/// answered a ClientHello; nothing after it is sent but FIN, so that the service logs an aborted handshake
/// and no session. `tls` the whole handshake, also that the server took our certificate: TLS 1.3 refuses it
/// after the handshake, therefore the probe says close_notify and reads to the end, and a refusal that
/// arrives by then is End::alert in the close phase. (A server that neither ends nor refuses within that time
/// proves nothing more.) `http` that the request was answered, by whom, and the whole way back.
///
/// The close phase waits for the peer's end, at most half a second, because closing with bytes unread makes
/// the kernel send a RST that the network did not cause. What goes wrong there does not change an answered
/// trip, it is only told in `error`.
///
/// `on_dialled` is told the tuple as soon as the kernel has chosen it, before the first wait. Never throws,
/// never takes longer than the phases' limits together. An interruption keeps what was learnt until then.
net::Task<ProbeObservation> run(Order order, net::TlsContext tls, std::string host,
                                Interruption& interruption, std::function<void(const Tuple&)> on_dialled);

}  // namespace hairpin::probe

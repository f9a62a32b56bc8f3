// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "evidence/load_counts.hpp"
#include "evidence/observation.hpp"
#include "net/load_proof.hpp"
#include "net/stream.hpp"
#include "net/tls.hpp"

namespace hairpin::responder {

/// For a listener that also serves load: objects of a given size over connections that stay open
/// (net/load_request.hpp). Its TLS context should be one that `serves_load`.
struct LoadSettings {
  std::size_t most_connections = 65'536;  ///< at once; what comes beyond is closed unheard, and counted
  std::optional<net::LoadKey> key = {};   ///< what answers are signed with; absent: they repeat the nonce as it is
  milliseconds rest_limit{120'000};       ///< between two requests, and for a peer that takes nothing of an answer
  milliseconds part_limit{2'000};         ///< after our end, for the peer's
};

struct Settings {
  std::string name;          ///< what it calls itself in answers: the host's name in the topology
  std::uint16_t port = 444;  ///< 0: the kernel chooses, see Responder::port
  std::size_t most_connections =
      1024;  ///< at once; what comes beyond is closed unheard and reported as End::local
  milliseconds header_limit{10'000};  ///< for TLS and request together
  std::optional<LoadSettings> load = {};  ///< absent: a request for load is answered as a monitor's
  bool keeps_connections = false;     ///< for the next request of a trip; not where it serves load
  std::string identity_header{};      ///< field of requests whose values are reported; empty: none
};

/// Accepts TLS (and plaintext, told by the first byte), answers every request with what it saw, and reports
/// every connection that it accepted once, when it ends, whether or not the answer arrived. A request without
/// a trip id (a health monitor's) is answered 200 as well. `tls` without a context: TLS is answered by
/// closing.
///
/// A connection that is kept for more requests is reported once for each of them.
///
/// In its observations `ended_in` is `connect` until the first byte came, and `end` is `answered` as soon as
/// the answer went out whole: how the connection was closed after that is only told in `error`.
class Responder {
 public:
  using OnObservation = std::function<void(ResponderObservation)>;
  /// Listens at once on both wildcard addresses; port in use and want of privilege are errors that say the
  /// mend.
  static Result<std::unique_ptr<Responder>> start(const net::Executor& executor, Settings settings,
                                                  net::TlsContext tls, OnObservation on_observation);
  /// Stops listening and ends its connections; what was not reported until then is not reported. The sockets
  /// are closed when the loop runs next.
  virtual ~Responder() = default;
  /// Reports what is still open as it stands (ended: End::decided), so that no trip stays unknown.
  virtual void flush() = 0;
  /// Connections that are accepted from now on get this; not where it serves load.
  virtual void use(net::TlsContext tls) = 0;
  /// Whether connections that are accepted from now on are kept for more requests; false ends those that wait for one.
  virtual void keep_connections(bool keeps) = 0;
  virtual std::uint16_t port() const = 0;
  virtual std::optional<LoadCounts> load() const = 0;  ///< absent: it serves none
};

}  // namespace hairpin::responder

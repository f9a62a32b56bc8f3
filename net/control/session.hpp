// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/address.hpp"
#include "base/clock.hpp"
#include "net/pki.hpp"
#include "net/stream.hpp"
#include "net/tls.hpp"

/// How coordinators and agents reach each other, before the first frame: Unix sockets, whose file mode is
/// their guard, and TCP with mutual TLS 1.3 below an authority of our own. Who speaks on the stream is
/// settled here.
namespace hairpin::control {

/// TLS for an agent: takes clients with a certificate of the same authority only.
Result<net::TlsContext> agent_tls(const net::PkiFiles& files);
/// TLS for a coordinator: talks to agents with a certificate of the same authority only, and, unless it is
/// empty, with the name or address `agent_name` in it.
Result<net::TlsContext> coordinator_tls(const net::PkiFiles& files, const std::string& agent_name = {});

net::Task<Result<net::StreamPtr>> dial_unix(std::string path);
/// With TLS 1.3 an agent that refuses our certificate says so on the first read only. No deadline of its own:
/// `within`.
net::Task<Result<net::StreamPtr>> dial_tcp(Endpoint to, net::TlsContext tls);

/// A stream whose other end proved who it is; `peer` is its certificate's common name, or "unix". Must not
/// throw.
using OnStream = std::function<void(net::StreamPtr stream, std::string peer)>;

/// Bounds for those who have not yet proved who they are.
struct ServeLimits {
  milliseconds handshake{5'000};
  /// At once. One more ends the oldest of the address that has the most: neither slow peers nor a flood of
  /// them keeps others out.
  std::size_t most_handshakes = 64;
};

/// Accepts until it is destroyed. Streams that it handed out live on.
class Server {
 public:
  virtual ~Server() = default;
  virtual Endpoint local() const = 0;  ///< unspecified for Unix sockets
};
using ServerPtr = std::unique_ptr<Server>;

/// Listens at once. Whoever cannot show a certificate of the agent's authority within the limits is dropped
/// without a word but TLS's; `tls` is that of `agent_tls`.
Result<ServerPtr> serve_tcp(const net::Executor& executor, const Endpoint& at, net::TlsContext tls,
                            OnStream on_stream, ServeLimits limits = {});
Result<ServerPtr> serve_unix(const net::Executor& executor, const std::string& path, OnStream on_stream);

}  // namespace hairpin::control

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/http1.hpp"
#include "net/tls.hpp"

namespace hairpin::net {

/// A server that is asked over TLS, and by what it is known: its certificate is verified before anything is sent to it.
struct HttpsServer {
  std::string host;           ///< DNS name or address
  std::uint16_t port = 443;
  std::string authority_pem;  ///< to which its certificate chains, for the name `host`; empty: the pin alone decides
  std::string pin;            ///< SHA-256 of its certificate, hexadecimal; empty: none
};

/// One GET over a connection of its own. The error of a server that is not known says so, and nothing was sent then; a
/// body beyond `most_bytes` is an error. Redirections are answers as any other. The caller sets the limit of time.
Task<Result<http1::Response>> get_https(HttpsServer server, std::string target, http1::Fields fields, std::uint64_t most_bytes);

}  // namespace hairpin::net

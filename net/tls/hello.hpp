// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/stream.hpp"
#include "net/tls.hpp"

namespace hairpin::net {

/// Sends a ClientHello and takes the server's first flight, whole, and sends nothing after it: no key
/// exchange, no Finished, no alert, whatever the flight says. It shows that a TLS server answers, and with
/// what certificate, which is recorded and not verified; not that a handshake would succeed. A
/// HelloRetryRequest (RFC 8446 §4.1.4) is a first flight too. `learnt` grows as the flight comes in, so that
/// it holds after a limit or a cancellation. Errors: eof when the server ends first; protocol_error when it
/// sends an alert or something that is no TLS. An
/// examination with a shape: the hello in that shape, until the ServerHello (net/tls/shaped_hello.hpp).
Task<Result<>> say_hello(Stream& stream, TlsContext context, TlsSession& learnt);

}  // namespace hairpin::net

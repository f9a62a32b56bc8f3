// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include "base/result.hpp"
#include "base/tls_details.hpp"

/// The parts of a client's TLS that answer questions about a server (net/tls.hpp, Examination).
namespace hairpin::net {

struct Examination;

/// What the context offers, and the callbacks that write down what comes. `examination` outlives the context.
Result<> configure(SSL_CTX* context, const Examination& examination);
/// What one connection offers beside it; to be called before the handshake.
void offer(SSL* ssl, const Examination& examination);
/// What OpenSSL can be asked for after the handshake, also after a failed one.
void record_details(SSL* ssl, TlsDetails& details);

}  // namespace hairpin::net

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include "base/tls_details.hpp"

/// Signature algorithms in OpenSSL's words: "ECDSA+SHA256", "RSA-PSS+SHA512", "Ed25519".
namespace hairpin::net {

/// What the server takes from clients, after its question for a certificate; and what ours has.
void record_asked_signatures(SSL* ssl, TlsDetails& details);
/// By which the server signed the handshake; empty where it signed nothing (RSA key exchange, resumption).
std::string server_signature(SSL* ssl);

}  // namespace hairpin::net

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <string>

#include "net/tls.hpp"

/// Parts of a settings object, for everybody who makes one.
namespace hairpin::net {

/// `with_another_key`: one that only looks like it, for who wants to be refused.
Result<> use_identity(SSL_CTX* context, const Identity& identity, bool with_another_key = false);
/// What peers' certificates have to chain to; a server names them in its request for client certificates.
Result<> trust(SSL_CTX* context, const std::string& pem, bool is_server);

}  // namespace hairpin::net

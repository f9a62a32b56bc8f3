// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <string>

#include "net/tls.hpp"

/// Parts of a settings object, for everybody who makes one.
namespace hairpin::net {

/// `with_another_key`: one that only looks like it, for who wants to be refused. `is_on_trial`: shown even where OpenSSL's
/// security level holds it to be too weak.
Result<> use_identity(SSL_CTX* context, const Identity& identity, bool with_another_key = false, bool is_on_trial = false);
/// What peers' certificates have to chain to. `is_named`: in a server's request for client certificates, so that clients with many
/// choose the right one.
Result<> trust(SSL_CTX* context, const std::string& pem, bool is_named);

}  // namespace hairpin::net

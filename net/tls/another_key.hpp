// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/tls/openssl.hpp"

namespace hairpin::net {

/// A key that looks like the certificate's, whose signatures it cannot verify: what a thief of the certificate alone has. OpenSSL
/// takes it for the true one, because it compares public halves. For RSA and EC; an error for others.
Result<Key> another_key_for(X509* certificate);

}  // namespace hairpin::net

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

namespace hairpin::net {

/// A library context of OpenSSL whose only provider is the default one without the key types that a load does not meet.
/// OpenSSL 3.0 asks every decoder of every key type about every certificate that arrives, which costs more than the
/// signatures in it; with five decoders it does not. Certificates with other keys than RSA, EC and Ed25519 cannot be
/// read in it. One for the process, made at the first call; null when OpenSSL refuses.
OSSL_LIB_CTX* thin_library();

}  // namespace hairpin::net

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include "base/certificate_facts.hpp"
#include "base/clock.hpp"

namespace hairpin::net {

/// Everything that a judgement needs of a certificate. What cannot be read stays empty.
CertificateFacts facts_of(X509* certificate);

/// Of a certificate, a revocation list or an OCSP response: at least 1970, at most 2262.
WallTime wall_time(const ASN1_TIME* time);

/// A name in RFC 2253 form, fit for a screen.
std::string name_text(const X509_NAME* name);

/// "RSA", "EC P-256", "X25519": the kind of a public key and its curve.
std::string kind_of(const EVP_PKEY* key);

}  // namespace hairpin::net

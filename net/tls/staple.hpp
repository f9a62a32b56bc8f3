// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/types.h>

#include <span>

#include "base/certificate_facts.hpp"

namespace hairpin::net {

class Anchors;

/// What an OCSP response in DER says of the leaf of this chain, and whether the right one says so: the leaf's issuer, or a
/// responder that this issuer named (RFC 6960 §4.2.2.2). The issuer is looked for in the chain, then among the trusted
/// certificates (null: none); whether it is trusted itself is the chain's business.
Staple staple_of(std::span<const unsigned char> der, std::span<X509* const> chain, const Anchors* anchors);

}  // namespace hairpin::net

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cipher_class.hpp"
#include "base/describe.hpp"
#include "base/result.hpp"
#include "base/tls_facts.hpp"

/// What a site demands of TLS, as data (docs/tls.md). Without a policy it is reported, not judged.
namespace hairpin {

struct TlsPolicy {
  std::string name;
  std::vector<TlsVersion> required;      ///< has to be spoken
  std::vector<TlsVersion> forbidden;     ///< must not be
  std::vector<std::string> digests;      ///< of the signatures below the anchor: "SHA256"; empty: any
  std::vector<std::string> keys;         ///< kinds of the leaf's key: "EC", "RSA"; empty: any
  std::uint32_t rsa_bits = 0;            ///< at least
  std::vector<std::string> curves;       ///< of EC keys: "P-256"; empty: any
  std::uint32_t lifetime_days = 0;       ///< of the leaf, at most; 0: any
  std::vector<CipherClass> forbidden_ciphers;  ///< beside those that protect nothing, which no policy allows
  std::vector<std::string> groups;       ///< of the key exchange, one has to be taken: "X25519"; empty: any
};
BOOST_DESCRIBE_STRUCT(TlsPolicy, (), (name, required, forbidden, digests, keys, rsa_bits, curves, lifetime_days, forbidden_ciphers, groups))

/// modern and intermediate follow Mozilla's Server Side TLS guidelines 5.7; legacy is for Windows Server 2003 to 2008 R2.
std::span<const TlsPolicy> tls_policies();
const TlsPolicy* find_tls_policy(std::string_view name);

/// A policy of the user's own: a JSON object with the keys above. `file` names it in errors.
Result<TlsPolicy> read_tls_policy(const std::string& text, const std::string& file);

}  // namespace hairpin

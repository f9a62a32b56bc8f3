// SPDX-License-Identifier: Apache-2.0
#include "topology/tls_policy.hpp"

#include <algorithm>
#include <array>
#include <boost/describe/enum_to_string.hpp>

#include "base/json.hpp"

namespace hairpin {
namespace {

using enum TlsVersion;

const std::vector<std::string> kSha2{"SHA256", "SHA384", "SHA512"};
const std::vector<CipherClass> kWeak{CipherClass::rc4, CipherClass::triple_des, CipherClass::static_rsa, CipherClass::cbc};
const std::vector<std::string> kGroups{"X25519", "P-256", "P-384"};

}  // namespace

std::span<const TlsPolicy> tls_policies() {
  static const std::array policies{
      TlsPolicy{.name = "modern",
                .required = {tls13},
                .forbidden = {tls10, tls11, tls12},
                .digests = kSha2,
                .keys = {"EC"},
                .rsa_bits = 2048,
                .curves = {"P-256", "P-384"},
                .lifetime_days = 90,
                .forbidden_ciphers = kWeak,
                .groups = kGroups},
      TlsPolicy{.name = "intermediate",
                .required = {tls12},
                .forbidden = {tls10, tls11},
                .digests = kSha2,
                .keys = {"EC", "RSA"},
                .rsa_bits = 2048,
                .curves = {"P-256", "P-384"},
                .lifetime_days = 366,
                .forbidden_ciphers = kWeak,
                .groups = kGroups},
      // Schannel before Windows 7: TLS 1.0 alone, and SHA-1 in chains. Before Windows Vista: 3DES and RSA key exchange.
      TlsPolicy{.name = "legacy",
                .required = {tls10},
                .forbidden = {},
                .digests = {"SHA1", "SHA256", "SHA384", "SHA512"},
                .keys = {"EC", "RSA"},
                .rsa_bits = 1024,
                .curves = {"P-256", "P-384", "P-521"},
                .lifetime_days = 0,
                .forbidden_ciphers = {CipherClass::rc4},
                .groups = {}}};
  return policies;
}

const TlsPolicy* find_tls_policy(std::string_view name) {
  const auto all = tls_policies();
  const auto found = std::find_if(all.begin(), all.end(), [&](const TlsPolicy& policy) { return policy.name == name; });
  return found == all.end() ? nullptr : &*found;
}

Result<TlsPolicy> read_tls_policy(const std::string& text, const std::string& file) {
  const auto document = parse_json(text, file);
  if (!document) return document.error();
  auto policy = from_json<TlsPolicy>(*document, file);
  if (!policy) return policy;
  for (const auto version : policy->required)
    if (std::find(policy->forbidden.begin(), policy->forbidden.end(), version) != policy->forbidden.end())
      return refusal(file + ": both require and forbid " + boost::describe::enum_to_string(version, ""), "leave it in one of the two lists");
  return policy;
}

}  // namespace hairpin

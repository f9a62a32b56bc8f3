// SPDX-License-Identifier: Apache-2.0
#include "hairpin/run_credentials.hpp"

namespace hairpin {
namespace {
constexpr std::chrono::hours kLifetime{24};
}  // namespace

Result<RunCredentials> RunCredentials::make(const std::string& run) {
  auto authority = net::make_authority("hairpin run " + run, kLifetime);
  if (!authority) return authority.error();
  RunCredentials credentials;
  credentials.authority_ = std::move(*authority);
  return credentials;
}

Result<control::Credentials> RunCredentials::issue(const Topology& topology, const Host& host) const {
  net::CertificateRequest request{host.name, {host.name}, host.addresses, kLifetime, true, true};
  for (const auto& pool : topology.pools) {
    if (!topology.is_member(pool, host.name)) continue;
    if (!pool.fqdn.empty()) request.dns_names.push_back(pool.fqdn);
    request.addresses.insert(request.addresses.end(), pool.vips.begin(), pool.vips.end());
  }
  auto identity = net::issue(authority_, request);
  if (!identity) return identity.error();
  return control::Credentials{std::move(identity->certificate_pem), std::move(identity->key_pem),
                              authority_.certificate_pem};
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/coordinator/credentials.hpp"

#include "base/certificate_facts.hpp"
#include "base/identifier.hpp"
#include "net/tls/verify.hpp"

namespace hairpin {
namespace {
constexpr std::chrono::hours kLifetime{24};
/// They have to fit into one control frame, as JSON.
constexpr std::size_t kMostBytes = 512 * 1024;

Result<control::Credentials> read_site(const Host& host) {
  control::Credentials site;
  if (!host.tls->certificate.empty()) {
    auto identity = net::read_identity(host.tls->certificate, host.tls->key, net::Dates::are_judged_later);  // by tls-validity
    if (!identity) return identity.error();
    site.certificate_pem = std::move(identity->certificate_pem);
    site.key_pem = std::move(identity->key_pem);
  }
  if (!host.tls->trusted.empty()) {
    auto trusted = net::read_trusted_file(host.tls->trusted);
    if (!trusted) return trusted.error();
    if (const auto roots = net::Anchors::read(*trusted, host.tls->trusted); !roots) return roots.error();
    site.trusted_pem = std::move(*trusted);
  }
  if (!host.tls->ticket_key.empty()) {
    const auto key = net::read_ticket_key_file(host.tls->ticket_key);
    if (!key) return key.error();
    site.ticket_key = hex(reinterpret_cast<const std::uint8_t*>(key->data()), key->size());
  }
  if (site.certificate_pem.size() + site.key_pem.size() + site.trusted_pem.size() > kMostBytes)
    return refusal("use the certificates of " + host.name + ": they have more than 512 KiB",
                   "name the roots of this service, not every root that the system trusts");
  return site;
}

}  // namespace

Result<RunCredentials> RunCredentials::make(const std::string& run, const Topology& topology) {
  auto authority = net::make_authority(kRunAuthority + run, kLifetime);
  if (!authority) return authority.error();
  RunCredentials credentials;
  credentials.authority_ = std::move(*authority);
  for (const auto& host : topology.hosts) {
    if (!host.tls || !host.agent) continue;
    auto site = read_site(host);
    if (!site) {
      auto error = site.error();
      error.mend += (error.mend.empty() ? "" : "; ") + ("hosts." + host.name + ".tls names it");
      return error;
    }
    credentials.site_.emplace(host.name, std::move(*site));
  }
  return credentials;
}

std::optional<control::Credentials> RunCredentials::site_of(const Host& host) const {
  if (site_.empty()) return {};
  const auto found = site_.find(host.name);
  return found == site_.end() ? control::Credentials() : found->second;
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
                              authority_.certificate_pem, {}};
}

}  // namespace hairpin

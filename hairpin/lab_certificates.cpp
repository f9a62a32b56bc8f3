// SPDX-License-Identifier: Apache-2.0
#include "hairpin/lab_certificates.hpp"

#include <fstream>

#include "hairpin/topology_file.hpp"
#include "net/pki.hpp"

namespace hairpin {
namespace {

constexpr std::chrono::hours kLifetime{24 * 60};  // nothing expires soon
constexpr const char* kPoolName = "pool01.example.com";

net::CertificateRequest request_of(const lab::Site& site, const lab::SiteHost& host, const std::string& defect) {
  const auto name = host.name + ".example.com";
  net::CertificateRequest request{name, {name}, {}, kLifetime, true, defect != "not-for-clients"};
  if (host.role == lab::Role::member && defect != "other-name") {
    request.dns_names.emplace_back(kPoolName);
    request.addresses.push_back(site.vip.address);
  }
  return request;
}

Result<std::string> trusted_by(const std::string& root, const std::string& defect) {
  if (defect == "root-for-servers") return net::trust_for_servers(root);
  if (defect != "other-root") return root;
  auto other = net::make_authority("another root", kLifetime);
  if (!other) return other.error();
  return other->certificate_pem;
}

}  // namespace

Result<> make_site_certificates(const lab::Site& site, const std::string& directory) {
  if (auto made = net::write_authority(directory, "pool01 root"); !made) return made;
  const auto root = read_file(directory + "/ca.crt");
  if (!root) return root.error();
  const auto broken = site.members().back();
  for (const auto& host : site.hosts) {
    if (host.tls.empty()) continue;
    const auto defect = host.name == broken ? site.certificates : "good";
    if (auto made = net::write_issued(directory, request_of(site, host, defect), host.name); !made) return made;
    const auto trusted = trusted_by(*root, defect);
    if (!trusted) return trusted.error();
    std::ofstream file(host.tls + ".trusted");
    file << *trusted;
    if (!file.flush()) return last_system_error("write " + host.tls + ".trusted");
  }
  return {};
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/lab/certificates.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include "base/identifier.hpp"
#include "net/pki.hpp"
#include "topology/lab/proxy.hpp"

namespace hairpin {
namespace {

constexpr std::chrono::hours kLifetime{24 * 60};  // nothing expires soon
constexpr std::chrono::hours kOldAge{24 * 90};
constexpr std::chrono::hours kAhead{24 * 7};
constexpr const char* kPoolName = "pool01.example.com";
constexpr const char* kNoDefect = "good";

/// Who vouches for the site: hosts trust the root, and nobody sends the intermediate of its own accord.
struct Authorities {
  net::Identity root, intermediate;
};

Result<Authorities> make_authorities() {
  auto root = net::make_authority("pool01 root", net::kAuthorityLifetime, 1);
  if (!root) return root.error();
  auto intermediate = net::issue_authority(*root, "pool01 issuing authority");
  if (!intermediate) return intermediate.error();
  return Authorities{std::move(*root), std::move(*intermediate)};
}

/// `is_service`: it answers for the pool.
net::CertificateRequest request_of(const lab::Site& site, const std::string& name, bool is_service, const std::string& defect) {
  const auto own = name + ".example.com";
  net::CertificateRequest request{own, {own}, {}, kLifetime, defect != "not-for-servers", defect != "not-for-clients"};
  if (defect == "expired") request.age = kOldAge;
  if (defect == "not-yet-valid") request.age = -kAhead;
  if (defect == "weak-key") request.rsa_bits = 1024;
  if (is_service && defect != "other-name") {
    request.dns_names.emplace_back(kPoolName);
    request.addresses.push_back(site.vip.address);
  }
  return request;
}

Result<net::Identity> issue(const Authorities& authorities, const net::CertificateRequest& request, const std::string& defect) {
  auto identity = net::issue(defect == "incomplete" ? authorities.intermediate : authorities.root, request);
  if (identity && defect == "root-sent") identity->certificate_pem += authorities.root.certificate_pem;
  return identity;
}

Result<std::string> trusted_by(const std::string& root, const std::string& defect) {
  if (defect == "root-for-servers") return net::trust_for_servers(root);
  if (defect != "other-root") return root;
  auto other = net::make_authority("another root", kLifetime);
  if (!other) return other.error();
  return other->certificate_pem;
}

Result<> write(const std::string& path, const std::string& text) {
  const Descriptor made(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));  // keys are among them
  std::ofstream file(path);
  file << text;
  if (!made || !file.flush()) return last_system_error("write " + path);
  return {};
}

/// nginx's form of a ticket key: kTicketKeyBytes of anything.
std::string new_ticket_key() {
  std::string key;
  while (key.size() < net::kTicketKeyBytes) {
    const auto random = TripId::random();
    key.append(reinterpret_cast<const char*>(random.bytes.data()), random.bytes.size());
  }
  return key.substr(0, net::kTicketKeyBytes);
}

/// HAProxy's form: three keys of 80 bytes in base64, of which every hexadecimal digit is a letter.
std::string new_ticket_key_list() {
  std::string list;
  for (int i = 0; i < 3; ++i) {
    std::string digits;
    while (digits.size() < 106) digits += to_string(TripId::random());
    list += digits.substr(0, 106) + "A=\n";
  }
  return list;
}

Result<> write_host(const lab::Site& site, const lab::SiteHost& host, const Authorities& authorities, const std::string& defect) {
  const auto identity = issue(authorities, request_of(site, host.name, host.role == lab::Role::member, defect), defect);
  if (!identity) return identity.error();
  const auto trusted = trusted_by(authorities.root.certificate_pem, defect);
  if (!trusted) return trusted.error();
  if (auto written = write(host.tls + ".crt", identity->certificate_pem); !written) return written;
  if (auto written = write(host.tls + ".key", identity->key_pem); !written) return written;
  return write(host.tls + ".trusted", *trusted);
}

/// What a balancer that ends TLS shows clients, and shows members, and trusts on each side.
Result<> write_balancer(const lab::Site& site, const std::string& directory, const Authorities& authorities, const std::string& defect) {
  const auto service = issue(authorities, request_of(site, "vip", true, defect), defect);
  if (!service) return service.error();
  const auto own = issue(authorities, request_of(site, "bigip", false, defect == "refused-by-members" ? "not-for-clients" : kNoDefect), kNoDefect);
  if (!own) return own.error();
  const auto trusted = trusted_by(authorities.root.certificate_pem, defect);
  if (!trusted) return trusted.error();
  using namespace lab::balancer_file;
  if (defect == "units-differ") {
    const auto other = issue(authorities, request_of(site, "vip", true, kNoDefect), kNoDefect);
    if (!other) return other.error();
    if (auto written = write(directory + kOtherVip, other->certificate_pem + other->key_pem); !written) return written;
  }
  if (auto written = write(directory + kTicketKeys, new_ticket_key_list()); !written) return written;
  if (auto written = write(directory + kVip, service->certificate_pem + service->key_pem); !written) return written;
  if (auto written = write(directory + kOwn, own->certificate_pem + own->key_pem); !written) return written;
  if (auto written = write(directory + kClientRoots, *trusted); !written) return written;
  return write(directory + kMemberRoots, authorities.root.certificate_pem);
}

}  // namespace

Result<> make_site_certificates(const lab::Site& site, const std::string& directory) {
  const auto authorities = make_authorities();
  if (!authorities) return authorities.error();
  const bool is_balancers = site.ends_tls_at_balancer() && site.certificates != "not-for-clients";
  const auto broken = is_balancers ? std::string() : site.members().back();
  const auto shared_key = new_ticket_key();
  for (const auto& host : site.hosts) {
    if (host.tls.empty()) continue;
    const bool has_own_key = host.name == broken && site.certificates == "tickets-own";
    if (site.has_ticket_key(host))
      if (auto written = write(host.tls + ".tickets", has_own_key ? new_ticket_key() : shared_key); !written) return written;
    if (auto written = write_host(site, host, *authorities, host.name == broken ? site.certificates : kNoDefect); !written) return written;
  }
  if (!site.ends_tls_at_balancer()) return {};
  return write_balancer(site, directory, *authorities, is_balancers ? site.certificates : kNoDefect);
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "net/pki.hpp"

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <utility>

#include "net/tls/openssl.hpp"

namespace hairpin::net {

namespace {

using Number = Handle<BIGNUM, BN_free>;
using Extension = Handle<X509_EXTENSION, X509_EXTENSION_free>;
using Names = Handle<GENERAL_NAMES, GENERAL_NAMES_free>;
using Name = Handle<GENERAL_NAME, GENERAL_NAME_free>;

constexpr std::chrono::hours kBackdated{1};
constexpr std::size_t kMostNameCharacters = 64;  // ub-common-name, RFC 5280 appendix A.1

std::string text_of(const Bio& bio) {
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

Result<Identity> to_pem(X509* certificate, const EVP_PKEY* key) {
  const Bio certificate_text(BIO_new(BIO_s_mem()));
  const Bio key_text(BIO_new(BIO_s_mem()));
  if (!certificate_text || !key_text || PEM_write_bio_X509(certificate_text.get(), certificate) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return openssl_error("write a certificate");
  return Identity{text_of(certificate_text), text_of(key_text)};
}

bool is_dns_name(const std::string& name) {
  const auto is_allowed = [](unsigned char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '*' ||
           letter == '_';
  };
  return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, is_allowed);
}

/// 128 random bits; the top one is clear, so that the number is positive and not longer (RFC 5280 §4.1.2.2).
bool set_serial(X509* certificate) {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);
  const Number number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
}

bool set_lifetime(X509* certificate, std::chrono::hours lifetime, std::chrono::hours age) {
  const std::chrono::seconds before = kBackdated + age;
  const std::chrono::seconds after = lifetime - age;
  return X509_gmtime_adj(X509_getm_notBefore(certificate), -before.count()) &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), after.count());
}

bool set_subject(X509* certificate, const std::string& common_name) {
  const auto* const text = reinterpret_cast<const unsigned char*>(common_name.data());
  return X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName, MBSTRING_UTF8, text,
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

/// `value` is one of ours: text from outside never becomes OpenSSL's configuration syntax.
bool add_extension(X509* certificate, X509V3_CTX* about, int nid, const char* value) {
  const Extension extension(X509V3_EXT_conf_nid(nullptr, about, nid, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool push(GENERAL_NAMES* names, int type, ASN1_STRING* value) {
  Name name(GENERAL_NAME_new());
  if (!name || !value) {
    ASN1_STRING_free(value);
    return false;
  }
  GENERAL_NAME_set0_value(name.get(), type, value);
  if (sk_GENERAL_NAME_push(names, name.get()) == 0) return false;
  static_cast<void>(name.release());  // the list owns it now
  return true;
}

ASN1_STRING* make_string(int type, const void* bytes, std::size_t size) {
  ASN1_STRING* const text = ASN1_STRING_type_new(type);
  if (text) ASN1_STRING_set(text, bytes, static_cast<int>(size));
  return text;
}

bool add_alternative_names(X509* certificate, const CertificateRequest& request) {
  if (request.dns_names.empty() && request.addresses.empty()) return true;
  const Names names(GENERAL_NAMES_new());
  if (!names) return false;
  for (const auto& dns : request.dns_names)
    if (!push(names.get(), GEN_DNS, make_string(V_ASN1_IA5STRING, dns.data(), dns.size()))) return false;
  for (const auto& address : request.addresses)
    if (!push(names.get(), GEN_IPADD, make_string(V_ASN1_OCTET_STRING, address.bytes.data(), address.size())))
      return false;
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, 0) == 1;
}

const char* usage_of(const CertificateRequest& request) {
  if (request.for_server && request.for_client) return "serverAuth,clientAuth";
  return request.for_server ? "serverAuth" : "clientAuth";
}

/// What every certificate of ours begins with: version 3, serial, lifetime, subject, key.
Result<Certificate> begin_certificate(const std::string& common_name, std::chrono::hours lifetime, std::chrono::hours age,
                                      EVP_PKEY* key) {
  Certificate certificate(X509_new());
  if (!certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      !set_serial(certificate.get()) || !set_lifetime(certificate.get(), lifetime, age) ||
      !set_subject(certificate.get(), common_name) || X509_set_pubkey(certificate.get(), key) != 1)
    return openssl_error("make a certificate for " + common_name);
  return certificate;
}

Result<> check_name(const std::string& common_name, std::chrono::hours lifetime) {
  if (common_name.empty() || common_name.size() > kMostNameCharacters)
    return refusal(fmt::format("make a certificate for \"{}\": the common name must have 1 to {} characters",
                               common_name.substr(0, 80), kMostNameCharacters));
  if (lifetime <= std::chrono::hours(0))
    return refusal("make a certificate for " + common_name + ": it would never be valid",
                   "give a lifetime over 0");
  return {};
}

Result<> check_request(const CertificateRequest& request) {
  if (const auto checked = check_name(request.common_name, request.lifetime); !checked)
    return checked.error();
  if (!request.for_server && !request.for_client)
    return refusal("make a certificate for " + request.common_name +
                   ": it is for neither servers nor clients");
  for (const auto& name : request.dns_names)
    if (!is_dns_name(name))
      return refusal(fmt::format("make a certificate for {}: \"{}\" is no DNS name", request.common_name,
                                 name.substr(0, 80)));
  return {};
}

bool add_authority_extensions(X509* certificate, X509* issuer, unsigned levels_below) {
  X509V3_CTX about;
  X509V3_set_ctx(&about, issuer, certificate, nullptr, nullptr, 0);
  const auto constraints = fmt::format("critical,CA:TRUE,pathlen:{}", levels_below);
  return add_extension(certificate, &about, NID_basic_constraints, constraints.c_str()) &&
         add_extension(certificate, &about, NID_key_usage, "critical,keyCertSign,cRLSign") &&
         add_extension(certificate, &about, NID_subject_key_identifier, "hash");
}

bool add_leaf_extensions(X509* certificate, X509* issuer, const CertificateRequest& request) {
  X509V3_CTX about;
  X509V3_set_ctx(&about, issuer, certificate, nullptr, nullptr, 0);
  return add_extension(certificate, &about, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, &about, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, &about, NID_ext_key_usage, usage_of(request)) &&
         add_extension(certificate, &about, NID_subject_key_identifier, "hash") &&
         add_extension(certificate, &about, NID_authority_key_identifier, "keyid:always") &&
         add_alternative_names(certificate, request);
}

/// A certificate that is valid for longer than its authority would fail on a day that nobody expects.
bool clip_lifetime(X509* certificate, const X509* issuer) {
  const auto* const end = X509_get0_notAfter(issuer);
  if (ASN1_TIME_compare(X509_get0_notAfter(certificate), end) <= 0) return true;
  return X509_set1_notAfter(certificate, end) == 1;
}

/// An authority as it signs.
struct Signer {
  Certificate certificate;
  Key key;
};

Result<Signer> signer_of(const Identity& authority) {
  auto issuers = read_certificates(authority.certificate_pem, "the authority's certificate");
  if (!issuers) return issuers.error();
  auto key = read_key(authority.key_pem, "the authority's key");
  if (!key) return key.error();
  ERR_clear_error();
  if (X509_check_private_key(issuers->front().get(), key->get()) != 1)
    return openssl_error("issue a certificate: the authority's key belongs to another certificate");
  return Signer{std::move(issuers->front()), std::move(*key)};
}

/// In its authority's name and no longer valid than that one; `add_extensions` says what it is for.
template <class AddExtensions>
Result<Identity> issue_as(const Signer& signer, const CertificateRequest& request, AddExtensions add_extensions) {
  auto* const issuer = signer.certificate.get();
  const Key key(request.rsa_bits > 0 ? EVP_RSA_gen(request.rsa_bits) : EVP_EC_gen("P-256"));
  if (!key) return openssl_error("make a key");
  auto certificate = begin_certificate(request.common_name, request.lifetime, request.age, key.get());
  if (!certificate) return certificate.error();
  auto* const x509 = certificate->get();
  if (X509_set_issuer_name(x509, X509_get_subject_name(issuer)) != 1 || !clip_lifetime(x509, issuer) ||
      !add_extensions(x509, issuer) || X509_sign(x509, signer.key.get(), EVP_sha256()) == 0)
    return openssl_error("issue a certificate for " + request.common_name);
  return to_pem(x509, key.get());
}

}  // namespace

Result<Identity> make_authority(const std::string& common_name, std::chrono::hours lifetime, unsigned levels_below) {
  if (const auto checked = check_name(common_name, lifetime); !checked) return checked.error();
  ERR_clear_error();
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return openssl_error("make a key");
  auto certificate = begin_certificate(common_name, lifetime, std::chrono::hours(0), key.get());
  if (!certificate) return certificate.error();
  auto* const x509 = certificate->get();
  if (X509_set_issuer_name(x509, X509_get_subject_name(x509)) != 1 || !add_authority_extensions(x509, x509, levels_below) ||
      X509_sign(x509, key.get(), EVP_sha256()) == 0)
    return openssl_error("sign the authority's certificate");
  return to_pem(x509, key.get());
}

Result<Identity> issue_authority(const Identity& authority, const std::string& common_name) {
  const auto request = CertificateRequest{common_name, {}, {}, kAuthorityLifetime};
  if (const auto checked = check_name(common_name, request.lifetime); !checked) return checked.error();
  const auto signer = signer_of(authority);
  if (!signer) return signer.error();
  return issue_as(*signer, request, [](X509* certificate, X509* issuer) { return add_authority_extensions(certificate, issuer, 0); });
}

Result<Identity> issue(const Identity& authority, const CertificateRequest& request) {
  if (const auto checked = check_request(request); !checked) return checked.error();
  const auto signer = signer_of(authority);
  if (!signer) return signer.error();
  return issue_as(*signer, request, [&](X509* certificate, X509* issuer) { return add_leaf_extensions(certificate, issuer, request); });
}

Result<std::string> trust_for_servers(const std::string& certificate_pem) {
  const auto certificates = read_certificates(certificate_pem, "the root");
  if (!certificates) return certificates.error();
  auto* const certificate = certificates->front().get();
  const Bio text(BIO_new(BIO_s_mem()));
  if (!text || X509_add1_trust_object(certificate, OBJ_nid2obj(NID_server_auth)) != 1 ||
      PEM_write_bio_X509_AUX(text.get(), certificate) != 1)
    return openssl_error("write a trusted certificate");
  return text_of(text);
}

}  // namespace hairpin::net

// SPDX-License-Identifier: Apache-2.0
#include "net/tls/certificate.hpp"

#include <openssl/err.h>
#include <openssl/obj_mac.h>

#include <array>

#include "base/address.hpp"
#include "base/identifier.hpp"
#include "base/text.hpp"
#include "net/tls/openssl.hpp"

namespace hairpin::net {
namespace {

using GeneralNames = Handle<GENERAL_NAMES, GENERAL_NAMES_free>;
using Usages = Handle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;
using Access = Handle<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free>;
using Features = Handle<TLS_FEATURE, TLS_FEATURE_free>;
using BitString = Handle<ASN1_BIT_STRING, ASN1_BIT_STRING_free>;

template <class T>
T extension(const X509* certificate, int nid) {
  return T(static_cast<typename T::pointer>(X509_get_ext_d2i(certificate, nid, nullptr, nullptr)));
}

std::string text_of(const ASN1_STRING* string) {
  if (!string) return {};
  const auto* const bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(string));
  return printable(std::string_view(bytes, static_cast<std::size_t>(ASN1_STRING_length(string))));
}

std::string hex_of(const ASN1_OCTET_STRING* string) {
  if (!string) return {};
  return hex(ASN1_STRING_get0_data(string), static_cast<std::size_t>(ASN1_STRING_length(string)));
}

std::string serial_of(const X509* certificate) {
  const Handle<BIGNUM, BN_free> number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  if (!number) return {};
  char* const text = BN_bn2hex(number.get());
  std::string serial(text ? text : "");
  OPENSSL_free(text);
  return serial;
}

std::string address_text(const ASN1_OCTET_STRING* bytes) {
  IpAddress address;
  const auto size = ASN1_STRING_length(bytes);
  if (size != 4 && size != 16) return {};
  address.family = size == 4 ? Family::ipv4 : Family::ipv6;
  std::copy_n(ASN1_STRING_get0_data(bytes), size, address.bytes.begin());
  return to_string(address);
}

void read_names(const X509* certificate, CertificateFacts& facts) {
  const auto names = extension<GeneralNames>(certificate, NID_subject_alt_name);
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) facts.dns_names.push_back(text_of(name->d.dNSName));
    if (name->type == GEN_IPADD) facts.addresses.push_back(address_text(name->d.iPAddress));
  }
}

void read_purposes(const X509* certificate, CertificateFacts& facts) {
  const auto usages = extension<Usages>(certificate, NID_ext_key_usage);
  if (!usages) return;
  facts.purposes.emplace();
  for (int i = 0; i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
    const auto* const object = sk_ASN1_OBJECT_value(usages.get(), i);
    const int nid = OBJ_obj2nid(object);
    std::array<char, 80> number{};
    OBJ_obj2txt(number.data(), static_cast<int>(number.size()), object, 1);
    facts.purposes->emplace_back(nid == NID_undef ? number.data() : OBJ_nid2sn(nid));
  }
}

struct Usage {
  int bit;
  const char* name;
};

/// RFC 5280 §4.2.1.3.
constexpr std::array kUsages{Usage{0, "digitalSignature"}, Usage{1, "nonRepudiation"}, Usage{2, "keyEncipherment"},
                             Usage{3, "dataEncipherment"}, Usage{4, "keyAgreement"},   Usage{5, "keyCertSign"},
                             Usage{6, "cRLSign"}};

void read_key_usage(const X509* certificate, CertificateFacts& facts) {
  const auto bits = extension<BitString>(certificate, NID_key_usage);
  if (!bits) return;
  facts.key_usage.emplace();
  for (const auto& usage : kUsages)
    if (ASN1_BIT_STRING_get_bit(bits.get(), usage.bit) == 1) facts.key_usage->emplace_back(usage.name);
}

void read_issuer_url(const X509* certificate, CertificateFacts& facts) {
  const auto access = extension<Access>(certificate, NID_info_access);
  for (int i = 0; access && i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
    const auto* const entry = sk_ACCESS_DESCRIPTION_value(access.get(), i);
    if (OBJ_obj2nid(entry->method) == NID_ad_ca_issuers && entry->location->type == GEN_URI)
      facts.issuer_url = text_of(entry->location->d.uniformResourceIdentifier);
  }
}

/// status_request is TLS extension 5 (RFC 7633 §4.2.3.1).
void read_must_staple(const X509* certificate, CertificateFacts& facts) {
  const auto features = extension<Features>(certificate, NID_tlsfeature);
  for (int i = 0; features && i < sk_ASN1_INTEGER_num(features.get()); ++i)
    facts.must_staple |= ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features.get(), i)) == TLSEXT_TYPE_status_request;
}

std::string curve_of(const EVP_PKEY* key) {
  std::array<char, 40> group{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) != 1) return {};
  const std::string name(group.data(), size);
  if (name == "prime256v1") return "P-256";  // as everybody but SEC names them
  if (name == "secp384r1") return "P-384";
  return name == "secp521r1" ? "P-521" : name;
}

void read_key(X509* certificate, CertificateFacts& facts) {
  auto* const key = X509_get0_pubkey(certificate);
  if (!key) return;
  facts.key_bits = static_cast<std::uint32_t>(std::max(EVP_PKEY_get_bits(key), 0));
  facts.key = kind_of(key);
}

void read_signature(X509* certificate, CertificateFacts& facts) {
  const int nid = X509_get_signature_nid(certificate);
  if (nid != NID_undef) facts.signature = OBJ_nid2ln(nid);
  int digest = NID_undef;
  if (X509_get_signature_info(certificate, &digest, nullptr, nullptr, nullptr) == 1 && digest != NID_undef)
    facts.digest = OBJ_nid2sn(digest);
}

}  // namespace

WallTime wall_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  using namespace std::chrono;
  const year_month_day day(year(parts.tm_year + 1900), month(static_cast<unsigned>(parts.tm_mon + 1)),
                           std::chrono::day(static_cast<unsigned>(parts.tm_mday)));
  // Nanoseconds reach 292 years from 1970 either way, and a difference of two times must fit as well: what is before 1970, or
  // after 2262 ("no expiry", RFC 5280 §4.1.2.5), is at that edge.
  const auto last = year(2262);
  if (day.year() < year(1970)) return WallTime();
  if (day.year() >= last) return WallTime(sys_days(last / January / 1));
  return WallTime(sys_days(day)) + hours(parts.tm_hour) + minutes(parts.tm_min) + seconds(parts.tm_sec);
}

std::string kind_of(const EVP_PKEY* key) {
  const char* const name = EVP_PKEY_get0_type_name(key);
  std::string kind(name ? name : "");
  if (kind == "EC") kind += " " + curve_of(key);
  return kind;
}

std::string name_text(const X509_NAME* name) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || !name) return {};
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* bytes = nullptr;
  const auto count = BIO_get_mem_data(bio.get(), &bytes);
  return count > 0 ? printable(std::string_view(bytes, static_cast<std::size_t>(count))) : std::string();
}

CertificateFacts facts_of(X509* certificate) {
  CertificateFacts facts;
  facts.sha256 = sha256_fingerprint(certificate);
  facts.der_bytes = static_cast<std::uint32_t>(std::max(i2d_X509(certificate, nullptr), 0));
  facts.version = static_cast<std::uint32_t>(X509_get_version(certificate) + 1);
  facts.subject = name_text(X509_get_subject_name(certificate));
  facts.issuer = name_text(X509_get_issuer_name(certificate));
  facts.common_name = common_name(certificate);
  facts.serial = serial_of(certificate);
  facts.not_before = wall_time(X509_get0_notBefore(certificate));
  facts.not_after = wall_time(X509_get0_notAfter(certificate));
  facts.is_authority = X509_check_ca(certificate) == 1;
  facts.is_self_issued = X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
  facts.subject_key_id = hex_of(X509_get0_subject_key_id(certificate));
  facts.authority_key_id = hex_of(X509_get0_authority_key_id(certificate));
  read_names(certificate, facts);
  read_purposes(certificate, facts);
  read_key_usage(certificate, facts);
  read_issuer_url(certificate, facts);
  read_must_staple(certificate, facts);
  read_key(certificate, facts);
  read_signature(certificate, facts);
  ERR_clear_error();
  return facts;
}

}  // namespace hairpin::net

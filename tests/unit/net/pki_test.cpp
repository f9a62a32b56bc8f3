// SPDX-License-Identifier: Apache-2.0
#include "net/pki.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "net/tls/openssl.hpp"

namespace hairpin::net {
namespace {

using std::chrono::hours;
using testing::HasSubstr;

using Big = Handle<BIGNUM, BN_free>;
using Store = Handle<X509_STORE, X509_STORE_free>;
using StoreContext = Handle<X509_STORE_CTX, X509_STORE_CTX_free>;

CertificateRequest request_for(const std::string& name) {
  CertificateRequest request;
  request.common_name = name;
  return request;
}

Certificate certificate_of(const Identity& identity) {
  return std::move(read_certificates(identity.certificate_pem, "the certificate").value().front());
}

std::string serial_of(const X509* certificate) {
  const Big number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  char* const text = BN_bn2hex(number.get());
  const std::string result(text);
  OPENSSL_free(text);
  return result;
}

/// X509_V_OK, or why OpenSSL would refuse the leaf for this purpose (X509_PURPOSE_…).
int verify(X509* leaf, X509* authority, int purpose) {
  const Store store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), authority);
  const StoreContext context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), leaf, nullptr);
  X509_STORE_CTX_set_purpose(context.get(), purpose);
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_X509_STRICT);
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

class Pki : public testing::Test {
 protected:
  Identity authority = make_authority("hairpin tests", hours(48)).value();
  Certificate authority_certificate = certificate_of(authority);
};

TEST_F(Pki, MakesAnAuthorityThatMaySignLeavesOnly) {
  auto* const certificate = authority_certificate.get();
  EXPECT_EQ(X509_check_ca(certificate), 1);
  EXPECT_EQ(X509_get_pathlen(certificate), 0);
  EXPECT_EQ(X509_get_key_usage(certificate), KU_KEY_CERT_SIGN | KU_CRL_SIGN);
  EXPECT_NE(X509_get0_subject_key_id(certificate), nullptr);
  EXPECT_EQ(common_name(certificate), "hairpin tests");
  EXPECT_EQ(verify(certificate, certificate, X509_PURPOSE_ANY), X509_V_OK);
}

TEST_F(Pki, UsesP256AndSha256) {
  const auto key = read_key(authority.key_pem, "the key").value();
  char curve[32] = {};
  ASSERT_EQ(EVP_PKEY_get_group_name(key.get(), curve, sizeof curve, nullptr), 1);
  EXPECT_STREQ(curve, "prime256v1");
  EXPECT_EQ(X509_get_signature_nid(authority_certificate.get()), NID_ecdsa_with_SHA256);
}

TEST_F(Pki, IssuesLeavesThatVerifyForBothSides) {
  const auto leaf = certificate_of(issue(authority, request_for("oc01")).value());
  EXPECT_EQ(verify(leaf.get(), authority_certificate.get(), X509_PURPOSE_SSL_SERVER), X509_V_OK);
  EXPECT_EQ(verify(leaf.get(), authority_certificate.get(), X509_PURPOSE_SSL_CLIENT), X509_V_OK);
  EXPECT_EQ(X509_check_ca(leaf.get()), 0);
  EXPECT_EQ(X509_get_key_usage(leaf.get()), KU_DIGITAL_SIGNATURE);
  EXPECT_NE(X509_get0_authority_key_id(leaf.get()), nullptr);
}

TEST_F(Pki, IssuesIntermediatesBelowARootThatAllowsThem) {
  const auto root = make_authority("root", hours(48), 1).value();
  const auto intermediate = issue_authority(root, "intermediate").value();
  const auto leaf = certificate_of(issue(intermediate, request_for("oc01")).value());
  const auto root_certificate = certificate_of(root);
  const auto middle = certificate_of(intermediate);
  EXPECT_EQ(X509_get_pathlen(root_certificate.get()), 1);
  EXPECT_EQ(X509_get_pathlen(middle.get()), 0);
  EXPECT_LE(ASN1_TIME_compare(X509_get0_notAfter(middle.get()), X509_get0_notAfter(root_certificate.get())), 0);
  EXPECT_EQ(X509_verify(middle.get(), X509_get0_pubkey(root_certificate.get())), 1);
  EXPECT_EQ(X509_verify(leaf.get(), X509_get0_pubkey(middle.get())), 1);
  EXPECT_EQ(verify(leaf.get(), root_certificate.get(), X509_PURPOSE_SSL_SERVER), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY)
      << "nobody sent the intermediate";
}

TEST_F(Pki, IssuesWhatHasExpired) {
  auto request = request_for("oc01");
  request.lifetime = hours(24);
  request.age = hours(30);
  const auto leaf = certificate_of(issue(authority, request).value());
  EXPECT_LT(X509_cmp_current_time(X509_get0_notAfter(leaf.get())), 0);
  EXPECT_LT(ASN1_TIME_compare(X509_get0_notBefore(leaf.get()), X509_get0_notAfter(leaf.get())), 0);
}

TEST_F(Pki, KeepsServersAndClientsApart) {
  auto request = request_for("operator");
  request.for_server = false;
  const auto leaf = certificate_of(issue(authority, request).value());
  EXPECT_EQ(verify(leaf.get(), authority_certificate.get(), X509_PURPOSE_SSL_CLIENT), X509_V_OK);
  EXPECT_EQ(verify(leaf.get(), authority_certificate.get(), X509_PURPOSE_SSL_SERVER),
            X509_V_ERR_INVALID_PURPOSE);
  request.for_client = false;
  EXPECT_FALSE(issue(authority, request)) << "a certificate for nothing";
}

TEST_F(Pki, PutsNamesAndAddressesIntoTheLeaf) {
  auto request = request_for("oc01");
  request.dns_names = {"oc01", "pool01.example.com"};
  request.addresses = {*parse_address("10.137.2.21"), *parse_address("2001:db8::21")};
  const auto leaf = certificate_of(issue(authority, request).value());
  const auto has_host = [&](const char* name) {
    return X509_check_host(leaf.get(), name, 0, 0, nullptr) == 1;
  };
  const auto has_address = [&](const char* text) { return X509_check_ip_asc(leaf.get(), text, 0) == 1; };
  EXPECT_TRUE(has_host("oc01"));
  EXPECT_TRUE(has_host("pool01.example.com"));
  EXPECT_FALSE(has_host("oc02"));
  EXPECT_TRUE(has_address("10.137.2.21"));
  EXPECT_TRUE(has_address("2001:db8::21"));
  EXPECT_FALSE(has_address("10.137.2.22"));
}

TEST_F(Pki, NumbersWith128RandomBits) {
  std::set<std::string> serials;
  for (int i = 0; i < 20; ++i) {
    const auto leaf = certificate_of(issue(authority, request_for("oc01")).value());
    const auto serial = serial_of(leaf.get());
    EXPECT_EQ(serial.size(), 32) << serial;
    serials.insert(serial);
  }
  EXPECT_EQ(serials.size(), 20);
}

TEST_F(Pki, NeverLetsALeafOutliveItsAuthority) {
  auto request = request_for("oc01");
  request.lifetime = hours(24 * 365);
  const auto leaf = certificate_of(issue(authority, request).value());
  EXPECT_EQ(
      ASN1_TIME_compare(X509_get0_notAfter(leaf.get()), X509_get0_notAfter(authority_certificate.get())), 0);
  request.lifetime = hours(1);
  const auto shorter = certificate_of(issue(authority, request).value());
  EXPECT_LT(ASN1_TIME_compare(X509_get0_notAfter(shorter.get()), X509_get0_notAfter(leaf.get())), 0);
}

TEST_F(Pki, IsValidForHostsWhoseClockIsLate) {
  const auto leaf = certificate_of(issue(authority, request_for("oc01")).value());
  EXPECT_EQ(X509_cmp_time(X509_get0_notBefore(leaf.get()), nullptr), -1);
  auto half_an_hour_ago = std::time(nullptr) - 1800;
  EXPECT_EQ(X509_cmp_time(X509_get0_notBefore(leaf.get()), &half_an_hour_ago), -1);
}

TEST_F(Pki, RefusesNamesThatCouldBeSomethingElse) {
  for (const char* name : {"", "a,DNS:evil", "a b", "a/b", "a\nb"}) {
    auto request = request_for("oc01");
    request.dns_names = {name};
    const auto refused = issue(authority, request);
    ASSERT_FALSE(refused) << name;
    EXPECT_THAT(describe(refused.error()), HasSubstr("is no DNS name"));
  }
  EXPECT_FALSE(issue(authority, request_for("")));
  EXPECT_FALSE(issue(authority, request_for(std::string(65, 'x'))));
  EXPECT_TRUE(issue(authority, request_for(std::string(64, 'x'))));
}

TEST_F(Pki, RefusesAnAuthorityWithAnotherKey) {
  auto mixed = authority;
  mixed.key_pem = make_authority("other", hours(1)).value().key_pem;
  const auto refused = issue(mixed, request_for("oc01"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(describe(refused.error()), HasSubstr("the authority's key belongs to another certificate"));
}

TEST_F(Pki, RefusesLifetimesOfNothing) {
  auto request = request_for("oc01");
  request.lifetime = hours(0);
  EXPECT_FALSE(issue(authority, request));
  EXPECT_FALSE(make_authority("tests", hours(-1)));
}

TEST(Fingerprint, IsTheOneThatOpensslPrints) {
  // Made by `openssl req -x509`, printed by `openssl x509 -fingerprint -sha256`.
  const std::string known = R"(-----BEGIN CERTIFICATE-----
MIIBdzCCAR2gAwIBAgIUIZZgBDIwQc4x1L4yYHrR7IBiry0wCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFa25vd24wIBcNMjYxMTIyMDMxNDQ1WhgPMjEyNjEwMjkwMzE0
NDVaMBAxDjAMBgNVBAMMBWtub3duMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
R+jg9gxkAMFKQ/HHusEnK76cQ/xeYO+yfIytGr74Yh3kPp+OBNfqWHoHyJUd6yPX
7xMlIuED6umsSO6mGifl46NTMFEwHQYDVR0OBBYEFA4k9gxavYeAyaB8k3RaOpRO
cC+3MB8GA1UdIwQYMBaAFA4k9gxavYeAyaB8k3RaOpROcC+3MA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAPWGh5d36SAuVt9tMdftUgDTO1ruVYrd
XKW3jytm94ZQAiAE9JIpvNvt+h/bjodhFfvPdNpdc3etqBWZ0JJIuRVZTA==
-----END CERTIFICATE-----
)";
  const auto certificates = read_certificates(known, "the certificate").value();
  EXPECT_EQ(sha256_fingerprint(certificates.front().get()),
            "c2dee0a1d1eb982184a23b996d714604bdcd682a3b577542cd28b342720e6835");
  EXPECT_EQ(common_name(certificates.front().get()), "known");
}

}  // namespace
}  // namespace hairpin::net

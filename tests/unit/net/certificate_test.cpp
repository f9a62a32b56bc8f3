// SPDX-License-Identifier: Apache-2.0
#include "net/tls/certificate.hpp"

#include <gmock/gmock.h>

#include "net/pki.hpp"
#include "net/tls/openssl.hpp"
#include "net/tls/verify.hpp"

namespace hairpin::net {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Certificate first_of(const Identity& identity) {
  return std::move(read_certificates(identity.certificate_pem, "it").value().front());
}

class ACertificate : public testing::Test {
 protected:
  Identity authority = make_authority("Site Root", std::chrono::hours(48)).value();
  Certificate root = first_of(authority);

  Certificate leaf(bool for_server, bool for_client) const {
    CertificateRequest request;
    request.common_name = "pool01.example.com";
    request.dns_names = {"pool01.example.com", "*.example.org"};
    request.addresses = {*parse_address("10.137.2.11"), *parse_address("2001:db8::11")};
    request.for_server = for_server;
    request.for_client = for_client;
    return first_of(issue(authority, request).value());
  }
  Verification verified(X509* certificate, const std::string& trusted_pem, const VerifyOptions& options) const {
    const auto anchors = Anchors::read(trusted_pem, "ca.pem").value();
    X509* const chain[] = {certificate};
    return verify(chain, anchors, options);
  }
};

TEST_F(ACertificate, IsReadWhole) {
  const auto certificate = leaf(true, true);
  const auto facts = facts_of(certificate.get());
  EXPECT_EQ(facts.sha256, sha256_fingerprint(certificate.get()));
  EXPECT_EQ(facts.version, 3U);
  EXPECT_EQ(facts.subject, "CN=pool01.example.com");
  EXPECT_EQ(facts.issuer, "CN=Site Root");
  EXPECT_EQ(facts.common_name, "pool01.example.com");
  EXPECT_THAT(facts.dns_names, ElementsAre("pool01.example.com", "*.example.org"));
  EXPECT_THAT(facts.addresses, ElementsAre("10.137.2.11", "2001:db8::11"));
  EXPECT_EQ(facts.key, "EC P-256");
  EXPECT_EQ(facts.key_bits, 256U);
  EXPECT_EQ(facts.signature, "ecdsa-with-SHA256");
  EXPECT_EQ(facts.digest, "SHA256");
  EXPECT_FALSE(facts.is_authority);
  EXPECT_FALSE(facts.is_self_issued);
  EXPECT_THAT(facts.purposes.value(), ElementsAre("serverAuth", "clientAuth"));
  EXPECT_THAT(facts.key_usage.value(), testing::Contains("digitalSignature"));
  EXPECT_EQ(facts.authority_key_id, facts_of(root.get()).subject_key_id);
  EXPECT_LT(facts.not_before, facts.not_after);
  EXPECT_LE(facts.not_after - facts.not_before, std::chrono::hours(26));
}

TEST_F(ACertificate, HasTimesThatCanBeSubtractedWhateverItSays) {
  const auto certificate = leaf(true, true);
  ASSERT_EQ(ASN1_TIME_set_string(X509_getm_notBefore(certificate.get()), "15000101000000Z"), 1);
  ASSERT_EQ(ASN1_TIME_set_string(X509_getm_notAfter(certificate.get()), "99991231235959Z"), 1);
  const auto facts = facts_of(certificate.get());
  EXPECT_EQ(facts.not_before, WallTime());
  EXPECT_EQ(facts.not_after, WallTime(std::chrono::sys_days(std::chrono::year(2262) / 1 / 1)));
  EXPECT_GT(facts.not_after - facts.not_before, std::chrono::days(106'000));
}

TEST_F(ACertificate, OfAnAuthorityIsKnownAsOne) {
  const auto facts = facts_of(root.get());
  EXPECT_TRUE(facts.is_authority);
  EXPECT_TRUE(facts.is_self_issued);
}

TEST_F(ACertificate, IsVerifiedForItsPurpose) {
  VerifyOptions as_server, as_client;
  as_client.purpose = Purpose::client;
  EXPECT_THAT(verified(leaf(true, false).get(), authority.certificate_pem, as_server).errors, IsEmpty());
  const auto refused = verified(leaf(true, false).get(), authority.certificate_pem, as_client).errors;
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].code, X509_V_ERR_INVALID_PURPOSE);
  EXPECT_EQ(refused[0].depth, 0U);
}

TEST_F(ACertificate, ShowsEveryErrorAndNotTheFirstAlone) {
  VerifyOptions late;
  late.at = facts_of(root.get()).not_after + std::chrono::hours(1);
  late.purpose = Purpose::client;
  std::vector<std::int32_t> codes;
  for (const auto& error : verified(leaf(true, false).get(), authority.certificate_pem, late).errors) codes.push_back(error.code);
  EXPECT_THAT(codes, testing::IsSupersetOf({X509_V_ERR_INVALID_PURPOSE, X509_V_ERR_CERT_HAS_EXPIRED}));
}

TEST_F(ACertificate, OfAnUnknownAuthorityLacksItsIssuer) {
  const auto other = make_authority("Other Root", std::chrono::hours(48)).value();
  const auto result = verified(leaf(true, true).get(), other.certificate_pem, {});
  ASSERT_FALSE(result.errors.empty());
  EXPECT_EQ(result.errors[0].code, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
  EXPECT_EQ(result.errors[0].subject, "CN=pool01.example.com");
}

TEST_F(ACertificate, HasTheNamesOfItsSubjectAlternativeNamesOnly) {
  const auto has = [&](const std::string& name) {
    VerifyOptions options;
    options.name = name;
    return verified(leaf(true, true).get(), authority.certificate_pem, options).has_name;
  };
  EXPECT_TRUE(has("pool01.example.com"));
  EXPECT_TRUE(has("POOL01.example.com"));
  EXPECT_TRUE(has("a.example.org"));
  EXPECT_TRUE(has("10.137.2.11"));
  EXPECT_TRUE(has("2001:db8::11"));
  EXPECT_FALSE(has("a.b.example.org"));
  EXPECT_FALSE(has("example.org"));
  EXPECT_FALSE(has("10.137.2.12"));
  EXPECT_FALSE(has(""));
}

}  // namespace
}  // namespace hairpin::net

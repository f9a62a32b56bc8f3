// SPDX-License-Identifier: Apache-2.0
// Client certificates that are wrong in one thing alone, by the verdict of OpenSSL.
#include "net/tls/forgery.hpp"

#include <gmock/gmock.h>

#include "net/pki.hpp"
#include "net/tls/another_key.hpp"
#include "net/tls/verify.hpp"

namespace hairpin::net {
namespace {

using std::chrono::hours;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

class AForgery : public testing::Test {
 protected:
  /// The codes of what is wrong with a client's chain.
  std::vector<int> wrong_with(const Result<Identity>& forged) const {
    const auto chain = read_certificates(forged.value().certificate_pem, "forged").value();
    std::vector<X509*> sent;
    for (const auto& certificate : chain) sent.push_back(certificate.get());
    VerifyOptions options;
    options.purpose = Purpose::client;
    std::vector<int> codes;
    for (const auto& error : verify(sent, anchors, options).errors) codes.push_back(error.code);
    return codes;
  }
  static std::string subject_of(const Identity& identity) {
    return common_name(read_certificates(identity.certificate_pem, "it").value().front().get());
  }
  static Identity sound_client(const Identity& authority) {
    CertificateRequest request;
    request.common_name = "oc01";
    return issue(authority, request).value();
  }

  Identity authority = make_authority("Site Root", hours(48)).value();
  Identity sound = sound_client(authority);
  Anchors anchors = Anchors::read(authority.certificate_pem, "ca.pem").value();
};

TEST_F(AForgery, OfTheIssuerIsNotTrusted) {
  EXPECT_THAT(wrong_with(sound), IsEmpty());
  EXPECT_THAT(wrong_with(self_signed_copy(sound)), ElementsAre(X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT));
  EXPECT_THAT(wrong_with(stranger_copy(sound)), ElementsAre(X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN));
}

TEST_F(AForgery, OfTheIssuersNameHasTheWrongSignature) {
  const auto forged = namesake_copy(sound);
  EXPECT_THAT(wrong_with(forged), ElementsAre(X509_V_ERR_CERT_SIGNATURE_FAILURE));
  const auto chain = read_certificates(forged->certificate_pem, "forged").value();
  ASSERT_EQ(chain.size(), 2U);
  EXPECT_EQ(common_name(chain[1].get()), "Site Root");
  EXPECT_EQ(X509_NAME_cmp(X509_get_issuer_name(chain[0].get()), X509_get_subject_name(chain[1].get())), 0);
}

TEST_F(AForgery, IsForTheSameSubjectWithItsOwnKey) {
  for (const auto& forged : {self_signed_copy(sound), stranger_copy(sound), namesake_copy(sound), issued_copy(sound, authority, {})}) {
    ASSERT_TRUE(forged);
    EXPECT_EQ(subject_of(*forged), "oc01");
    EXPECT_NE(forged->key_pem, sound.key_pem);
    TlsClientSettings client;
    client.identity = *forged;
    EXPECT_TRUE(TlsContext::client(client)) << "key and certificate belong together";
  }
}

TEST_F(AForgery, ByTheTrueAuthorityIsWrongInWhatWasAskedForAlone) {
  EXPECT_THAT(wrong_with(issued_copy(sound, authority, {})), IsEmpty());
  EXPECT_THAT(wrong_with(issued_copy(sound, authority, {.for_clients = false})), ElementsAre(X509_V_ERR_INVALID_PURPOSE));
  EXPECT_THAT(wrong_with(issued_copy(sound, authority, {.from = hours(-48), .until = hours(-24)})), ElementsAre(X509_V_ERR_CERT_HAS_EXPIRED));
  EXPECT_THAT(wrong_with(issued_copy(sound, authority, {.from = hours(24), .until = hours(48)})), ElementsAre(X509_V_ERR_CERT_NOT_YET_VALID));
}

TEST_F(AForgery, HasAsManyIntermediatesAsWanted) {
  for (const std::uint32_t count : {1U, 3U, 10U}) {
    const auto forged = issued_copy(sound, authority, {.intermediates = count});
    EXPECT_EQ(read_certificates(forged->certificate_pem, "it")->size(), count + 2);
    // make_authority allows no intermediates; nothing else is wrong.
    EXPECT_THAT(wrong_with(forged), Each(X509_V_ERR_PATH_LENGTH_EXCEEDED));
  }
}

TEST_F(AForgery, ThatIsLongIsSoundAndLong) {
  const auto longer = long_copy(sound, 17'000);
  EXPECT_THAT(wrong_with(longer), IsEmpty());
  const auto chain = read_certificates(longer->certificate_pem, "long").value();
  std::size_t bytes = 0;
  for (const auto& certificate : chain) bytes += static_cast<std::size_t>(i2d_X509(certificate.get(), nullptr));
  EXPECT_GT(bytes, 17'000U);
  EXPECT_LT(bytes, 20'000U);
  EXPECT_EQ(longer->key_pem, sound.key_pem);
}

TEST_F(AForgery, LeavesTheIntermediatesOut) {
  EXPECT_FALSE(has_intermediates(sound));
  auto longer = sound;
  longer.certificate_pem += authority.certificate_pem;
  EXPECT_TRUE(has_intermediates(longer));
  const auto alone = leaf_alone(longer);
  ASSERT_TRUE(alone);
  EXPECT_FALSE(has_intermediates(*alone));
  EXPECT_EQ(subject_of(*alone), "oc01");
}

TEST_F(AForgery, OfTheKeyLooksLikeItAndSignsOtherwise) {
  for (EVP_PKEY* const made : {EVP_EC_gen("P-256"), EVP_RSA_gen(2048)}) {
    const Key key(made);
    const Certificate certificate(X509_new());
    ASSERT_EQ(X509_set_pubkey(certificate.get(), key.get()), 1);
    const auto other = another_key_for(certificate.get());
    ASSERT_TRUE(other);
    EXPECT_EQ(X509_check_private_key(certificate.get(), other->get()), 1);
    for (EVP_PKEY* const signer : {key.get(), other->get()}) {
      ASSERT_GT(X509_sign(certificate.get(), signer, EVP_sha256()), 0);
      EXPECT_EQ(X509_verify(certificate.get(), key.get()) == 1, signer == key.get());
    }
  }
}

TEST_F(AForgery, OfAnotherKindOfKeyIsNoneOfOurs) {
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const Certificate certificate(X509_new());
  ASSERT_EQ(X509_set_pubkey(certificate.get(), key.get()), 1);
  EXPECT_FALSE(another_key_for(certificate.get()));
}

}  // namespace
}  // namespace hairpin::net

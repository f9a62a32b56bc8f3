// SPDX-License-Identifier: Apache-2.0
// What proves a certificate beside its chain: revocation lists, OCSP responses, and the path that OpenSSL does not find.
#include <gmock/gmock.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>

#include "net/tls/openssl.hpp"
#include "net/tls/staple.hpp"
#include "net/tls/verify.hpp"

namespace hairpin::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Party {
  Certificate certificate;
  Key key;
};

Key new_key() { return Key(EVP_EC_gen("P-256")); }

void add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Handle<X509_EXTENSION, X509_EXTENSION_free> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  X509_add_ext(certificate, extension.get(), -1);
}

X509_NAME* named(X509_NAME* name, const char* text) {
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text), -1, -1, 0);
  return name;
}

/// A certificate for this key; self-signed where nobody issues it.
Certificate issued(const char* name, const Key& key, const Party* issuer, long serial, const char* usage = nullptr) {
  Certificate certificate(X509_new());
  auto* const native = certificate.get();
  X509_set_version(native, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(native), serial);
  named(X509_get_subject_name(native), name);
  X509_set_issuer_name(native, issuer ? X509_get_subject_name(issuer->certificate.get()) : X509_get_subject_name(native));
  X509_gmtime_adj(X509_getm_notBefore(native), -3600);
  X509_gmtime_adj(X509_getm_notAfter(native), 86'400);
  X509_set_pubkey(native, key.get());
  const bool is_leaf = std::string_view(name) == "leaf" || usage;
  add_extension(native, native, NID_basic_constraints, is_leaf ? "critical,CA:FALSE" : "critical,CA:TRUE");
  if (usage) add_extension(native, native, NID_ext_key_usage, usage);
  X509_sign(native, issuer ? issuer->key.get() : key.get(), EVP_sha256());
  return certificate;
}

Party party(const char* name, const Party* issuer, long serial, const char* usage = nullptr) {
  auto key = new_key();
  auto certificate = issued(name, key, issuer, serial, usage);
  return {std::move(certificate), std::move(key)};
}

std::string pem_of(const Certificate& certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate.get());
  char* bytes = nullptr;
  const auto count = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(count)};
}

using List = Handle<X509_CRL, X509_CRL_free>;

/// A list of this authority, of an hour ago, good for so many seconds from now, with one serial number.
List list_of(const Party& authority, long seconds, long serial) {
  List list(X509_CRL_new());
  X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(authority.certificate.get()));
  const Handle<ASN1_TIME, ASN1_TIME_free> last(X509_gmtime_adj(nullptr, -7200)), next(X509_gmtime_adj(nullptr, seconds));
  X509_CRL_set1_lastUpdate(list.get(), last.get());
  X509_CRL_set1_nextUpdate(list.get(), next.get());
  X509_REVOKED* const revoked = X509_REVOKED_new();
  const Handle<ASN1_INTEGER, ASN1_INTEGER_free> number(ASN1_INTEGER_new());
  ASN1_INTEGER_set(number.get(), serial);
  X509_REVOKED_set_serialNumber(revoked, number.get());
  X509_REVOKED_set_revocationDate(revoked, last.get());
  X509_CRL_add0_revoked(list.get(), revoked);
  X509_CRL_sort(list.get());
  X509_CRL_sign(list.get(), authority.key.get(), EVP_sha256());
  return list;
}

std::string text_of(const List& list, bool is_pem) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (is_pem)
    PEM_write_bio_X509_CRL(bio.get(), list.get());
  else
    i2d_X509_CRL_bio(bio.get(), list.get());
  char* bytes = nullptr;
  const auto count = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(count)};
}

class AProof : public testing::Test {
 protected:
  Party root = party("root", nullptr, 1);
  Party inter = party("inter", &root, 2);
  Party leaf = party("leaf", &inter, 3);
  Anchors anchors = Anchors::read(pem_of(root.certificate), "ca.pem").value();

  std::vector<std::int32_t> held_against_leaf(const std::string& lists) {
    EXPECT_TRUE(anchors.add_revocation_lists(lists, "crl.pem"));
    X509* const sent[] = {leaf.certificate.get(), inter.certificate.get()};
    std::vector<std::int32_t> codes;
    const auto told = revocation(sent, anchors, {}).value();
    for (const auto& error : told.errors) codes.push_back(error.code);
    EXPECT_THAT(verify(sent, anchors, {}).errors, IsEmpty()) << "what lists say is not the chain's fault";
    return codes;
  }
  std::string lists(long serial_of_inter, long seconds = 3600, long serial_of_root = 99) const {
    return text_of(list_of(inter, seconds, serial_of_inter), true) + text_of(list_of(root, 3600, serial_of_root), true);
  }
};

TEST_F(AProof, IsAListThatDoesNotNameTheCertificate) { EXPECT_THAT(held_against_leaf(lists(99)), IsEmpty()); }

TEST_F(AProof, IsBrokenByAListThatNamesTheLeaf) { EXPECT_THAT(held_against_leaf(lists(3)), ElementsAre(X509_V_ERR_CERT_REVOKED)); }

TEST_F(AProof, IsBrokenByAListThatNamesTheIntermediate) {
  EXPECT_THAT(held_against_leaf(lists(99, 3600, 2)), ElementsAre(X509_V_ERR_CERT_REVOKED));
}

TEST_F(AProof, IsNotGivenByAnOldListWhichStillNamesWhoIsRevoked) {
  EXPECT_THAT(held_against_leaf(lists(99, -60)), ElementsAre(X509_V_ERR_CRL_HAS_EXPIRED));
}

TEST_F(AProof, IsNotGivenByTheListOfAnother) {
  EXPECT_THAT(held_against_leaf(text_of(list_of(root, 3600, 99), false)), ElementsAre(X509_V_ERR_UNABLE_TO_GET_CRL)) << "DER, of the root alone";
}

TEST_F(AProof, IsNoListThatCannotBeRead) {
  const auto whole = text_of(list_of(inter, 3600, 3), true);
  const auto binary = text_of(list_of(inter, 3600, 3), false);
  for (const auto& text : {std::string(), std::string("junk"), pem_of(root.certificate), whole.substr(0, whole.size() / 2), whole + whole.substr(0, 200),
                           binary.substr(0, binary.size() - 1)}) {
    const auto added = anchors.add_revocation_lists(text, "crl.pem");
    ASSERT_FALSE(added) << text;
    EXPECT_THAT(describe(added.error()), HasSubstr("read crl.pem: it is no revocation list"));
  }
  X509* const sent[] = {leaf.certificate.get(), inter.certificate.get()};
  EXPECT_FALSE(revocation(sent, anchors, {}));
}

/// An OCSP response about `about`, issued by `issuer`, signed by `signer`.
std::string response(const Party& about, const Party& issuer, const Party& signer, int status, long next_seconds, const EVP_MD* naming = EVP_sha1()) {
  const Handle<OCSP_BASICRESP, OCSP_BASICRESP_free> basic(OCSP_BASICRESP_new());
  const Handle<ASN1_TIME, ASN1_TIME_free> last(X509_gmtime_adj(nullptr, -7200)), next(X509_gmtime_adj(nullptr, next_seconds));
  const Handle<OCSP_CERTID, OCSP_CERTID_free> id(OCSP_cert_to_id(naming, about.certificate.get(), issuer.certificate.get()));
  OCSP_basic_add1_status(basic.get(), id.get(), status, 0, status == V_OCSP_CERTSTATUS_REVOKED ? last.get() : nullptr, last.get(), next.get());
  OCSP_basic_sign(basic.get(), signer.certificate.get(), signer.key.get(), EVP_sha256(), nullptr, 0);
  const Handle<OCSP_RESPONSE, OCSP_RESPONSE_free> whole(OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
  unsigned char* bytes = nullptr;
  const auto size = i2d_OCSP_RESPONSE(whole.get(), &bytes);
  std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return text;
}

class AStaple : public AProof {
 protected:
  Staple read(const std::string& der, bool is_inter_sent = true) const {
    std::vector<X509*> sent{leaf.certificate.get()};
    if (is_inter_sent) sent.push_back(inter.certificate.get());
    return staple_of(std::span(reinterpret_cast<const unsigned char*>(der.data()), der.size()), sent, &anchors);
  }
};

TEST_F(AStaple, OfTheIssuerIsGood) {
  for (const auto* naming : {EVP_sha1(), EVP_sha256()}) {
    const auto staple = read(response(leaf, inter, inter, V_OCSP_CERTSTATUS_GOOD, 3600, naming));
    EXPECT_EQ(staple.response, "successful");
    EXPECT_EQ(staple.status, StapleStatus::good);
    EXPECT_TRUE(staple.is_signed) << staple.error;
    EXPECT_EQ(staple.responder, "CN=inter");
    ASSERT_TRUE(staple.next_update);
    EXPECT_EQ(*staple.next_update - staple.this_update, std::chrono::hours(3));
  }
}

TEST_F(AStaple, SaysWhatItSays) {
  EXPECT_EQ(read(response(leaf, inter, inter, V_OCSP_CERTSTATUS_REVOKED, 3600)).status, StapleStatus::revoked);
  EXPECT_EQ(read(response(leaf, inter, inter, V_OCSP_CERTSTATUS_UNKNOWN, 3600)).status, StapleStatus::unknown);
  EXPECT_EQ(read(response(inter, root, inter, V_OCSP_CERTSTATUS_GOOD, 3600)).status, StapleStatus::not_told) << "another certificate's";
}

TEST_F(AStaple, OfAResponderThatTheIssuerNamedIsSigned) {
  const auto named_one = party("responder", &inter, 4, "OCSPSigning");
  const auto staple = read(response(leaf, inter, named_one, V_OCSP_CERTSTATUS_GOOD, 3600));
  EXPECT_TRUE(staple.is_signed) << staple.error;
  EXPECT_EQ(staple.responder, "CN=responder");
}

TEST_F(AStaple, OfAnybodyElseIsNotSigned) {
  const auto of_another_use = party("server", &inter, 5, "serverAuth");
  const auto of_the_root = party("responder", &root, 6, "OCSPSigning");
  const auto stranger = party("stranger", nullptr, 7);
  for (const Party* signer : std::initializer_list<const Party*>{&of_another_use, &of_the_root, &stranger, &leaf}) {
    const auto staple = read(response(leaf, inter, *signer, V_OCSP_CERTSTATUS_GOOD, 3600));
    EXPECT_FALSE(staple.is_signed);
    EXPECT_TRUE(staple.has_issuer);
    EXPECT_NE(staple.error, "");
  }
}

TEST_F(AStaple, WithoutIssuerCannotBeLookedAt) {
  const auto staple = read(response(leaf, inter, inter, V_OCSP_CERTSTATUS_GOOD, 3600), false);
  EXPECT_FALSE(staple.has_issuer);
  EXPECT_FALSE(staple.is_signed);
}

TEST_F(AStaple, ThatIsNoneIsUnreadable) {
  EXPECT_EQ(read("junk").response, "unreadable");
  const auto whole = response(leaf, inter, inter, V_OCSP_CERTSTATUS_GOOD, 3600);
  for (std::size_t size = 0; size < whole.size(); size += 7) EXPECT_FALSE(read(whole.substr(0, size)).is_signed);
}

TEST_F(AProof, IsAPathThatOpensslDoesNotFind) {
  const auto stranger = party("stranger", nullptr, 8);
  const auto crossed = issued("inter", inter.key, &stranger, 9);
  X509* const astray[] = {leaf.certificate.get(), crossed.get(), inter.certificate.get()};
  const auto result = verify(astray, anchors, {});
  EXPECT_FALSE(result.errors.empty());
  EXPECT_THAT(result.other_path, ElementsAre("CN=leaf", "CN=inter", "CN=root"));
  EXPECT_EQ(result.led_astray_by, "CN=inter, issued by CN=stranger");
  X509* const in_order[] = {leaf.certificate.get(), inter.certificate.get(), crossed.get()};
  EXPECT_THAT(verify(in_order, anchors, {}).errors, IsEmpty());
  X509* const lost[] = {leaf.certificate.get(), crossed.get(), stranger.certificate.get()};
  EXPECT_THAT(verify(lost, anchors, {}).other_path, IsEmpty());
}

}  // namespace
}  // namespace hairpin::net

// SPDX-License-Identifier: Apache-2.0
#include "net/tls/forgery.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "net/pki.hpp"
#include "net/tls/another_key.hpp"
#include "net/tls/openssl.hpp"

namespace hairpin::net {
namespace {

using KeyContext = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Usages = Handle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;
using Constraints = Handle<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free>;
using Text = Handle<ASN1_IA5STRING, ASN1_IA5STRING_free>;
using Name = Handle<X509_NAME, X509_NAME_free>;

constexpr std::chrono::hours kLifetime{24};

/// Certificates in the making, leaf first, and the key of the leaf.
struct Chain {
  std::vector<Certificate> certificates;
  Key key;
};

/// Who signs: a name and a key.
struct Signer {
  const X509_NAME* name = nullptr;
  EVP_PKEY* key = nullptr;
};

Result<Identity> to_pem(const Chain& chain) {
  const Bio certificates(BIO_new(BIO_s_mem())), key(BIO_new(BIO_s_mem()));
  bool is_written = certificates && key && PEM_write_bio_PrivateKey(key.get(), chain.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  for (const auto& certificate : chain.certificates)
    is_written = is_written && PEM_write_bio_X509(certificates.get(), certificate.get()) == 1;
  if (!is_written) return openssl_error("write a certificate");
  const auto text_of = [](const Bio& bio) {
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &bytes);
    return std::string(bytes, static_cast<std::size_t>(size));
  };
  return Identity{text_of(certificates), text_of(key)};
}

Result<Key> key_like(EVP_PKEY* other) {
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, other, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 || EVP_PKEY_keygen(context.get(), &key) != 1)
    return openssl_error("make a key of the client certificate's kind");
  return Key(key);
}

/// Keys of the newer kinds sign without a digest of our choice.
bool sign(X509* certificate, EVP_PKEY* key) {
  const int kind = EVP_PKEY_get_base_id(key);
  const bool wants_digest = kind == EVP_PKEY_RSA || kind == EVP_PKEY_EC || kind == EVP_PKEY_RSA_PSS;
  return X509_sign(certificate, key, wants_digest ? EVP_sha256() : nullptr) > 0;
}

void drop(X509* certificate, int extension) {
  const int at = X509_get_ext_by_NID(certificate, extension, -1);
  if (at >= 0) X509_EXTENSION_free(X509_delete_ext(certificate, at));
}

Result<Certificate> leaf_of(const Identity& sound) {
  auto chain = read_certificates(sound.certificate_pem, "the client certificate");
  if (!chain) return chain.error();
  return std::move(chain->front());
}

/// The copy with its new key, not signed yet. The old authority's key is no longer named, unless `keeps_issuer`.
Result<Chain> begin_copy(const Identity& sound, bool keeps_issuer) {
  ERR_clear_error();
  auto leaf = leaf_of(sound);
  if (!leaf) return leaf.error();
  auto key = key_like(X509_get0_pubkey(leaf->get()));
  if (!key) return key.error();
  if (X509_set_pubkey(leaf->get(), key->get()) != 1) return openssl_error("copy the client certificate");
  drop(leaf->get(), NID_subject_key_identifier);
  if (!keeps_issuer) drop(leaf->get(), NID_authority_key_identifier);
  Chain chain;
  chain.certificates.push_back(std::move(*leaf));
  chain.key = std::move(*key);
  return chain;
}

Result<> sign_copy(Chain& chain, const Signer& signer) {
  auto* const leaf = chain.certificates.front().get();
  if (X509_set_issuer_name(leaf, signer.name) == 1 && sign(leaf, signer.key)) return {};
  return openssl_error("sign a copy of the client certificate");
}

struct Authority {
  Certificate certificate;
  Key key;
};

/// With that name; signed by itself without a signer.
Result<Authority> authority_named(const X509_NAME* name, const Signer* signer = nullptr) {
  const auto made = make_authority("hairpin", kLifetime);
  if (!made) return made.error();
  auto certificates = read_certificates(made->certificate_pem, "an authority");
  auto key = read_key(made->key_pem, "an authority");
  if (!certificates || !key) return openssl_error("make an authority");
  Authority authority{std::move(certificates->front()), std::move(*key)};
  auto* const certificate = authority.certificate.get();
  const Constraints constraints(BASIC_CONSTRAINTS_new());
  if (!constraints) return openssl_error("make an authority");
  constraints->ca = 1;  // and no limit to what lies below
  const bool is_named = X509_set_subject_name(certificate, name) == 1 &&
                        X509_set_issuer_name(certificate, signer ? signer->name : name) == 1 &&
                        X509_add1_ext_i2d(certificate, NID_basic_constraints, constraints.get(), 1, X509V3_ADD_REPLACE) == 1;
  if (!is_named || !sign(certificate, signer ? signer->key : authority.key.get())) return openssl_error("make an authority");
  return authority;
}

Name name_with(const std::string& common_name) {
  Name name(X509_NAME_new());
  const auto* const text = reinterpret_cast<const unsigned char*>(common_name.data());
  if (name && X509_NAME_add_entry_by_NID(name.get(), NID_commonName, MBSTRING_UTF8, text, static_cast<int>(common_name.size()), -1, 0) != 1)
    name.reset();
  return name;
}

Result<Identity> copy_of(const Identity& sound, const X509_NAME* authority_name, bool keeps_issuer) {
  const auto authority = authority_named(authority_name);
  if (!authority) return authority.error();
  auto chain = begin_copy(sound, keeps_issuer);
  if (!chain) return chain.error();
  const Signer signer{X509_get_subject_name(authority->certificate.get()), authority->key.get()};
  if (const auto is_signed = sign_copy(*chain, signer); !is_signed) return is_signed.error();
  X509_up_ref(authority->certificate.get());
  chain->certificates.emplace_back(authority->certificate.get());
  return to_pem(*chain);
}

/// Signed by itself, filled up with a comment.
Result<Certificate> filler(std::size_t bytes) {
  const auto name = name_with("hairpin filler");
  auto authority = authority_named(name.get());
  if (!authority) return authority.error();
  auto* const certificate = authority->certificate.get();
  const std::string comment(bytes, 'x');
  const Text text(ASN1_IA5STRING_new());
  const bool is_full = text && ASN1_STRING_set(text.get(), comment.data(), static_cast<int>(comment.size())) == 1 &&
                       X509_add1_ext_i2d(certificate, NID_netscape_comment, text.get(), 0, X509V3_ADD_REPLACE) == 1;
  if (!is_full || !sign(certificate, authority->key.get())) return openssl_error("make a long certificate");
  return std::move(authority->certificate);
}

bool set_usage(X509* certificate, bool for_clients) {
  const Usages usages(EXTENDED_KEY_USAGE_new());
  if (!usages || sk_ASN1_OBJECT_push(usages.get(), OBJ_nid2obj(for_clients ? NID_client_auth : NID_server_auth)) == 0) return false;
  return X509_add1_ext_i2d(certificate, NID_ext_key_usage, usages.get(), 0, X509V3_ADD_REPLACE) == 1;
}

bool set_time(X509* certificate, const Issuance& issuance) {
  const std::chrono::seconds from = issuance.from, until = issuance.until;
  return X509_gmtime_adj(X509_getm_notBefore(certificate), from.count()) && X509_gmtime_adj(X509_getm_notAfter(certificate), until.count());
}

}  // namespace

Result<Identity> self_signed_copy(const Identity& sound) {
  auto chain = begin_copy(sound, false);
  if (!chain) return chain.error();
  const Signer itself{X509_get_subject_name(chain->certificates.front().get()), chain->key.get()};
  if (const auto is_signed = sign_copy(*chain, itself); !is_signed) return is_signed.error();
  return to_pem(*chain);
}

Result<Identity> stranger_copy(const Identity& sound) {
  const auto name = name_with("hairpin stranger");
  return copy_of(sound, name.get(), false);
}

Result<Identity> namesake_copy(const Identity& sound) {
  const auto leaf = leaf_of(sound);
  if (!leaf) return leaf.error();
  return copy_of(sound, X509_get_issuer_name(leaf->get()), true);
}

Result<Identity> long_copy(const Identity& sound, std::size_t bytes) {
  constexpr std::size_t kMostInOne = 10'000;
  auto longer = sound;
  for (std::size_t done = 0; done < bytes; done += kMostInOne) {
    auto certificate = filler(std::min(kMostInOne, bytes - done));
    if (!certificate) return certificate.error();
    const Bio text(BIO_new(BIO_s_mem()));
    if (!text || PEM_write_bio_X509(text.get(), certificate->get()) != 1) return openssl_error("write a long certificate");
    char* characters = nullptr;
    const auto size = BIO_get_mem_data(text.get(), &characters);
    longer.certificate_pem.append(characters, static_cast<std::size_t>(size));
  }
  return longer;
}

Result<Identity> leaf_alone(const Identity& sound) {
  auto leaf = leaf_of(sound);
  auto key = read_key(sound.key_pem, "the client certificate's key");
  if (!leaf) return leaf.error();
  if (!key) return key.error();
  Chain chain;
  chain.certificates.push_back(std::move(*leaf));
  chain.key = std::move(*key);
  return to_pem(chain);
}

bool can_sign_with_another_key(const Identity& sound) {
  const auto leaf = leaf_of(sound);
  return leaf && another_key_for(leaf->get());
}

bool has_intermediates(const Identity& sound) {
  const auto chain = read_certificates(sound.certificate_pem, "the client certificate");
  return chain && chain->size() > 1;
}

Result<Identity> issued_copy(const Identity& sound, const Identity& authority, const Issuance& issuance) {
  auto above = read_certificates(authority.certificate_pem, "the issuing authority");
  if (!above) return above.error();
  auto key = read_key(authority.key_pem, "the issuing authority's key");
  if (!key) return key.error();
  std::vector<Authority> between;
  Signer signer{X509_get_subject_name(above->front().get()), key->get()};
  for (std::uint32_t i = 0; i < issuance.intermediates; ++i) {
    const auto name = name_with(fmt::format("hairpin intermediate {}", i + 1));
    auto made = authority_named(name.get(), &signer);
    if (!made) return made.error();
    between.push_back(std::move(*made));
    signer = {X509_get_subject_name(between.back().certificate.get()), between.back().key.get()};
  }
  auto chain = begin_copy(sound, false);
  if (!chain) return chain.error();
  auto* const leaf = chain->certificates.front().get();
  if (!set_usage(leaf, issuance.for_clients) || !set_time(leaf, issuance)) return openssl_error("issue a copy of the client certificate");
  if (const auto is_signed = sign_copy(*chain, signer); !is_signed) return is_signed.error();
  for (auto it = between.rbegin(); it != between.rend(); ++it) chain->certificates.push_back(std::move(it->certificate));
  for (auto& certificate : *above) chain->certificates.push_back(std::move(certificate));
  return to_pem(*chain);
}

}  // namespace hairpin::net

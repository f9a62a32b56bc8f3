// SPDX-License-Identifier: Apache-2.0
#include "net/tls/signatures.hpp"

#include <fmt/format.h>
#include <openssl/err.h>

#include "net/tls/certificate.hpp"
#include "net/tls/openssl.hpp"

namespace hairpin::net {
namespace {

/// Empty for what OpenSSL does not know.
std::string words_for(int key, int digest) {
  std::string kind;
  switch (key) {
    case EVP_PKEY_RSA: kind = "RSA"; break;
    case EVP_PKEY_RSA_PSS: kind = "RSA-PSS"; break;
    case EVP_PKEY_EC: kind = "ECDSA"; break;
    case EVP_PKEY_DSA: kind = "DSA"; break;
    case EVP_PKEY_ED25519: return "Ed25519";
    case EVP_PKEY_ED448: return "Ed448";
    default: return {};
  }
  return digest == NID_undef ? std::string() : kind + "+" + OBJ_nid2sn(digest);
}

std::string signature_of(X509* certificate) {
  int digest = NID_undef, key = NID_undef;
  if (X509_get_signature_info(certificate, &digest, &key, nullptr, nullptr) != 1) return {};
  return words_for(key, digest);
}

bool is_root(X509* certificate) {
  return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
}

void record_own(SSL* ssl, TlsDetails& details) {
  auto* const leaf = SSL_get_certificate(ssl);
  if (!leaf) return;
  details.own_key = kind_of(X509_get0_pubkey(leaf));
  details.own_signatures = {signature_of(leaf)};
  STACK_OF(X509)* chain = nullptr;
  SSL_get0_chain_certs(ssl, &chain);
  for (int i = 0; chain && i < sk_X509_num(chain); ++i)
    if (!is_root(sk_X509_value(chain, i))) details.own_signatures.push_back(signature_of(sk_X509_value(chain, i)));
}

}  // namespace

void record_asked_signatures(SSL* ssl, TlsDetails& details) {
  details.asked_signatures.clear();
  const int count = SSL_get_sigalgs(ssl, -1, nullptr, nullptr, nullptr, nullptr, nullptr);
  for (int i = 0; i < count; ++i) {
    int key = NID_undef, digest = NID_undef;
    unsigned char signature_byte = 0, digest_byte = 0;
    SSL_get_sigalgs(ssl, i, &key, &digest, nullptr, &signature_byte, &digest_byte);
    const auto words = words_for(key, digest);
    details.asked_signatures.push_back(words.empty() ? fmt::format("0x{:02x}{:02x}", digest_byte, signature_byte) : words);
  }
  record_own(ssl, details);
  ERR_clear_error();
}

std::string server_signature(SSL* ssl) {
  int key = NID_undef, digest = NID_undef;
  if (SSL_get_peer_signature_type_nid(ssl, &key) != 1) return {};
  SSL_get_peer_signature_nid(ssl, &digest);
  return words_for(key, digest);
}

}  // namespace hairpin::net

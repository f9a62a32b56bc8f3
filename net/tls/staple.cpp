// SPDX-License-Identifier: Apache-2.0
#include "net/tls/staple.hpp"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include <algorithm>

#include "net/tls/certificate.hpp"
#include "net/tls/openssl.hpp"
#include "net/tls/verify.hpp"

namespace hairpin::net {
namespace {

using Response = Handle<OCSP_RESPONSE, OCSP_RESPONSE_free>;
using Basic = Handle<OCSP_BASICRESP, OCSP_BASICRESP_free>;
using CertificateId = Handle<OCSP_CERTID, OCSP_CERTID_free>;
using Store = Handle<X509_STORE, X509_STORE_free>;
using Context = Handle<X509_STORE_CTX, X509_STORE_CTX_free>;

void free_names_only(STACK_OF(X509)* stack) { sk_X509_free(stack); }
using Borrowed = Handle<STACK_OF(X509), free_names_only>;

Certificate issuer_of(std::span<X509* const> chain, const Anchors* anchors) {
  auto* const leaf = chain.front();
  const auto is_issuer = [&](X509* other) { return X509_check_issued(other, leaf) == X509_V_OK; };
  const auto sent = std::find_if(chain.begin() + 1, chain.end(), is_issuer);
  if (sent != chain.end()) {
    X509_up_ref(*sent);
    return Certificate(*sent);
  }
  const Context context(X509_STORE_CTX_new());
  X509* issuer = nullptr;
  const bool is_ready = anchors && context && X509_STORE_CTX_init(context.get(), anchors->native(), leaf, nullptr) == 1;
  if (is_ready) X509_STORE_CTX_get1_issuer(&issuer, context.get(), leaf);
  return Certificate(issuer);
}

/// The answer about this leaf among those that the response has: the hash that names it is the responder's choice.
OCSP_SINGLERESP* single_about(X509* leaf, X509* issuer, OCSP_BASICRESP* basic) {
  for (int i = 0; i < OCSP_resp_count(basic); ++i) {
    auto* const single = OCSP_resp_get0(basic, i);
    auto* const named = const_cast<OCSP_CERTID*>(OCSP_SINGLERESP_get0_id(single));
    ASN1_OBJECT* digest = nullptr;
    OCSP_id_get0_info(nullptr, &digest, nullptr, nullptr, named);
    const auto* const kind = EVP_get_digestbyobj(digest);
    const CertificateId ours(kind ? OCSP_cert_to_id(kind, leaf, issuer) : nullptr);
    if (ours && OCSP_id_cmp(ours.get(), named) == 0) return single;
  }
  return nullptr;
}

StapleStatus status_of(int status) {
  if (status == V_OCSP_CERTSTATUS_GOOD) return StapleStatus::good;
  return status == V_OCSP_CERTSTATUS_REVOKED ? StapleStatus::revoked : StapleStatus::unknown;
}

void read_single(OCSP_SINGLERESP* single, Staple& staple) {
  ASN1_GENERALIZEDTIME *this_update = nullptr, *next_update = nullptr;
  staple.status = status_of(OCSP_single_get0_status(single, nullptr, nullptr, &this_update, &next_update));
  staple.this_update = wall_time(this_update);
  if (next_update) staple.next_update = wall_time(next_update);
}

/// With the issuer as the only one who is trusted: no other authority may answer for it.
void look_at_signature(OCSP_BASICRESP* basic, X509* issuer, Staple& staple) {
  const Store store(X509_STORE_new());
  const Borrowed helpers(sk_X509_new_null());
  if (!store || !helpers || X509_STORE_add_cert(store.get(), issuer) != 1) return;
  sk_X509_push(helpers.get(), issuer);
  ERR_clear_error();
  X509* signer = nullptr;
  if (OCSP_resp_get0_signer(basic, &signer, helpers.get()) == 1) staple.responder = name_text(X509_get_subject_name(signer));
  ERR_clear_error();
  staple.is_signed = OCSP_basic_verify(basic, helpers.get(), store.get(), OCSP_PARTIAL_CHAIN | OCSP_NOEXPLICIT) == 1;
  if (!staple.is_signed) staple.error = take_openssl_error();
}

}  // namespace

Staple staple_of(std::span<const unsigned char> der, std::span<X509* const> chain, const Anchors* anchors) {
  Staple staple;
  ERR_clear_error();
  const auto* bytes = der.data();
  const Response response(d2i_OCSP_RESPONSE(nullptr, &bytes, static_cast<long>(der.size())));
  if (response) staple.response = OCSP_response_status_str(OCSP_response_status(response.get()));
  const Basic basic(response ? OCSP_response_get1_basic(response.get()) : nullptr);
  const auto issuer = chain.empty() ? Certificate() : issuer_of(chain, anchors);
  staple.has_issuer = issuer != nullptr;
  if (basic && issuer) {
    if (auto* const single = single_about(chain.front(), issuer.get(), basic.get())) read_single(single, staple);
    look_at_signature(basic.get(), issuer.get(), staple);
  }
  ERR_clear_error();
  return staple;
}

}  // namespace hairpin::net

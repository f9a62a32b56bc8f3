// SPDX-License-Identifier: Apache-2.0
#include "net/tls/another_key.hpp"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

namespace hairpin::net {
namespace {

using Number = Handle<BIGNUM, BN_free>;
using Builder = Handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Parameters = Handle<OSSL_PARAM, OSSL_PARAM_free>;
using KeyContext = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

/// `secret` goes beside what the public key has.
Key with_secret(EVP_PKEY* public_key, const char* name, const BIGNUM* secret) {
  OSSL_PARAM* exported = nullptr;
  if (EVP_PKEY_todata(public_key, EVP_PKEY_PUBLIC_KEY, &exported) != 1) return {};
  const Parameters ours(exported);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), name, secret) != 1) return {};
  const Parameters more(OSSL_PARAM_BLD_to_param(builder.get()));
  const Parameters all(OSSL_PARAM_merge(ours.get(), more.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, public_key, nullptr));
  EVP_PKEY* key = nullptr;
  if (!all || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, all.get()) != 1)
    return {};
  return Key(key);
}

/// Any number will do: it has to be none that fits.
Number any_secret() {
  constexpr int kBits = 200;  // below the order of every curve and modulus in use
  Number secret(BN_new());
  if (secret && BN_priv_rand(secret.get(), kBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD) != 1) secret.reset();
  return secret;
}

}  // namespace

Result<Key> another_key_for(X509* certificate) {
  ERR_clear_error();
  auto* const public_key = X509_get0_pubkey(certificate);
  const auto secret = any_secret();
  const int kind = public_key ? EVP_PKEY_get_base_id(public_key) : EVP_PKEY_NONE;
  if (kind != EVP_PKEY_RSA && kind != EVP_PKEY_EC) return refusal("sign with another key than the certificate's: it is neither RSA nor EC");
  Key key;
  if (secret) key = with_secret(public_key, kind == EVP_PKEY_RSA ? OSSL_PKEY_PARAM_RSA_D : OSSL_PKEY_PARAM_PRIV_KEY, secret.get());
  if (!key) return openssl_error("make another key that looks like the certificate's");
  return key;
}

}  // namespace hairpin::net

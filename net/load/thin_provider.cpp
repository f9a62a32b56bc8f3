// SPDX-License-Identifier: Apache-2.0
#include "net/load/thin_provider.hpp"

#include <openssl/core_dispatch.h>
#include <openssl/crypto.h>
#include <openssl/provider.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "base/handle.hpp"

namespace hairpin::net {
namespace {

using Library = Handle<OSSL_LIB_CTX, OSSL_LIB_CTX_free>;
constexpr const char* kName = "hairpin-thin";
// Those of certificates, of the key exchange, and of the MACs of TLS 1.2's CBC. The KDFs of TLS are no key types.
constexpr std::array<std::string_view, 6> kKeyTypes{"RSA", "RSA-PSS", "EC", "X25519", "ED25519", "HMAC"};
constexpr std::array<std::string_view, 4> kDecoded{"RSA", "RSA-PSS", "EC", "ED25519"};

/// The default provider in a library context of its own, which does the work.
struct Whole {
  Library library;
  OSSL_PROVIDER* provider = nullptr;
  std::vector<OSSL_ALGORITHM> key_types, decoders;
};

Whole& whole() {
  static Whole instance;
  return instance;
}

/// "RSA:rsaEncryption:1.2.840.113549.1.1.1" is RSA.
bool is_one_of(const OSSL_ALGORITHM& algorithm, std::span<const std::string_view> names) {
  const std::string_view all(algorithm.algorithm_names);
  return std::find(names.begin(), names.end(), all.substr(0, all.find(':'))) != names.end();
}

/// Public keys as certificates have them.
bool is_decoder_of_certificates(const OSSL_ALGORITHM& algorithm) {
  const std::string_view properties(algorithm.property_definition);
  return is_one_of(algorithm, kDecoded) && properties.find("input=der") != std::string_view::npos &&
         properties.find("structure=SubjectPublicKeyInfo") != std::string_view::npos;
}

template <class Keeps>
std::vector<OSSL_ALGORITHM> thinned(const OSSL_ALGORITHM* all, Keeps keeps) {
  std::vector<OSSL_ALGORITHM> kept;
  for (; all && all->algorithm_names; ++all)
    if (keeps(*all)) kept.push_back(*all);
  kept.push_back({nullptr, nullptr, nullptr, nullptr});
  return kept;
}

const OSSL_ALGORITHM* query(void*, int operation, int* is_not_to_be_kept) {
  if (operation == OSSL_OP_KEYMGMT || operation == OSSL_OP_DECODER) {
    *is_not_to_be_kept = 0;
    return operation == OSSL_OP_KEYMGMT ? whole().key_types.data() : whole().decoders.data();
  }
  if (operation == OSSL_OP_ENCODER || operation == OSSL_OP_STORE) return nullptr;
  return OSSL_PROVIDER_query_operation(whole().provider, operation, is_not_to_be_kept);
}

int capabilities(void*, const char* capability, OSSL_CALLBACK* callback, void* argument) {
  return OSSL_PROVIDER_get_capabilities(whole().provider, capability, callback, argument);
}

template <class Function>
OSSL_DISPATCH entry(int id, Function* function) {
  return {id, reinterpret_cast<void (*)()>(function)};
}

bool make_whole() {
  auto& all = whole();
  all.library.reset(OSSL_LIB_CTX_new());
  if (all.library) all.provider = OSSL_PROVIDER_load(all.library.get(), "default");
  if (!all.provider) return false;
  int unused = 0;
  all.key_types = thinned(OSSL_PROVIDER_query_operation(all.provider, OSSL_OP_KEYMGMT, &unused),
                          [](const OSSL_ALGORITHM& each) { return is_one_of(each, kKeyTypes); });
  all.decoders = thinned(OSSL_PROVIDER_query_operation(all.provider, OSSL_OP_DECODER, &unused), is_decoder_of_certificates);
  return true;
}

int initialise(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** functions, void** context) {
  static const std::array table{entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query),
                                entry(OSSL_FUNC_PROVIDER_GET_CAPABILITIES, capabilities), OSSL_DISPATCH{0, nullptr}};
  *functions = table.data();
  *context = OSSL_PROVIDER_get0_provider_ctx(whole().provider);  // what its algorithms expect to be given
  return 1;
}

Library make_thin() {
  if (!make_whole()) return {};
  Library thin(OSSL_LIB_CTX_new());
  if (!thin || OSSL_PROVIDER_add_builtin(thin.get(), kName, initialise) != 1) return {};
  if (!OSSL_PROVIDER_load(thin.get(), kName)) return {};
  return thin;
}

}  // namespace

OSSL_LIB_CTX* thin_library() {
  static const auto thin = make_thin().release();  // as long as the process: threads may still use it at its end
  return thin;
}

}  // namespace hairpin::net

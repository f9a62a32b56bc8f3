// SPDX-License-Identifier: Apache-2.0
#include "net/load_proof.hpp"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <string>

namespace hairpin::net {
namespace {

LoadKey key_of_the_paper() {
  LoadKey key;
  for (std::size_t i = 0; i < key.bytes.size(); ++i) key.bytes[i] = static_cast<std::uint8_t>(i);
  return key;
}

std::uint64_t by_openssl(const LoadKey& key, const std::string& bytes) {
  EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "SIPHASH", nullptr);
  EVP_MAC_CTX* const context = EVP_MAC_CTX_new(mac);
  std::size_t size = 8;
  const OSSL_PARAM params[]{OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size), OSSL_PARAM_construct_end()};
  std::array<unsigned char, 8> out{};
  EXPECT_EQ(EVP_MAC_init(context, key.bytes.data(), key.bytes.size(), params), 1);
  EXPECT_EQ(EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()), 1);
  EXPECT_EQ(EVP_MAC_final(context, out.data(), &size, out.size()), 1);
  EVP_MAC_CTX_free(context);
  EVP_MAC_free(mac);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < out.size(); ++i) value |= static_cast<std::uint64_t>(out[i]) << (8 * i);
  return value;
}

TEST(SipHash, HasTheValueOfThePaper) {
  std::string bytes;
  for (char i = 0; i < 15; ++i) bytes += i;
  EXPECT_EQ(siphash(key_of_the_paper(), bytes), 0xa129ca6149be45e5U);
}

TEST(SipHash, IsThatOfOpenSsl) {
  auto key = key_of_the_paper();
  std::string bytes;
  for (int i = 0; i < 64; ++i) {
    EXPECT_EQ(siphash(key, bytes), by_openssl(key, bytes)) << i;
    bytes += static_cast<char>(37 * i + 200);
    key.bytes[static_cast<std::size_t>(i) % key.bytes.size()] ^= static_cast<std::uint8_t>(0xa5 + i);
  }
}

TEST(LoadProof, NeedsTheKeyAndTheNonce) {
  constexpr Nonce kNonce{'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
  auto other_nonce = kNonce;
  other_nonce.back() = 'e';
  auto other_key = key_of_the_paper();
  other_key.bytes.back() ^= 1;
  const auto proof = load_proof(key_of_the_paper(), kNonce);
  EXPECT_EQ(proof, load_proof(key_of_the_paper(), kNonce));
  EXPECT_NE(proof, kNonce);
  EXPECT_NE(proof, load_proof(other_key, kNonce));
  EXPECT_NE(proof, load_proof(key_of_the_paper(), other_nonce));
}

TEST(LoadKey, IsThirtyTwoDigits) {
  EXPECT_EQ(parse_load_key("000102030405060708090a0b0c0d0e0f"), key_of_the_paper());
  for (const auto* const bad : {"", "000102030405060708090a0b0c0d0e0", "000102030405060708090a0b0c0d0e0f0", "g00102030405060708090a0b0c0d0e0f"})
    EXPECT_FALSE(parse_load_key(bad)) << bad;
}

}  // namespace
}  // namespace hairpin::net

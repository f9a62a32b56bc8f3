// SPDX-License-Identifier: Apache-2.0
#include "net/load_proof.hpp"

#include <bit>
#include <cstddef>

namespace hairpin::net {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

/// Little-endian, up to eight bytes.
template <class Bytes>
std::uint64_t word(const Bytes& bytes, std::size_t from, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[from + i])) << (8 * i);
  return value;
}

class SipState {
 public:
  explicit SipState(const LoadKey& key) {
    const auto first = word(key.bytes, 0, 8), second = word(key.bytes, 8, 8);
    v0_ ^= first;
    v1_ ^= second;
    v2_ ^= first;
    v3_ ^= second;
  }
  void put(std::uint64_t value) {
    v3_ ^= value;
    rounds(2);
    v0_ ^= value;
  }
  std::uint64_t end() {
    v2_ ^= 0xff;
    rounds(4);
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  void rounds(int count) {
    for (; count > 0; --count) {
      v0_ += v1_, v2_ += v3_;
      v1_ = std::rotl(v1_, 13) ^ v0_, v3_ = std::rotl(v3_, 16) ^ v2_;
      v0_ = std::rotl(v0_, 32);
      v2_ += v1_, v0_ += v3_;
      v1_ = std::rotl(v1_, 17) ^ v2_, v3_ = std::rotl(v3_, 21) ^ v0_;
      v2_ = std::rotl(v2_, 32);
    }
  }
  // "somepseudorandomlygeneratedbytes"
  std::uint64_t v0_ = 0x736f6d6570736575U, v1_ = 0x646f72616e646f6dU, v2_ = 0x6c7967656e657261U, v3_ = 0x7465646279746573U;
};

}  // namespace

std::optional<LoadKey> parse_load_key(std::string_view text) {
  LoadKey key;
  if (!parse_hex(text, key.bytes.data(), key.bytes.size())) return {};
  return key;
}

std::uint64_t siphash(const LoadKey& key, std::string_view bytes) {
  SipState state(key);
  const auto whole = bytes.size() / 8 * 8;
  for (std::size_t at = 0; at < whole; at += 8) state.put(word(bytes, at, 8));
  state.put(word(bytes, whole, bytes.size() - whole) | static_cast<std::uint64_t>(bytes.size()) << 56);
  return state.end();
}

Nonce load_proof(const LoadKey& key, const Nonce& nonce) {
  auto rest = siphash(key, {nonce.data(), nonce.size()});
  Nonce proof{};
  for (std::size_t digit = proof.size(); digit-- > 0; rest >>= 4) proof[digit] = kDigits[rest & 15];
  return proof;
}

}  // namespace hairpin::net

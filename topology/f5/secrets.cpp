// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/secrets.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"

namespace hairpin::f5 {
namespace {

constexpr std::string_view kHidden = "(secret)";

// Words in the keys of tmsh, AS3 (camelCase) and iControl REST behind which a secret stands.
constexpr std::array<std::string_view, 12> kSecretWords = {
    "passphrase", "password", "passwd", "secret", "privatekey", "private-key", "ciphertext", "auth-key",
    "authkey", "preshared", "community", "token"};
// crypt(3): MD5, SHA-256, SHA-512, bcrypt; BIG-IP's own master key encryption.
constexpr std::array<std::string_view, 6> kSecretForms = {"$M$", "$1$", "$5$", "$6$", "$2a$", "$2y$"};

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return result;
}

}  // namespace

bool is_secret_key(std::string_view key) {
  const auto low = lower(key);
  return std::ranges::any_of(kSecretWords, [&](auto word) { return low.find(word) != low.npos; });
}

bool is_secret_value(std::string_view value) {
  if (value.find("-----BEGIN") != value.npos) return true;
  return std::ranges::any_of(kSecretForms, [&](auto form) { return value.find(form) != value.npos; });
}

std::string shown(std::string_view value) {
  return is_secret_value(value) ? std::string(kHidden) : printable(value);
}

std::string shown(std::string_view key, std::string_view value) {
  return is_secret_key(key) ? std::string(kHidden) : shown(value);
}

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "net/tls.hpp"

/// Client certificates that a server has to refuse: copies of a sound one, in which everything is true but one thing, so that
/// nothing else explains a refusal. Each has a key of its own, of the same kind.
namespace hairpin::net {

/// Signed by itself.
Result<Identity> self_signed_copy(const Identity& sound);
/// Of an authority that nobody knows.
Result<Identity> stranger_copy(const Identity& sound);
/// Of an authority with the name of the true one, which comes along.
Result<Identity> namesake_copy(const Identity& sound);
/// The sound one itself, and after its chain certificates that issued nothing: `bytes` more.
Result<Identity> long_copy(const Identity& sound, std::size_t bytes);
/// The sound one itself without its intermediates.
Result<Identity> leaf_alone(const Identity& sound);
/// Whether `Examination::signs_with_another_key` can be done with it.
bool can_sign_with_another_key(const Identity& sound);
bool has_intermediates(const Identity& sound);

struct Issuance {
  bool for_clients = true;          ///< EKU clientAuth; otherwise serverAuth alone
  std::chrono::hours from{-1};      ///< valid after now
  std::chrono::hours until{24};
  std::uint32_t intermediates = 0;  ///< between the authority and the leaf
};
/// Of an authority that the user has given, with all that lies between; its own certificate comes last.
Result<Identity> issued_copy(const Identity& sound, const Identity& authority, const Issuance& issuance);

}  // namespace hairpin::net

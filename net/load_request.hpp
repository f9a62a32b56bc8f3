// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What both ends of a load test know of each other's HTTP. A request for load is
///
///     GET PREFIX/object/BYTES?nonce=0123456789abcdef HTTP/1.1
///
/// with any prefix (a balancer may choose by the path), the number of bytes that the body of the answer shall have, and
/// 16 hexadecimal digits that the answer repeats, or what net/load_proof.hpp makes of them. HEAD is taken as well. It has no body, and no field Hairpin-Trip:
/// a request with a trip id asks for the responder's account and is no load. `Connection: close` ends the connection
/// after the answer; otherwise it stays open (RFC 9112 §9.3).
namespace hairpin::net {

inline constexpr std::uint64_t kMostObjectBytes = 64 << 20;  ///< a larger object is no request for load
inline constexpr std::size_t kNonceDigits = 16;
inline constexpr std::size_t kMostLoadHeadBytes = 4096;      ///< of a request, all fields included
inline constexpr std::string_view kNonceField = "Hairpin-Nonce";    ///< of an answer: the request's
inline constexpr std::string_view kMemberField = "Hairpin-Member";  ///< of an answer: the responder's host

using Nonce = std::array<char, kNonceDigits>;  ///< lower case

struct LoadRequest {
  std::uint64_t object_bytes = 0;
  Nonce nonce{};
  bool is_head = false;  ///< HEAD: the answer has no body
  bool is_last = false;  ///< the connection ends with the answer
  bool operator==(const LoadRequest&) const = default;
};

/// How many bytes at the beginning are the head of a message, its empty line included; 0 while it is not whole.
std::size_t head_size(std::string_view bytes);
/// The request that this head makes; absent when it is not one for load.
std::optional<LoadRequest> read_load_request(std::string_view head);
/// "PREFIX/object/BYTES?nonce=…"; the nonce is the last 16 characters.
std::string load_target(std::string_view prefix, std::uint64_t object_bytes, const Nonce& nonce);

}  // namespace hairpin::net

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/identifier.hpp"
#include "net/load_request.hpp"

/// Whoever answers a request for load shows with every answer that it belongs to the run: instead of the request's nonce it
/// repeats a MAC of it, SipHash-2-4 (Aumasson and Bernstein, 2012) under a key that the coordinator gave to the agents of
/// this run alone. 64 bits for each answer; what it costs, bench_responder_parts says (BM_SignAnswer).
namespace hairpin::net {

struct LoadKey : HexBytes<16> {
  static LoadKey random() { return {{TripId::random().bytes}}; }  ///< from the kernel's generator
};
/// 32 hexadecimal digits; absent for anything else.
std::optional<LoadKey> parse_load_key(std::string_view text);

std::uint64_t siphash(const LoadKey& key, std::string_view bytes);

/// What the answer to a request with this nonce has to repeat.
Nonce load_proof(const LoadKey& key, const Nonce& nonce);

}  // namespace hairpin::net

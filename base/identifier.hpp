// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hairpin {

/// Bytes that are written as lower-case hexadecimal: identifiers, fingerprints, TLS randoms.
template <std::size_t Size>
struct HexBytes {
  std::array<std::uint8_t, Size> bytes{};
  auto operator<=>(const HexBytes&) const = default;
};

/// The random 128 bits that name one trip; they travel in the request and come back in the answer.
struct TripId : HexBytes<16> {
  /// From the kernel's generator: a trip id must not repeat, whatever --seed says.
  static TripId random();
};

/// ClientHello.random (RFC 8446 §4.1.2), the same on both legs of a TLS passthrough.
struct ClientRandom : HexBytes<32> {};

std::string hex(const std::uint8_t* bytes, std::size_t count);
/// Exactly `count` bytes, lower or upper case; false when the text is anything else.
bool parse_hex(std::string_view text, std::uint8_t* bytes, std::size_t count);

template <std::size_t Size>
std::string to_string(const HexBytes<Size>& value) {
  return hex(value.bytes.data(), Size);
}

std::optional<TripId> parse_trip_id(std::string_view text);

/// A ULID (time-ordered, 26 characters of Crockford base 32) that names a run.
std::string new_run_id();

}  // namespace hairpin

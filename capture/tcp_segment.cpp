// SPDX-License-Identifier: Apache-2.0
#include "capture/tcp_segment.hpp"

#include <algorithm>
#include <string_view>

#include "capture/decode.hpp"

namespace hairpin::capture {
namespace {

constexpr std::uint32_t kFixedBytes = 20;
constexpr std::uint8_t kEndOfOptions = 0, kNoOperation = 1, kTimestamps = 8;
constexpr std::uint8_t kTimestampsBytes = 10;
constexpr std::uint8_t kHandshakeRecord = 22, kClientHello = 1, kTlsMajor = 3;

/// What is malformed ends the options, it does not lose the segment: receivers do the same.
void read_options(ByteReader options, PacketObservation& packet) {
  while (options.left() > 0) {
    const auto kind = options.u8();
    if (kind == kEndOfOptions) return;
    if (kind == kNoOperation) continue;
    const auto length = options.u8();
    if (!options.ok() || length < 2) return;
    ByteReader body(options.take(length - 2u));
    if (!options.ok()) return;
    if (kind != kTimestamps || length != kTimestampsBytes) continue;
    packet.timestamp_value = body.u32();
    packet.timestamp_echo = body.u32();
  }
}

/// Takes at most `most` leading characters of a kind; false when there is none.
template <class Kind>
bool take_run(std::string_view& text, std::size_t most, Kind is_one) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_one);
  const auto count = static_cast<std::size_t>(end - text.begin());
  text.remove_prefix(std::min(count, text.size()));
  return count > 0 && count <= most;
}

bool take_word(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

/// "[0x2664c65:2574]", the place in BIG-IP's program, and at least one character after it.
bool begins_with_place(std::string_view text) {
  constexpr std::size_t kMostHexadecimal = 16, kMostDecimal = 10;
  const auto is_decimal = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_hexadecimal = [&](char c) { return is_decimal(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  return take_word(text, "[0x") && take_run(text, kMostHexadecimal, is_hexadecimal) && take_word(text, ":") &&
         take_run(text, kMostDecimal, is_decimal) && take_word(text, "]") && !text.empty();
}

}  // namespace

std::optional<std::string> reset_cause(std::span<const std::uint8_t> payload) {
  constexpr std::size_t kMostCharacters = 128;
  std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
  text = text.substr(0, text.find('\0'));  // as a C string would end
  take_word(text, "BIG-IP: ");
  text = text.substr(0, kMostCharacters);
  const bool is_visible = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if (!is_visible || !begins_with_place(text)) return {};
  return std::string(text);
}

bool read_tcp(ByteReader bytes, std::uint32_t segment_bytes, PacketObservation& packet) {
  packet.tuple.source.port = bytes.u16();
  packet.tuple.destination.port = bytes.u16();
  packet.sequence = bytes.u32();
  packet.acknowledgement = bytes.u32();
  const std::uint32_t header_bytes = (bytes.u8() >> 4) * 4u;
  packet.flags = bytes.u8();
  packet.window = bytes.u16();
  bytes.skip(4);  // checksum (offload leaves it unfilled) and urgent pointer
  if (!bytes.ok() || header_bytes < kFixedBytes || header_bytes > segment_bytes) return false;

  const std::size_t options_bytes = header_bytes - kFixedBytes;
  const std::size_t captured_options = std::min(options_bytes, bytes.left());
  read_options(ByteReader(bytes.take(captured_options)), packet);
  packet.payload_bytes = segment_bytes - header_bytes;
  packet.client_random = client_random(bytes.rest());
  if (packet.is_reset()) packet.reset_cause = reset_cause(bytes.rest());
  return true;
}

std::optional<ClientRandom> client_random(std::span<const std::uint8_t> payload) {
  if (payload.empty() || payload.front() != kHandshakeRecord) return {};
  ByteReader bytes(payload);
  bytes.skip(1);
  const bool is_tls_record = bytes.u8() == kTlsMajor;
  bytes.skip(1);
  // A hello that is spread over several records would have a record header in the midst of the random.
  constexpr std::uint32_t kVersionAndRandomBytes = 2 + 32;
  const bool holds_random = bytes.u16() >= 4 + kVersionAndRandomBytes;
  const bool is_hello = bytes.u8() == kClientHello && bytes.u24() >= kVersionAndRandomBytes;
  const bool is_tls_version = bytes.u8() == kTlsMajor;
  bytes.skip(1);
  const auto random = bytes.take(32);
  if (!bytes.ok() || !is_tls_record || !holds_random || !is_hello || !is_tls_version) return {};
  ClientRandom result;
  std::copy(random.begin(), random.end(), result.bytes.begin());
  return result;
}

}  // namespace hairpin::capture

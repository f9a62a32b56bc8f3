// SPDX-License-Identifier: Apache-2.0
#include "capture/tcp_segment.hpp"

#include <algorithm>

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

}  // namespace

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

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "capture/decode.hpp"

/// Frames for tests, put together by hand from their layers; nothing here uses the decoder.
namespace hairpin::capture::testing_packets {

using Bytes = std::vector<std::uint8_t>;

inline Bytes from_hex(std::string_view text) {
  Bytes bytes;
  int high = -1;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<std::uint8_t>(high << 4 | digit));
      high = -1;
    }
  }
  return bytes;
}

inline void put16(Bytes& bytes, std::size_t value) {
  bytes.push_back(static_cast<std::uint8_t>(value >> 8));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

inline void put32(Bytes& bytes, std::uint32_t value) {
  put16(bytes, value >> 16);
  put16(bytes, value & 0xffff);
}

inline Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

struct Segment {
  std::uint16_t from = 44276, to = 444;
  std::uint32_t sequence = 0x01020304, acknowledgement = 0;
  std::uint8_t flags = kSyn;
  Bytes options{};  ///< a multiple of four bytes
  Bytes payload{};
};

inline Bytes tcp(const Segment& segment) {
  Bytes bytes;
  put16(bytes, segment.from);
  put16(bytes, segment.to);
  put32(bytes, segment.sequence);
  put32(bytes, segment.acknowledgement);
  bytes.push_back(static_cast<std::uint8_t>((5 + segment.options.size() / 4) << 4));
  bytes.push_back(segment.flags);
  put16(bytes, 64240);
  put32(bytes, 0);
  return bytes + segment.options + segment.payload;
}

struct Ipv4 {
  std::string_view from = "10.137.2.21", to = "10.137.2.11";
  std::uint8_t protocol = 6, hop_limit = 63;
  std::uint16_t fragment = 0x4000;  ///< flags and offset
  Bytes options{};                  ///< a multiple of four bytes
  std::optional<std::size_t> total_bytes{};
};

inline void put_address(Bytes& bytes, std::string_view text) {
  const auto address = parse_address(text).value();
  bytes.insert(bytes.end(), address.bytes.begin(),
               address.bytes.begin() + static_cast<std::ptrdiff_t>(address.size()));
}

inline Bytes ipv4(const Ipv4& ip, const Bytes& body) {
  Bytes bytes;
  bytes.push_back(static_cast<std::uint8_t>(0x40 | (5 + ip.options.size() / 4)));
  bytes.push_back(0);
  put16(bytes, ip.total_bytes.value_or(20 + ip.options.size() + body.size()));
  put16(bytes, 0x1234);
  put16(bytes, ip.fragment);
  bytes.push_back(ip.hop_limit);
  bytes.push_back(ip.protocol);
  put16(bytes, 0);
  put_address(bytes, ip.from);
  put_address(bytes, ip.to);
  return bytes + ip.options + body;
}

struct Ipv6 {
  std::string_view from = "2001:db8:2::21", to = "2001:db8:2::11";
  std::uint8_t next_header = 6, hop_limit = 64;
  std::optional<std::size_t> payload_bytes{};
};

inline Bytes ipv6(const Ipv6& ip, const Bytes& body) {
  Bytes bytes = from_hex("60000000");
  put16(bytes, ip.payload_bytes.value_or(body.size()));
  bytes.push_back(ip.next_header);
  bytes.push_back(ip.hop_limit);
  put_address(bytes, ip.from);
  put_address(bytes, ip.to);
  return bytes + body;
}

inline constexpr std::uint16_t kIpv4 = 0x0800, kIpv6 = 0x86dd;

/// `tags` are the tag types and controls between the addresses and `type`, as on the wire.
inline Bytes ethernet(std::uint16_t type, const Bytes& body, std::string_view tags = "") {
  Bytes bytes = from_hex("02000a890205 02000a890221") + from_hex(tags);
  put16(bytes, type);
  return bytes + body;
}

inline Frame frame(const Bytes& bytes, std::size_t original_bytes = 0) {
  return Frame{WallTime(std::chrono::seconds(1)),
               static_cast<std::uint32_t>(original_bytes ? original_bytes : bytes.size()), bytes};
}

/// The first 43 bytes of a TLS record with a ClientHello (random 00 01 02 … 1f), and `more` after them.
inline Bytes client_hello(std::size_t more = 0) {
  Bytes bytes = from_hex("16 0301 00c8 01 0000c4 0303");
  for (std::uint8_t i = 0; i < 32; ++i) bytes.push_back(i);
  bytes.resize(bytes.size() + more);
  return bytes;
}

}  // namespace hairpin::capture::testing_packets

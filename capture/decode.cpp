// SPDX-License-Identifier: Apache-2.0
#include "capture/decode.hpp"

#include <algorithm>

#include "capture/byte_reader.hpp"
#include "capture/tcp_segment.hpp"

namespace hairpin::capture {
namespace {

constexpr std::uint16_t kTypeIpv4 = 0x0800, kTypeIpv6 = 0x86dd;
constexpr std::uint16_t kTypeVlan = 0x8100, kTypeServiceVlan = 0x88a8, kTypeOldServiceVlan = 0x9100;
constexpr std::uint8_t kProtocolTcp = 6;
/// IPv6 extension headers that may stand before TCP (RFC 8200 §4.1); with ESP nothing can be read.
constexpr std::uint8_t kHopByHop = 0, kRouting = 43, kFragment = 44, kAuthentication = 51, kDestination = 60;
constexpr int kMaximumExtensions = 16;

/// Where the frame's bytes are read, and how long it was on the wire from there on.
struct Cursor {
  ByteReader bytes;
  std::uint32_t wire_bytes;

  void skip(std::size_t count) {
    bytes.skip(count);
    wire_bytes -= std::min(wire_bytes, static_cast<std::uint32_t>(count));
  }
};

MacAddress mac_from(std::span<const std::uint8_t> bytes) {
  MacAddress mac;
  if (bytes.size() >= mac.bytes.size()) std::copy_n(bytes.begin(), mac.bytes.size(), mac.bytes.begin());
  return mac;
}

/// Strips 802.1Q and 802.1ad tags; the outermost id is the one that counts.
std::uint16_t skip_vlan_tags(std::uint16_t type, Cursor& at, PacketObservation& packet) {
  while (type == kTypeVlan || type == kTypeServiceVlan || type == kTypeOldServiceVlan) {
    ByteReader tag = at.bytes;
    const auto control = tag.u16();
    type = tag.u16();
    if (!tag.ok()) return 0;
    if (!packet.vlan) packet.vlan = static_cast<std::uint16_t>(control & 0x0fff);
    at.skip(4);
  }
  return type;
}

std::uint16_t read_ethernet(Cursor& at, PacketObservation& packet) {
  ByteReader header = at.bytes;
  packet.destination_mac = mac_from(header.take(6));
  packet.source_mac = mac_from(header.take(6));
  const auto type = header.u16();
  at.skip(14);
  return skip_vlan_tags(type, at, packet);
}

/// tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html: only the sender's link address is there.
std::uint16_t read_sll2(Cursor& at, PacketObservation& packet) {
  ByteReader header = at.bytes;
  const auto type = header.u16();
  header.skip(2 + 4 + 2 + 1);
  const auto address_bytes = header.u8();
  const auto address = header.take(8);
  if (address_bytes == 6) packet.source_mac = mac_from(address);
  at.skip(20);
  return skip_vlan_tags(type, at, packet);
}

std::uint16_t read_raw(const Cursor& at) {
  ByteReader first = at.bytes;
  const auto version = first.u8() >> 4;
  return version == 4 ? kTypeIpv4 : version == 6 ? kTypeIpv6 : std::uint16_t{0};
}

bool read_ipv4(Cursor at, PacketObservation& packet) {
  ByteReader bytes = at.bytes;
  const auto version_and_length = bytes.u8();
  bytes.skip(1);
  std::uint32_t total_bytes = bytes.u16();
  bytes.skip(2);
  const bool is_later_fragment = (bytes.u16() & 0x1fff) != 0;
  packet.hop_limit = bytes.u8();
  const auto protocol = bytes.u8();
  bytes.skip(2);
  const auto source = bytes.take(4);
  const auto destination = bytes.take(4);
  const std::uint32_t header_bytes = (version_and_length & 0x0fu) * 4u;
  // Segmentation offload hands over frames of more than 64 KiB with no length: then the frame is the measure.
  if (total_bytes == 0) total_bytes = at.wire_bytes;
  if (!bytes.ok() || version_and_length >> 4 != 4 || header_bytes < 20 || header_bytes > total_bytes ||
      is_later_fragment || protocol != kProtocolTcp)
    return false;
  packet.tuple.source.address = IpAddress::v4(source.data());
  packet.tuple.destination.address = IpAddress::v4(destination.data());
  at.bytes.limit(total_bytes);
  at.bytes.skip(header_bytes);
  return at.bytes.ok() && read_tcp(at.bytes, total_bytes - header_bytes, packet);
}

/// Steps over one extension header; false: it cannot be followed, or what follows is a later fragment.
bool skip_extension(std::uint8_t& next, ByteReader& bytes, std::uint32_t& left_bytes) {
  ByteReader header = bytes;
  const auto kind = next;
  next = header.u8();
  const auto length = header.u8();
  std::uint32_t size = (length + 1u) * 8u;
  if (kind == kAuthentication) size = (length + 2u) * 4u;  // RFC 4302 §2.2 counts in other units
  if (kind == kFragment) {
    size = 8;
    if ((header.u16() & 0xfff8) != 0) return false;
  }
  bytes.skip(size);
  if (!header.ok() || !bytes.ok() || size > left_bytes) return false;
  left_bytes -= size;
  return true;
}

bool read_ipv6(Cursor at, PacketObservation& packet) {
  ByteReader& bytes = at.bytes;
  const auto version = bytes.u8() >> 4;
  bytes.skip(3);
  std::uint32_t left_bytes = bytes.u16();
  auto next = bytes.u8();
  packet.hop_limit = bytes.u8();
  const auto source = bytes.take(16);
  const auto destination = bytes.take(16);
  if (!bytes.ok() || version != 6) return false;
  packet.tuple.source.address = IpAddress::v6(source.data());
  packet.tuple.destination.address = IpAddress::v6(destination.data());
  if (left_bytes == 0) left_bytes = at.wire_bytes - std::min(at.wire_bytes, 40u);  // jumbo or offload
  bytes.limit(left_bytes);
  for (int i = 0; i < kMaximumExtensions; ++i) {
    if (next == kProtocolTcp) return read_tcp(bytes, left_bytes, packet);
    const bool is_extension = next == kHopByHop || next == kRouting || next == kFragment ||
                              next == kAuthentication || next == kDestination;
    if (!is_extension || !skip_extension(next, bytes, left_bytes)) return false;
  }
  return false;
}

}  // namespace

std::optional<PacketObservation> decode(const Frame& frame, LinkType link) {
  std::optional<PacketObservation> packet(std::in_place);
  packet->time = frame.time;
  const auto captured_bytes = static_cast<std::uint32_t>(frame.bytes.size());
  Cursor at{ByteReader(frame.bytes), std::max(frame.original_length_bytes, captured_bytes)};
  std::uint16_t type = 0;
  switch (link) {
    case LinkType::ethernet:
      type = read_ethernet(at, *packet);
      break;
    case LinkType::linux_sll2:
      type = read_sll2(at, *packet);
      break;
    case LinkType::raw_ip:
      type = read_raw(at);
      break;
  }
  const bool is_tcp =
      (type == kTypeIpv4 && read_ipv4(at, *packet)) || (type == kTypeIpv6 && read_ipv6(at, *packet));
  if (!is_tcp) packet.reset();
  return packet;
}

}  // namespace hairpin::capture

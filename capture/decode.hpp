// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "evidence/observation.hpp"

namespace hairpin::capture {

/// One captured frame. `bytes` may be shorter than the frame was (snapshot length).
struct Frame {
  WallTime time{};
  std::uint32_t original_length_bytes = 0;
  std::span<const std::uint8_t> bytes;
};

enum class LinkType : std::uint16_t { ethernet = 1, linux_sll2 = 276, raw_ip = 101 };  ///< tcpdump.org/linktypes.html

/// The TCP segment in a frame: Ethernet with any number of 802.1Q/802.1ad tags, IPv4 (options, no later fragments),
/// IPv6 (extension headers), TCP options, ClientHello.random when the payload begins one, BIG-IP's cause in a RST. Lengths
/// are read from the headers, never from what was captured; checksums are not verified (offload leaves them unfilled).
/// nullopt: not TCP, or malformed. host, interface, frame and direction are left for the caller. Allocates nothing, but
/// for the text of a reset cause.
std::optional<PacketObservation> decode(const Frame& frame, LinkType link = LinkType::ethernet);

/// ClientHello.random of a TLS record stream that begins at `payload` (RFC 8446 §4.1.2, also TLS 1.0 to 1.2); only the
/// first 43 bytes are needed.
std::optional<ClientRandom> client_random(std::span<const std::uint8_t> payload);

}  // namespace hairpin::capture

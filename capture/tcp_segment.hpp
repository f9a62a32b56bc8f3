// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "capture/byte_reader.hpp"
#include "evidence/observation.hpp"

namespace hairpin::capture {

/// Reads the TCP header at the front of `bytes` into `packet` (RFC 9293 §3.1). `bytes` may have been cut by
/// the snapshot length; `segment_bytes` is what the IP header promises. False: no TCP header, or one that
/// contradicts itself.
bool read_tcp(ByteReader bytes, std::uint32_t segment_bytes, PacketObservation& packet);

/// Why BIG-IP reset a connection, where its db variable tm.rstcause.pkt is enabled and the payload of the RST says so:
/// "BIG-IP: [0x2664c65:2574] No flow found for ACK", of which tcpdump shows the first 38 bytes as "[RST+ BIG-IP: …]". Given
/// from the bracket on, at most 128 characters; nullopt for any other payload, and where one of them is not visible.
std::optional<std::string> reset_cause(std::span<const std::uint8_t> payload);

}  // namespace hairpin::capture

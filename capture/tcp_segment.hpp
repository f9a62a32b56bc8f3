// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "capture/byte_reader.hpp"
#include "evidence/observation.hpp"

namespace hairpin::capture {

/// Reads the TCP header at the front of `bytes` into `packet` (RFC 9293 §3.1). `bytes` may have been cut by
/// the snapshot length; `segment_bytes` is what the IP header promises. False: no TCP header, or one that
/// contradicts itself.
bool read_tcp(ByteReader bytes, std::uint32_t segment_bytes, PacketObservation& packet);

}  // namespace hairpin::capture

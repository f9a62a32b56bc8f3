// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "capture/decode.hpp"

/// Traffic for the packet benchmarks: whole connections, as a load balancer's site has them.
namespace hairpin::bench {

struct Traffic {
  std::vector<std::vector<std::uint8_t>> bytes;
  std::vector<capture::Frame> frames;  ///< views of `bytes`
};

/// `connections` of 10 frames each, interleaved: handshake, ClientHello, data with 256 of 1514 bytes
/// captured, close; every fourth is IPv6, all with timestamps.
Traffic make_traffic(std::size_t connections);

}  // namespace hairpin::bench

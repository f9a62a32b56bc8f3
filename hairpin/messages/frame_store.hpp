// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "capture/decode.hpp"
#include "hairpin/messages/agent_messages.hpp"

namespace hairpin {

/// The frames that agents sent, by vantage; decoded once, written to the bundle as they came.
class FrameStore {
 public:
  /// Takes a batch of one host. Errors: an unknown link type, frames that are longer than a snapshot or no
  /// hex.
  Result<> add(const std::string& host, const FrameBatch& batch);

  /// The packets of the frames that came since the last call, with host, interface, number and direction.
  /// `hosts` gives the interfaces' addresses.
  std::vector<PacketObservation> decode_new(const std::vector<HostFacts>& hosts);

  /// Corrects `kept` and `malformed`: what the kernel's filter let through may still be no TCP segment.
  void count_into(CaptureFacts& facts) const;

  /// captures/HOST-INTERFACE.pcap in the bundle, one per vantage that saw anything.
  Result<> write_captures(const std::string& bundle_directory) const;

  void clear();

 private:
  struct StoredFrame {
    WallTime time{};
    std::uint32_t length = 0;
    std::vector<std::uint8_t> bytes;
    capture::Frame view() const { return {time, length, bytes}; }
  };
  struct Vantage {
    capture::LinkType link{};
    std::vector<StoredFrame> frames;
    std::size_t decoded = 0;    ///< frames that decode_new has been through
    std::uint64_t packets = 0;  ///< of those, the TCP segments
  };
  std::map<std::pair<std::string, std::string>, Vantage> vantages_;  ///< by host and interface
};

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstdint>

#include "evidence/load_counts.hpp"

namespace hairpin::responder {

/// The source ports of one address from which load came. 8 KiB, however many connections there were.
class PortsUsed {
 public:
  /// A connection from that port has asked for load; `end`: it is over.
  void begin(std::uint16_t port);
  void end() { --open_; }
  /// Of numbers that are kept as ports come: it is asked for four times a second, of every address.
  ServedPorts snapshot(const IpAddress& address) const;

 private:
  std::bitset<65'536> seen_;
  std::uint64_t connections_ = 0, descents_ = 0;
  std::uint32_t open_ = 0, most_open_ = 0;
  std::uint32_t distinct_ = 0;
  std::uint16_t last_ = 0, lowest_ = 0, highest_ = 0;
};

}  // namespace hairpin::responder

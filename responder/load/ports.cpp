// SPDX-License-Identifier: Apache-2.0
#include "responder/load/ports.hpp"

#include <algorithm>

namespace hairpin::responder {

void PortsUsed::begin(std::uint16_t port) {
  if (connections_ > 0 && port < last_) ++descents_;
  last_ = port;
  ++connections_;
  if (!seen_.test(port)) {
    seen_.set(port);
    lowest_ = distinct_ == 0 ? port : std::min(lowest_, port);
    highest_ = std::max(highest_, port);
    ++distinct_;
  }
  most_open_ = std::max(most_open_, ++open_);
}

ServedPorts PortsUsed::snapshot(const IpAddress& address) const {
  ServedPorts ports;
  ports.address = address;
  ports.connections = connections_;
  ports.descents = descents_;
  ports.distinct = distinct_;
  ports.first = lowest_;
  ports.last = highest_;
  ports.most_open = most_open_;
  return ports;
}

}  // namespace hairpin::responder

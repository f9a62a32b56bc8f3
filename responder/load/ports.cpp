// SPDX-License-Identifier: Apache-2.0
#include "responder/load/ports.hpp"

#include <algorithm>

namespace hairpin::responder {

void PortsUsed::begin(std::uint16_t port) {
  if (connections_ > 0 && port < last_) ++descents_;
  last_ = port;
  ++connections_;
  seen_.set(port);
  most_open_ = std::max(most_open_, ++open_);
}

ServedPorts PortsUsed::snapshot(const IpAddress& address) const {
  ServedPorts ports;
  ports.address = address;
  ports.connections = connections_;
  ports.descents = descents_;
  ports.distinct = static_cast<std::uint32_t>(seen_.count());
  ports.most_open = most_open_;
  for (std::size_t port = 0; port < seen_.size(); ++port) {
    if (!seen_.test(port)) continue;
    if (ports.first == 0) ports.first = static_cast<std::uint16_t>(port);
    ports.last = static_cast<std::uint16_t>(port);
  }
  return ports;
}

}  // namespace hairpin::responder

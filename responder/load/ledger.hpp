// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>

#include "responder/load/ports.hpp"

namespace hairpin::responder {

/// What a listener counts under load. Bounded, however many clients come.
class Ledger {
 public:
  static constexpr std::size_t kMostClients = 1024;
  static constexpr std::size_t kMostAddresses = 128;  ///< 1 MiB of ports
  static constexpr std::size_t kMostNameBytes = 64;   ///< of a common name (RFC 5280 appendix A.1: ub-common-name)

  Ledger(std::string host, std::uint16_t port);
  /// Of that client, as far as its name can be told within kMostNameBytes; of one that stands for all the others when too
  /// many came. The reference stays.
  ServedClient& client(const IpAddress& address, const std::string& identity);
  /// Of that address; null for one beyond kMostAddresses. The pointer stays.
  PortsUsed* ports(const IpAddress& address);
  LoadCounts snapshot() const;

  LoadCounts sums;  ///< without what snapshot adds

 private:
  SteadyTime began_;
  nanoseconds cpu_before_;
  std::map<std::pair<IpAddress, std::string>, ServedClient> clients_;
  ServedClient others_;
  std::map<IpAddress, PortsUsed> ports_;
};

}  // namespace hairpin::responder

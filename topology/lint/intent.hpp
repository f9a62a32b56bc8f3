// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "topology/f5/config.hpp"
#include "topology/model.hpp"

namespace hairpin::f5 {

/// What a topology says that the virtual servers of a configuration are for: what clients speak there, who ends TLS, how
/// long connections rest. Without a topology nothing is intended.
class Intent {
 public:
  Intent() = default;
  explicit Intent(const Topology& topology);
  /// Found by its name (`f5: { virtual: … }`), else by its address and port; null: the topology does not have it.
  const VirtualServer* of(const Virtual& server) const;
  bool is_empty() const { return by_name_.empty() && by_endpoint_.empty(); }  ///< there is no topology

 private:
  std::map<std::string, const VirtualServer*, std::less<>> by_name_;
  std::map<Endpoint, const VirtualServer*> by_endpoint_;
};

bool speaks_tls(const VirtualServer& server);

}  // namespace hairpin::f5

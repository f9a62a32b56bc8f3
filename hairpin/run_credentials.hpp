// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "net/control/messages.hpp"
#include "net/pki.hpp"
#include "topology/model.hpp"

namespace hairpin {

/// The run's own authority and the certificates that it hands to agents, so that path checks need no
/// preparation. Findings about certificates themselves must not rest on these.
class RunCredentials {
 public:
  static Result<RunCredentials> make(const std::string& run);
  /// For a host's names, its addresses and the VIPs behind which it stands: a nPath member is asked at the
  /// VIP.
  Result<control::Credentials> issue(const Topology& topology, const Host& host) const;

 private:
  net::Identity authority_;
};

}  // namespace hairpin

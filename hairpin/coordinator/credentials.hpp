// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "net/control/messages.hpp"
#include "net/pki.hpp"
#include "topology/model.hpp"

namespace hairpin {

/// What is said of a host whose `tls` the topology names for nothing.
inline constexpr const char* kUnusedCertificates = "its tls is not used, because the topology names no agent for it";

/// The certificates that a run hands to agents: those of its own authority, so that path checks need no preparation, and
/// the site's, where the topology names files. Findings about certificates never rest on the run's own.
class RunCredentials {
 public:
  /// Reads every file that the topology names for a host with an agent; an error names the file and the mend.
  static Result<RunCredentials> make(const std::string& run, const Topology& topology);
  /// For a host's names, its addresses and the VIPs behind which it stands: a nPath member is asked at the
  /// VIP.
  Result<control::Credentials> issue(const Topology& topology, const Host& host) const;
  /// The site's own of this host, empty where the topology names none of it; absent where it names none of any host.
  std::optional<control::Credentials> site_of(const Host& host) const;

 private:
  net::Identity authority_;
  std::map<std::string, control::Credentials> site_;  ///< by host
};

}  // namespace hairpin

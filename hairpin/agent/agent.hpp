// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "hairpin/agent/load_ceiling.hpp"

namespace hairpin {

struct AgentOptions {
  std::string name;                         ///< of this host, as the topology calls it
  std::string listen;                       ///< "unix:PATH" or "ADDR:PORT"; empty: only with is_stdio
  bool is_stdio = false;                    ///< one session on standard input and output, then the end
  std::string pki_directory;                ///< for ADDR:PORT: ca.crt, NAME.crt and NAME.key
  std::chrono::seconds idle_exit{30 * 60};  ///< ends after that long without a run; 0: never
  std::string load_ceiling_file = kLoadCeilingFile;  ///< what this host lends to loads; only this option names it
  bool is_quiet = false;                    ///< nothing but errors on stderr
};

/// Serves control sessions, one run at a time, until SIGTERM or SIGINT (within 250 ms) or until it was idle
/// for too long; removes its socket. With `is_stdio` one session, until that ends. Returns the exit status:
/// 0, 2 for options that make no sense, 5 for want of privilege to listen, 70. Runs its own event loop: fork,
/// enter the host's namespace, call.
int run_agent(const AgentOptions& options);

}  // namespace hairpin

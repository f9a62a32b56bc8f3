// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/lab/lab.hpp"

namespace hairpin::lab {

/// What the holder is given. It is a copy of the calling process, so nothing is passed by bytes.
struct HolderTask {
  const Site& site;
  std::string folder;
  const LaunchOptions& launch;
  int report_fd = -1;  ///< answered with "" when ready, otherwise with what failed, then closed
};

/// Starts the holder with PID, mount and network namespaces of its own. Returns its PID as this process sees
/// it.
Result<pid_t> start_holder(const HolderTask& task);

/// Name of the file in a lab's folder that maps places to descriptors of the holder: "oc01 12" lines.
inline constexpr const char* kNamespacesFile = "namespaces";

}  // namespace hairpin::lab

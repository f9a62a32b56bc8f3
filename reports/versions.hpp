// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/describe.hpp"

namespace hairpin::reports {

/// versions.json: what wrote the bundle, and how many observations belong to it (a file that lost its tail at
/// the end of a line would otherwise be judged as if nothing more had been seen).
struct Versions {
  std::string schema;  ///< kBundleSchema
  std::string hairpin;
  std::string kernel;  ///< "Linux 6.1.0-18-amd64 x86_64" of the coordinator
  std::string compiler;
  std::string boost;
  std::string fmt;
  std::vector<std::string> libraries;   ///< shared objects in use: "libpcap.so.1.10.3"
  std::uint64_t observation_lines = 0;  ///< of observations.jsonl
};
BOOST_DESCRIBE_STRUCT(Versions, (),
                      (schema, hairpin, kernel, compiler, boost, fmt, libraries, observation_lines))

inline constexpr std::string_view kBundleSchema = "hairpin.bundle/1";

Versions versions_of_this_process(const std::string& hairpin_version);

}  // namespace hairpin::reports

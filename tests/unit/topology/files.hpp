// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "tests/support/files.hpp"
#include "topology/yaml.hpp"

namespace hairpin {

using test::bytes_of;

inline std::set<std::string> stems_in(const std::filesystem::path& directory, const std::string& extension) {
  std::set<std::string> stems;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    if (entry.path().extension() == extension) stems.insert(entry.path().stem());
  return stems;
}

/// The problems of a reading, one a line, as the command line prints them.
inline std::string problems_of(const TopologyReading& reading, const std::string& file) {
  std::string text;
  for (const auto& problem : reading.problems) text += describe(problem, file) + "\n";
  return text;
}

/// A topology of tests/data/topology.
inline Topology topology_of(const std::string& name) {
  const auto reading = read_topology(bytes_of(std::filesystem::path(HAIRPIN_TEST_DATA) / "topology" / name));
  EXPECT_TRUE(reading.topology) << problems_of(reading, name);
  return reading.topology.value_or(Topology{});
}

/// A small topology that is right; tests change it.
inline std::string small_topology(const std::string& virtual_server = "{ name: web }",
                                  const std::string& pool = "") {
  return R"(hairpin: 1
name: small
hosts:
  client1: { addresses: [10.137.1.10] }
  oc01: { addresses: [10.137.2.21] }
  oc02: { addresses: [10.137.2.22] }
  bigip: { load_balancer: true, self_ips: [{ address: 10.137.2.5 }] }
pools:
  pool01:
    vip: [10.137.2.11]
    load_balancer: bigip
    members: [oc01, oc02]
)" + pool +
         "    virtual_servers: [" + virtual_server + "]\n";
}

inline Topology read(const std::string& text) {
  const auto reading = read_topology(text);
  EXPECT_TRUE(reading.topology) << problems_of(reading, "text") << text;
  return reading.topology.value_or(Topology{});
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/files.hpp"
#include "tests/unit/f5/read.hpp"
#include "topology/lint/lint.hpp"
#include "topology/yaml.hpp"

namespace hairpin::f5 {

using test::bytes_of;

/// One configuration of tests/data/f5/lint, with what its first lines say: `# finding: E LINE`, `# source: PREFIX`; and
/// NAME.topology.yaml beside it.
struct Fixture {
  std::string text;
  std::string severity;   ///< of the finding that is expected; empty: none
  std::size_t line = 0;   ///< on which
  Known known;
  std::optional<Topology> topology;
};

inline std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

inline std::size_t line_with(const std::string& text, const std::string& wanted) {
  std::istringstream lines(text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number)
    if (trimmed(line) == wanted) return number;
  ADD_FAILURE() << "no line says " << wanted;
  return 0;
}

inline Fixture fixture_of(const std::filesystem::path& path) {
  Fixture fixture;
  fixture.text = bytes_of(path);
  std::istringstream lines(fixture.text);
  for (std::string line; std::getline(lines, line) && line.starts_with('#');) {
    if (line.starts_with("# source: ")) {
      const auto word = line.substr(10);
      const auto prefix = parse_prefix(word.find('/') == std::string::npos ? word + "/32" : word);
      EXPECT_TRUE(prefix) << line;
      if (prefix) fixture.known.sources.push_back({word, *prefix});
    }
    if (!line.starts_with("# finding: ")) continue;
    fixture.severity = line.substr(11, 1);
    fixture.line = line_with(fixture.text, line.substr(13));
  }
  const auto topology = path.parent_path() / (path.stem().string() + ".topology.yaml");
  if (!std::filesystem::exists(topology)) return fixture;
  auto reading = read_topology(bytes_of(topology));
  EXPECT_TRUE(reading.topology) << topology << ": " << (reading.problems.empty() ? "" : describe(reading.problems.front(), ""));
  fixture.topology = std::move(reading.topology);
  if (fixture.topology)
    for (const auto& network : fixture.topology->networks)
      if (network.gateway) fixture.known.gateways.push_back({network.prefix, *network.gateway});
  return fixture;
}

}  // namespace hairpin::f5

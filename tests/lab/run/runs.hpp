// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hairpin/coordinator/coordinator.hpp"
#include "tests/lab/run/network.hpp"

/// Runs on a Site: by the coordinator in this process, and by the program.
namespace hairpin::test {

/// Says nothing, and waits for no balancer to find members: there is none.
inline RunOptions quiet_options() {
  RunOptions options;
  options.is_quiet = true;
  options.member_wait = milliseconds(0);
  return options;
}

/// What a run brings together; nothing, and a failed test, where it could not begin.
inline Collected collect_from(const Topology& topology, const RunOptions& options, const Work& work = {}) {
  Progress progress(true);
  auto collected = collect(topology, make_plan(topology), options, "01TEST", progress, work);
  EXPECT_TRUE(collected) << describe(collected.error());
  return collected ? std::move(*collected) : Collected{};
}

inline AgentFacts facts_of(const Collected& collected, const std::string& host) {
  for (const auto& facts : collected.observations.agents)
    if (facts.host == host) return facts;
  ADD_FAILURE() << host << " is not named";
  return {};
}

/// The program on a topology file of the site.
class ProgramOnASite : public testing::Test {
 protected:
  void SetUp() override {
    if (!want_of_network().empty()) GTEST_SKIP() << want_of_network();
    std::ofstream(file()) << site.topology_text();
  }
  std::string file() const { return (site.folder() / "site.yaml").string(); }
  std::string bundle() const { return (site.folder() / "bundle").string(); }
  /// Its exit status; nullopt when it still runs after `limit`.
  std::optional<int> hairpin(std::vector<std::string> arguments) const {
    Program program(std::move(arguments));
    return program.wait(limit);
  }
  Site site;
  std::chrono::seconds limit{30};
};

}  // namespace hairpin::test

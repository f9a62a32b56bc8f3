// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hairpin/load/conduct.hpp"
#include "net/together.hpp"
#include "runs.hpp"
#include "topology/yaml.hpp"

namespace hairpin::test {

/// Loads from client1 to oc01, by agents that the test starts: 50 connections a second for two seconds.
class Loads : public testing::Test {
 protected:
  void SetUp() override {
    if (!want_of_network().empty()) GTEST_SKIP() << want_of_network();
    options.run = quiet_options();
    options.run.is_for_load = true;
    options.run.limit = std::chrono::seconds(60);
    options.rate = 50;
    options.seconds = 2;
    options.connections = 60;
  }
  /// The site's topology, with other words in some places.
  void change_topology(const std::vector<std::pair<std::string, std::string>>& changes) {
    auto text = site.topology_text();
    for (const auto& [old, fresh] : changes) text.replace(text.find(old), old.size(), fresh);
    topology = read_topology(text).topology;
    EXPECT_TRUE(topology) << text;
  }
  /// What is done beside a load, from its first connection on.
  using Beside = std::function<net::Task<>(const LoadResults&)>;
  /// So long after the load began to be prepared this agent gets a signal.
  static Beside signal_after(std::chrono::seconds time, const Program& agent, int number) {
    return [time, &agent, number](const LoadResults&) -> net::Task<> {
      co_await net::sleep_for(time);
      agent.signal(number);
    };
  }
  LoadResults load(const Beside& beside = {}) {
    LoadResults results;
    if (!topology) topology = site.topology();
    const Work work = [&](Mission& mission) -> net::Task<> {
      LoadConduct conduct(mission, options, results);
      std::vector<net::Task<>> tasks;
      tasks.push_back(conduct.run());
      if (beside) tasks.push_back(beside(results));
      co_await net::together(std::move(tasks));
    };
    collect_from(*topology, options.run, work);
    return results;
  }
  Site site;
  std::optional<Topology> topology;  ///< the site's own unless a test has another
  LoadOptions options;
};

}  // namespace hairpin::test

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/commands/f5_input.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>

#include "hairpin/run/predicted_file.hpp"

namespace hairpin {
namespace {

class F5Input : public testing::Test {
 protected:
  F5Input() : folder_(std::filesystem::temp_directory_path() / ("hairpin-f5-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_ / "partitions" / "P");
  }
  ~F5Input() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }

  std::filesystem::path folder_;
};

TEST_F(F5Input, AFolderIsItsConfigurationsAlsoThoseOfPartitions) {
  write("bigip.conf", "ltm pool /Common/p { }\n");
  write("bigip_base.conf", "net vlan /Common/v { }\n");
  write("partitions/P/bigip.conf", "ltm pool /P/q { }\n");
  write("notes.txt", "{ not a configuration");
  const auto config = read_f5_config({folder_.string()});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->trees.size(), 3u);
  EXPECT_EQ(config->pools.size(), 2u);
  EXPECT_EQ(config->vlans.size(), 1u);
}

TEST_F(F5Input, WhatCannotBeReadIsNothing) {
  EXPECT_FALSE(read_f5_config({folder_.string()})) << "an empty folder";
  EXPECT_FALSE(read_f5_config({(folder_ / "no-such.conf").string()}));
  write("bigip.conf", "ltm pool /Common/p {\n");
  EXPECT_FALSE(read_f5_config({(folder_ / "bigip.conf").string()})) << "a block that never ends";
}

TEST_F(F5Input, ASourceIsAnAddressOrAPrefix) {
  write("bigip.conf", "ltm pool /Common/p { }\n");
  F5Options options{.files = {(folder_ / "bigip.conf").string()}, .sources = {"10.0.0.0/8", "2001:db8::1"}, .topology_file = {}};
  const auto input = read_f5_input(options);
  ASSERT_TRUE(input);
  ASSERT_EQ(input->known.sources.size(), 2u);
  EXPECT_EQ(input->known.sources[1].network.length, 128);
  for (const auto* none : {"somewhere", "fe80::1", "169.254.1.0/24"}) {
    options.sources = {none};
    EXPECT_THROW(static_cast<void>(read_f5_input(options)), CLI::ValidationError) << none;
  }
}

TEST_F(F5Input, ASourceOfAFamilyThatNobodyServesIsAnError) {
  write("bigip.conf", "ltm virtual /Common/v {\n    destination /Common/10.0.0.1:443\n}\n");
  write("six.conf", "ltm virtual /Common/v {\n    destination /Common/2001:db8::1.443\n}\n");
  F5Options options{.files = {(folder_ / "bigip.conf").string()}, .sources = {"2001:db8::5"}, .topology_file = {}};
  EXPECT_FALSE(read_f5_input(options));
  const auto other = read_f5_config({(folder_ / "six.conf").string()});
  ASSERT_TRUE(other);
  EXPECT_TRUE(read_f5_input(options, &*other)) << "the other one of the two has it";
  options.sources = {"10.9.0.0/16"};
  EXPECT_TRUE(read_f5_input(options));
}

TEST_F(F5Input, PredictionsOfABundleAreReadAgain) {
  const std::vector<PredictedPath> written{{"p", "v", "s", "m", Family::ipv6, "symmetric", "automap", {*parse_address("2001:db8::4")}, "c", {"r"}}};
  ASSERT_TRUE(write_predicted(folder_.string(), written));
  const auto read = read_predicted(folder_.string());
  ASSERT_TRUE(read) << describe(read.error());
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ(read->front().family, Family::ipv6);
  EXPECT_EQ(read->front().seen_as, written.front().seen_as);
  write("predicted.json", "[{}]");
  EXPECT_FALSE(read_predicted(folder_.string()));
  std::filesystem::remove(folder_ / "predicted.json");
  EXPECT_TRUE(read_predicted(folder_.string())->empty());
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/unit/topology/files.hpp"

// Files that are too big to keep.
namespace hairpin {
namespace {

std::string only_problem(const std::string& text) {
  const auto reading = read_topology(text);
  EXPECT_FALSE(reading.topology);
  EXPECT_EQ(reading.problems.size(), 1u) << problems_of(reading, "f");
  return reading.problems.empty() ? "" : describe(reading.problems.front(), "f");
}

std::string repeated(std::size_t count, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string with_hosts(std::size_t count, const std::string& members) {
  std::string text =
      "hairpin: 1\nname: big\nhosts:\n  lb: { load_balancer: true, self_ips: [{ address: 10.0.0.5 }] }\n";
  for (std::size_t i = 0; i < count; ++i)
    text += fmt::format("  h{}: {{ addresses: [10.{}.{}.1] }}\n", i, 1 + i / 256, i % 256);
  return text + "pools:\n  p:\n    vip: [10.0.0.1]\n    load_balancer: lb\n    members: " + members +
         "\n    virtual_servers: [{ name: v }]\n";
}

std::string member_list(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += fmt::format("\n      - h{}", i);
  return text;
}

TEST(Limits, AFileOfMoreThanFourMebibytesIsRefusedUnread) {
  EXPECT_EQ(only_problem(repeated(4 * 1024 * 1024 / 2 + 1, "#\n")),
            "f:1:1: the file has 4194306 bytes; at most 4194304 are read; is this the topology file?");
}

TEST(Limits, AFileOfExactlyFourMebibytesIsRead) {
  auto text = small_topology();
  text += repeated((4 * 1024 * 1024 - text.size()) / 2, "#\n");
  text.resize(4 * 1024 * 1024, '\n');
  EXPECT_TRUE(read_topology(text).topology);
}

TEST(Limits, TenThousandMembersAreRefusedAtOnce) {
  EXPECT_EQ(only_problem(with_hosts(3, member_list(10'000))),
            "f:13:7: pools.p.members has 10000 entries; at most 256 are possible");
}

TEST(Limits, TenThousandHostsAreRefusedAtOnce) {
  EXPECT_EQ(only_problem(with_hosts(10'000, "[h1]")),
            "f:4:3: hosts has 10001 entries; at most 1024 are possible");
}

TEST(Limits, PairsOfSourceAndMemberAreBounded) {
  EXPECT_EQ(only_problem(with_hosts(1000, member_list(256))),
            "f:1006:3: up to pools.p there are 256000 pairs of source and member; at most 100000 are "
            "possible; name the "
            "sources that matter in \"sources\"");
}

TEST(Limits, TheBiggestPoolIsRead) {
  const auto topology = read(with_hosts(256, member_list(256)));
  EXPECT_EQ(topology.pools.at(0).members.size(), 256u);
  EXPECT_EQ(topology.pools.at(0).sources.size(), 256u);
}

TEST(Limits, ANameOf64KilobytesIsCutInTheMessage) {
  const auto text = small_topology();
  const auto name = text.find("small");
  const auto problem =
      only_problem(text.substr(0, name) + ">-\n" + repeated(64, "  " + std::string(1022, 'x') + "\n") +
                   text.substr(name + 6));
  EXPECT_LT(problem.size(), 250u);
  EXPECT_NE(problem.find(std::string(60, 'x') + "…"), problem.npos) << problem;
}

TEST(Limits, AfterAHundredProblemsTheRestIsLeftOut) {
  std::string text = small_topology();
  for (int i = 0; i < 150; ++i) text += fmt::format("k{}: 1\n", i);
  const auto reading = read_topology(text);
  ASSERT_EQ(reading.problems.size(), 101u);
  EXPECT_EQ(reading.problems.back().what, "there are more problems");
}

TEST(Limits, ValuesAreCounted) {
  EXPECT_EQ(only_problem(repeated(100'001, "- 1\n")),
            "f:100000:3: more than 100000 values; is this the topology file?");
}

TEST(Limits, AfterAHundredDuplicateKeysTheRestIsLeftUnread) {
  const auto reading = read_topology(repeated(1'000'000, "a:\n"));
  ASSERT_EQ(reading.problems.size(), 101u);
  EXPECT_EQ(describe(reading.problems[99], "f"),
            "f:101:1: duplicate key \"a\", first on line 1; remove one of them");
  EXPECT_EQ(describe(reading.problems[100], "f"), "f:102:1: there are more duplicate keys; mend these first");
}

TEST(Limits, NestingOfAMillionLevelsIsRefused) {
  for (const auto* opening : {"[\n", "{\n", "- ", "? "}) {
    const auto reading = read_topology(repeated(1'000'000, opening));
    EXPECT_FALSE(reading.topology);
    EXPECT_EQ(reading.problems.size(), 1u) << opening;
  }
}

TEST(Limits, NestingOfAThousandLevelsIsRefusedByTheTree) {
  for (const auto* opening : {"[\n", "{a:\n", "- ", "? "}) {
    const auto reading = read_topology(repeated(1000, opening));
    EXPECT_FALSE(reading.topology);
    ASSERT_EQ(reading.problems.size(), 1u) << opening;
    EXPECT_THAT(reading.problems[0].what,
                testing::AnyOf("nested deeper than 32 levels", "a key that is no plain text"));
  }
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
// What a load through a balancer shows: who carried it, from which addresses, whether the path stayed right, and a fault that only
// a load has.
#include "site_load.hpp"

namespace hairpin {
namespace {

using namespace test;

constexpr const char* kLittle = "--rate 40 --seconds 4";
constexpr const char* kShort = "--rate 25 --seconds 4 --transactions 1";

TEST_F(LoadOfASite, IsSharedByTheMembersOfAFullProxyWithAutomap) {
  load("--mode standard --snat automap", kLittle);
  if (IsSkipped()) return;
  expect_halves();
  EXPECT_EQ(peers(), std::set<std::string>{"10.137.2.4"});
}

TEST_F(LoadOfASite, IsSharedBehindASnatPool) {
  load("--mode fastl4 --snat pool", kLittle);
  if (IsSkipped()) return;
  expect_halves();
  EXPECT_EQ(peers().size(), 2U) << "both addresses of the pool";
  EXPECT_FALSE(peers().contains("10.137.1.10"));
}

TEST_F(LoadOfASite, IsSharedWithoutSnat) {
  load("--mode fastl4 --snat none", kLittle);
  if (IsSkipped()) return;
  expect_halves();
  EXPECT_EQ(peers(), std::set<std::string>{"10.137.1.10"});
}

/// Where nobody sits at a terminal: a line for each second, with the members' shares, and no control characters; the bundle has them as well.
TEST_F(LoadOfASite, ShowsTheSharesOfMembersWhileItGoesOn) {
  const auto name = "load-" + std::to_string(::getpid());
  const auto bundle = std::filesystem::temp_directory_path() / ("hairpin-shares-" + name);
  const auto text = test::output_of(std::string(HAIRPIN_PROGRAM) + " lab load --name " + name + " --mode fastl4 --snat none " + kLittle +
                              " --no-direct --out " + bundle.string() + " 2>&1");
  const auto csv = lines_of(test::text_of(bundle / "load-members.csv"));
  std::filesystem::remove_all(bundle);
  if (csv.empty() && !may_have_labs()) GTEST_SKIP() << "no lab here: " << text.substr(0, 300);
  ASSERT_FALSE(csv.empty()) << text;
  std::size_t sustained = 0;
  for (const auto& line : lines_of(text)) {
    if (!line.starts_with("load ") || line.find(" sustain ") == std::string::npos) continue;
    ++sustained;
    EXPECT_THAT(line, testing::ContainsRegex("failed.*  oc01 [0-9]+ %, oc02 [0-9]+ %"));
  }
  EXPECT_EQ(sustained, 4U) << text;
  EXPECT_EQ(text.find_first_of("\r\x1b"), std::string::npos);
  for (const auto* const member : {"oc01", "oc02"}) {
    const auto of_it = [member](const std::string& line) { return line.starts_with(std::string(member) + ",") && line.find(",sustain,") != std::string::npos; };
    EXPECT_EQ(std::count_if(csv.begin(), csv.end(), of_it), 4) << member;
  }
}

/// Without SNAT the members see the source's own ports.
TEST_F(LoadOfASite, ComesFromThePortsThatWereAskedFor) {
  load("--mode fastl4 --snat none", std::string(kLittle) + " --source-addresses all --source-ports 20000-20099 --connections 100");
  if (IsSkipped()) return;
  expect_halves();
  EXPECT_EQ(peers(), std::set<std::string>{"10.137.1.10"});
  for (const auto& member : data.served) {
    ASSERT_EQ(member.ports.size(), 1U) << member.member;
    EXPECT_GE(member.ports.front().first, 20'000) << member.member;
    EXPECT_LE(member.ports.front().last, 20'099) << member.member;
  }
  EXPECT_EQ(places_text(data.load->shape), "ports 20000 to 20099 of 10.137.1.10");
}

/// Every transaction succeeds, and the load fails: members see an address that nobody promised.
TEST_F(LoadOfASite, FailsForWhatIsSampledMeanwhile) {
  load("--mode fastl4 --snat automap --fault snat-wrong-address", kLittle);
  if (IsSkipped()) return;
  ASSERT_TRUE(data.load);
  EXPECT_EQ(data.load->sustained.completed, data.load->sustained.attempted);
  EXPECT_EQ(run.verdict, Verdict::fail);
  EXPECT_EQ(faults(), std::set<std::string>{"snat.wrong-address"});
}

/// Connections of two transactions that rest for two seconds in between: some 80 at once, for twice 16 ports.
constexpr const char* kHeld = "--rate 40 --seconds 6 --transactions 2 --think 2000 --timeout 3000 --connections 300";

TEST_F(LoadOfASite, NamesPortsThatAreExhausted) {
  for (const auto* mode : {"fastl4", "standard"}) {
    load(std::string("--mode ") + mode + " --snat automap --fault snat-ports=16", kHeld);
    if (IsSkipped()) return;
    EXPECT_EQ(run.verdict, Verdict::fail) << mode;
    EXPECT_THAT(causes(Verdict::fail), testing::Contains("snat.port-exhausted")) << mode;
    EXPECT_FALSE(causes(Verdict::fail).contains("load.failures")) << mode << ": explained";
    ASSERT_EQ(run.diagnoses.size(), 1U) << mode;
    EXPECT_EQ(run.diagnoses.front().cause, "snat.port-exhausted");
  }
}

/// Connections that are held use no port twice, and a proxy hands them out in order: what both members saw tells.
TEST_F(LoadOfASite, NamesPortsThatAreHeld) {
  load("--mode standard --snat automap --fault snat-ports=64", "--test concurrent --connections 200 --seconds 5");
  if (IsSkipped()) return;
  EXPECT_EQ(run.verdict, Verdict::fail);
  EXPECT_THAT(causes(Verdict::fail), testing::Contains("snat.port-exhausted"));
  ASSERT_EQ(run.diagnoses.size(), 1U);
  EXPECT_EQ(run.diagnoses.front().cause, "snat.port-exhausted");
}

/// It carries the load, with half of its members.
TEST_F(LoadOfASite, TellsOfAMemberThatGetsNothing) {
  load("--mode standard --snat automap --fault hides-member=oc02", kLittle);
  if (IsSkipped()) return;
  EXPECT_EQ(faults(), std::set<std::string>());
  EXPECT_EQ(causes(Verdict::warn), std::set<std::string>{"load.member-idle"});
}

/// 100 connections on 48 ports: what is over leaves its port to the next one at once. So many that a slow machine, on which
/// connections last half a second, does not hold all of them at once. One that meets TIME-WAIT in each of its attempts does not
/// come up (docs/load.md), and is called what it is.
TEST_F(LoadOfASite, DoesNotMistakePortsThatAreUsedAgain) {
  for (const auto* mode : {"fastl4", "standard"}) {
    load(std::string("--mode ") + mode + " --snat automap --fault snat-ports=48", kShort);
    if (IsSkipped()) return;
    ASSERT_TRUE(data.load);
    EXPECT_EQ(data.load->counts.completed, data.load->counts.attempted) << mode << ": " << data.load->first_failure;
    auto others = faults();
    if (std::string_view(mode) == "fastl4") others.erase("vip.old-connection");  // a proxy's own handshake meets none
    EXPECT_EQ(others, std::set<std::string>()) << mode;
  }
}

/// The same held connections, with ports for all of them.
TEST_F(LoadOfASite, HoldsConnectionsWherePortsSuffice) {
  load("--mode fastl4 --snat automap --fault snat-ports=400", kHeld);
  if (IsSkipped()) return;
  EXPECT_EQ(faults(), std::set<std::string>());
}

}  // namespace
}  // namespace hairpin

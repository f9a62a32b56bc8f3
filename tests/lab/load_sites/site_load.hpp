// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "checks/load/figures.hpp"
#include "evidence/finding.hpp"
#include "reports/load_text.hpp"
#include "tests/support/files.hpp"
#include "tests/support/namespaces.hpp"
#include "tests/support/output.hpp"

namespace hairpin::test {

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::stringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// One `hairpin lab load`: its findings, and what the bundle says of the load.
class LoadOfASite : public testing::Test {
 protected:
  void load(const std::string& site, const std::string& options) {
    const auto name = std::string(testing::UnitTest::GetInstance()->current_test_info()->name()).substr(0, 12);
    std::string lower = "load-" + std::to_string(::getpid());
    const auto bundle = std::filesystem::temp_directory_path() / ("hairpin-" + name + "-" + lower);
    const auto text = output_of(std::string(HAIRPIN_PROGRAM) + " lab load --name " + lower + " " + site + " " + options +
                                " --no-direct --json -q --out " + bundle.string() + " 2>&1");
    const auto document = parse_json(text, "run.json");
    const auto described = document ? text_of(bundle / "load.json") : std::string();
    std::filesystem::remove_all(bundle);
    if (!document && !may_have_labs()) GTEST_SKIP() << "no lab here: " << text.substr(0, 300);
    ASSERT_TRUE(document) << text;
    const auto read = run_from_json(*document);
    ASSERT_TRUE(read) << describe(read.error());
    run = *read;
    auto object = parse_json(described, "load.json");
    ASSERT_TRUE(object) << described.substr(0, 300);
    object->as_object().erase("schema");
    const auto load = from_json<reports::LoadReportData>(*object, "load.json");
    ASSERT_TRUE(load) << describe(load.error());
    data = *load;
  }
  std::set<std::string> causes(Verdict verdict) const {
    std::set<std::string> all;
    for (const auto& finding : run.findings)
      if (finding.verdict == verdict) all.insert(finding.cause);
    return all;
  }
  /// What failed, but for a load that was not kept pace with: clients, balancer and members share this machine's cores, and on few
  /// ports a SYN is lost now and then (docs/load.md).
  std::set<std::string> faults() const {
    auto all = causes(Verdict::fail);
    all.erase("load.behind");
    return all;
  }
  std::set<std::string> peers() const {
    std::set<std::string> all;
    for (const auto& member : data.served)
      for (const auto& peer : member.peers) all.insert(to_string(peer.address));
    return all;
  }
  /// Of the connections that were sampled meanwhile, those that this member answered.
  double sampled_at(const std::string& member) const {
    const auto& shares = data.sampled->members;
    const auto its = std::find_if(shares.begin(), shares.end(), [&](const MemberShare& share) { return share.member == member; });
    return its == shares.end() ? 0 : static_cast<double>(its->completed);
  }
  /// Each member answered half, by the answers that the source got and by its own account; the path was right meanwhile. Members
  /// take turns, and a sampled connection takes the turn of one of the load.
  void expect_halves() {
    ASSERT_TRUE(data.load);
    ASSERT_TRUE(data.sampled);
    const auto& load = *data.load;
    ASSERT_EQ(load.members.size(), 2U);
    ASSERT_EQ(data.served.size(), 2U);
    const auto samples = static_cast<double>(data.sampled->answered);
    for (const auto& share : load.members)
      EXPECT_NEAR(static_cast<double>(share.completed), static_cast<double>(load.sustained.completed) / 2, 1 + samples / 2) << share.member;
    for (const auto& member : data.served)
      EXPECT_NEAR(static_cast<double>(member.answered) + sampled_at(member.member), (static_cast<double>(load.counts.completed) + samples) / 2, 2) << member.member;
    EXPECT_EQ(faults(), std::set<std::string>());
    EXPECT_GE(data.sampled->answered, 4U);
    EXPECT_EQ(data.sampled->answered, data.sampled->attempted);
    const auto is_path = [](const Finding& finding) { return finding.check == "return-path" && finding.verdict == Verdict::pass; };
    EXPECT_TRUE(std::any_of(run.findings.begin(), run.findings.end(), is_path));
  }
  hairpin::Run run;
  reports::LoadReportData data;
};

}  // namespace hairpin::test

// SPDX-License-Identifier: Apache-2.0
// One host, one command: `hairpin check` on a host of a lab, where nobody else has an agent.
#include <gmock/gmock.h>
#include <unistd.h>

#include "base/json.hpp"
#include "evidence/finding.hpp"
#include "network.hpp"
#include "tests/support/files.hpp"

namespace hairpin {
namespace {

/// A lab whose members run the real service; it ends with the test.
class Check : public testing::Test {
 protected:
  void build(std::vector<std::string> more) {
    std::vector<std::string> arguments{"lab", "up", "--name", lab};
    for (const auto* member : {"oc01", "oc02"}) arguments.insert(arguments.end(), {"--fault", std::string("no-agent=") + member});
    arguments.insert(arguments.end(), more.begin(), more.end());
    ASSERT_EQ(hairpin(arguments), 0);
  }
  void TearDown() override { EXPECT_EQ(hairpin({"lab", "down", lab}), 0); }

  std::optional<int> hairpin(std::vector<std::string> arguments) const {
    test::Program program(std::move(arguments));
    return program.wait(std::chrono::seconds(60));
  }
  std::optional<int> check_on(const std::string& host, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"lab", "exec", "--name", lab, host, "--", HAIRPIN_PROGRAM, "check", "10.137.2.11:444",
                                       "--member", "oc01=10.137.2.21", "--member", "oc02=10.137.2.22", "-q", "--out", bundle()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return hairpin(std::move(arguments));
  }
  std::string bundle() const { return (site.folder() / "bundle").string(); }
  /// Cause of a finding of the run; "-" when there is no such finding.
  std::string cause_of(const std::string& id) const {
    const auto document = parse_json(test::text_of(bundle() + "/run.json"), "run.json");
    if (!document) return describe(document.error());
    const auto run = run_from_json(*document);
    if (!run) return describe(run.error());
    for (const auto& finding : run->findings)
      if (finding.id == id) return finding.cause;
    return "-";
  }

  test::Site site;
  std::string lab = "check-" + std::to_string(getpid());
};

TEST_F(Check, OnAMemberFindsTheSeedsFaultAlone) {
  build({});
  EXPECT_EQ(check_on("oc01"), 1);
  EXPECT_EQ(cause_of("return-path/pool/port-444/oc01/oc02/ipv4"), "return-path.bypasses-load-balancer");
  EXPECT_EQ(cause_of("return-path/pool/port-444/oc01/oc01/ipv4"), "return-path.self-hairpin");
}

TEST_F(Check, OnAMendedSiteFailsNothingAndKnowsWhatItCannotSee) {
  build({"--snat", "automap"});
  EXPECT_EQ(check_on("oc01"), 3);
  EXPECT_EQ(cause_of("return-path/pool/port-444/oc01/ipv4"), "");
  EXPECT_EQ(cause_of("coverage/pool/port-444/oc01/oc02/ipv4"), "coverage.not-seen");
}

}  // namespace
}  // namespace hairpin

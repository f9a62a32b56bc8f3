// SPDX-License-Identifier: Apache-2.0
// A load balancer that is asked by iControl REST, at a stand-in that serves recorded documents over TLS.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "asked_site.hpp"
#include "checks/check.hpp"
#include "hairpin/bigip/line.hpp"
#include "rest_stand_in.hpp"
#include "tests/lab/net/loop.hpp"
#include "tests/lab/run/runs.hpp"
#include "tests/support/files.hpp"

namespace hairpin {
namespace {

using bigip::Question;
using bigip::What;
using test::RestStandIn;
using testing::HasSubstr;

const Question kUnit{What::unit, {}, {}, {}};

class StandInByRest : public net::Loop {
 protected:
  void SetUp() override {
    if (!test::want_of_network().empty()) GTEST_SKIP() << test::want_of_network();
    ::setenv("HAIRPIN_BIGIP_USER", RestStandIn::kUser, 1);
    ::setenv("HAIRPIN_BIGIP_PASSWORD", RestStandIn::kPassword, 1);
    ::unsetenv("HAIRPIN_BIGIP_TOKEN");
  }
  void TearDown() override {
    for (const char* name : {"HAIRPIN_BIGIP_USER", "HAIRPIN_BIGIP_PASSWORD", "HAIRPIN_BIGIP_TOKEN"}) ::unsetenv(name);
  }

  static BigipState state_of(const RestStandIn& stand_in) {
    BigipState state;
    state.rest_host = "127.0.0.1";
    state.rest_port = stand_in.port();
    state.pin = stand_in.fingerprint();
    return state;
  }
  std::string file(const std::string& name, const std::string& text, mode_t mode) const {
    const auto path = (site.folder() / name).string();
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  /// What asking comes to: the answer, or why there is none.
  std::string ask(const BigipState& state, const Question& question = kUnit, milliseconds limit = milliseconds(5'000)) {
    auto line = bigip::make_line(state);
    if (!line) return describe(line.error());
    auto answer = get((*line)->ask(question, limit));
    was_for_all = !answer && answer.error().is_for_all;
    return answer ? answer->text : answer.error().words;
  }

  test::Site site;
  bool was_for_all = false;
};

TEST_F(StandInByRest, AnswersWhoIsKnownByItsPinOrItsAuthority) {
  const RestStandIn stand_in;
  auto state = state_of(stand_in);
  EXPECT_THAT(ask(state), HasSubstr("ACTIVE"));
  state.pin.clear();
  state.authority = file("ca.pem", stand_in.authority_pem(), 0644);
  EXPECT_THAT(ask(state), HasSubstr("ACTIVE"));
}

TEST_F(StandInByRest, GetsNoCredentialsUnlessItIsTheOneThatWasMeant) {
  const RestStandIn stand_in, another;
  auto state = state_of(stand_in);
  state.pin = another.fingerprint();
  EXPECT_THAT(ask(state), HasSubstr("another fingerprint than the pin"));
  EXPECT_TRUE(was_for_all);
  state.pin.clear();
  state.authority = file("other-ca.pem", another.authority_pem(), 0644);
  EXPECT_THAT(ask(state), HasSubstr("could not trust"));
  EXPECT_THAT(stand_in.asked(), testing::IsEmpty()) << "nothing may be sent to it";
}

TEST_F(StandInByRest, ItsCertificateHasToBeForItsName) {
  const RestStandIn stand_in;
  auto state = state_of(stand_in);
  state.pin.clear();
  state.authority = file("ca.pem", stand_in.authority_pem(), 0644);
  state.rest_host = "localhost";  // the certificate is for another name
  EXPECT_THAT(ask(state), HasSubstr("could not trust"));
  EXPECT_THAT(stand_in.asked(), testing::IsEmpty());
}

TEST_F(StandInByRest, CredentialsComeFromAFileOfItsOwnersAlone) {
  const RestStandIn stand_in;
  auto state = state_of(stand_in);
  ::unsetenv("HAIRPIN_BIGIP_PASSWORD");
  EXPECT_THAT(ask(state), HasSubstr("there are no credentials"));
  const auto secret = std::string(RestStandIn::kUser) + ":" + RestStandIn::kPassword + "\n";
  state.credentials = file("open", secret, 0644);
  EXPECT_THAT(ask(state), testing::AllOf(HasSubstr("others than its owner may use it"), testing::Not(HasSubstr(RestStandIn::kPassword))));
  state.credentials = file("own", secret, 0600);
  EXPECT_THAT(ask(state), HasSubstr("ACTIVE"));
  state.credentials = file("many", secret + "more", 0600);
  EXPECT_THAT(ask(state), testing::AllOf(HasSubstr("it holds one line"), testing::Not(HasSubstr(RestStandIn::kPassword))));
  state.credentials = file("token", "token:not-his\n", 0600);
  EXPECT_THAT(ask(state), HasSubstr("it refuses the credentials (HTTP 401)"));
  EXPECT_TRUE(was_for_all);
}

TEST_F(StandInByRest, WhateverItDoesInsteadOfAnswerEndsInTimeAndSize) {
  const std::pair<RestStandIn::Manner, const char*> manners[] = {{RestStandIn::Manner::silent, "no answer in 1 s"},
                                                                 {RestStandIn::Manner::flood, "could not read the HTTP response"},
                                                                 {RestStandIn::Manner::forbidden, "may not ask"},
                                                                 {RestStandIn::Manner::cut, "could not read the HTTP response"}};
  for (const auto& [manner, words] : manners) {
    const RestStandIn stand_in(manner);
    const auto said = ask(state_of(stand_in), kUnit, milliseconds(1'000));
    EXPECT_THAT(said, HasSubstr(words));
    EXPECT_THAT(said, testing::Not(HasSubstr(RestStandIn::kPassword)));
  }
  BigipState gone;
  {
    const RestStandIn stand_in;
    gone = state_of(stand_in);
  }
  EXPECT_THAT(ask(gone), HasSubstr("refused"));
  EXPECT_TRUE(was_for_all);
}

class RunByRest : public StandInByRest {
 protected:
  void SetUp() override {
    StandInByRest::SetUp();
    if (IsSkipped()) return;
    agents.push_back(site.start_agent("client1"));
    agents.push_back(site.start_agent("oc01"));
  }
  Topology topology(const RestStandIn& stand_in) const { return test::topology_with_balancer(site, state_of(stand_in)); }
  static Observations observe(const Topology& asked) { return test::collect_from(asked, test::quiet_options()).observations; }

  std::vector<std::unique_ptr<test::Program>> agents;
};

TEST_F(RunByRest, AsksWithGetAloneAndUnderstandsTheDocuments) {
  const RestStandIn stand_in;
  const auto asked = topology(stand_in);
  const auto observations = observe(asked);
  ASSERT_EQ(observations.balancers.size(), 1u);
  const auto& facts = observations.balancers[0];
  EXPECT_THAT(facts.missing, testing::IsEmpty());
  EXPECT_EQ(facts.answered, facts.asked);
  EXPECT_EQ(facts.before, UnitState::active);
  EXPECT_EQ(facts.persistence.size(), 1u);
  ASSERT_EQ(facts.services.size(), 2u);
  for (const auto& service : facts.services) EXPECT_EQ(service.availability, service.member ? "available" : "offline");
  EXPECT_TRUE(observations.connections.empty()) << "the recorded connection is none of this run's";
  EXPECT_THAT(stand_in.asked(), testing::Contains(HasSubstr("/mgmt/tm/sys/connection?options=cs-client-addr+127.0.0.1")));
}

TEST_F(RunByRest, AnsweringJunkFailsNoPath) {
  const RestStandIn stand_in(RestStandIn::Manner::junk);
  const auto asked = topology(stand_in);
  const auto run = checks::judge(asked, make_plan(asked), observe(asked));
  for (const auto& finding : run.findings) {
    EXPECT_NE(finding.verdict, Verdict::fail) << finding.id;
    if (finding.id != "vantage/bigip") continue;
    EXPECT_EQ(finding.cause, "vantage.no-state");
  }
}

TEST_F(RunByRest, TheConfigurationThatTheTopologyNamesIsHeldAgainstWhatIsSeen) {
  const auto text = test::text_with_balancer(site, "f5: { config: bigip.conf }");
  const auto topology_file = file("site.yaml", text, 0644), bundle = (site.folder() / "bundle").string();
  const std::vector<std::string> command{"run", "-q", "-t", topology_file, "-o", bundle};
  test::Program without(command);
  EXPECT_EQ(without.wait(std::chrono::seconds(30)), 2) << "the file is not there";
  file("bigip.conf",
       "ltm pool /Common/p {\n    members {\n        /Common/127.0.0.2:18444 {\n            address 127.0.0.2\n        }\n    }\n}\n"
       "ltm virtual /Common/mcu {\n    destination /Common/127.0.0.10:18444\n    ip-protocol tcp\n    mask 255.255.255.255\n    pool /Common/p\n"
       "    source-address-translation {\n        type automap\n    }\n}\n"
       "net vlan /Common/v { }\nnet self /Common/s {\n    address 127.0.0.5/8\n    vlan /Common/v\n}\n",
       0644);
  test::Program with(command);
  ASSERT_TRUE(with.wait(std::chrono::seconds(60)));
  const auto all = test::text_of(bundle + "/run.json");
  EXPECT_THAT(all, HasSubstr("config/pool01/mcu/client1/oc01/ipv4"));
  EXPECT_THAT(all, HasSubstr("bigip.conf:"));
}

TEST_F(RunByRest, NoSecretReachesTheReportTheBundleOrTheLog) {
  const RestStandIn stand_in;
  const auto text = test::text_with_balancer(
      site, "state: { bigip: \"https://127.0.0.1:" + std::to_string(stand_in.port()) + "\", pin: \"sha256:" + stand_in.fingerprint() + "\" }");
  const auto topology_file = file("site.yaml", text, 0644), bundle = (site.folder() / "bundle").string();
  test::Program run({"run", "-t", topology_file, "-v", "-o", bundle});
  ASSERT_TRUE(run.wait(std::chrono::seconds(60)));
  EXPECT_FALSE(stand_in.asked().empty());
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(bundle)) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const auto all = test::bytes_of(entry.path());
    EXPECT_EQ(all.find(RestStandIn::kPassword), all.npos) << entry.path();
    EXPECT_EQ(all.find("Basic "), all.npos) << entry.path();
  }
  EXPECT_GE(files, 5u);
}

}  // namespace
}  // namespace hairpin

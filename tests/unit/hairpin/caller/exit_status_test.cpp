// SPDX-License-Identifier: Apache-2.0
#include "hairpin/caller/exit_status.hpp"

#include <gtest/gtest.h>

namespace hairpin {
namespace {

Run run_with(std::initializer_list<Verdict> verdicts, const char* check = "return-path") {
  Run run;
  for (const auto verdict : verdicts) {
    Finding finding;
    finding.check = check;
    finding.verdict = verdict;
    run.findings.push_back(finding);
  }
  return run;
}

Observations agents(std::initializer_list<AgentState> states) {
  Observations observations;
  for (const auto state : states) {
    AgentFacts facts;
    facts.state = state;
    observations.agents.push_back(facts);
  }
  return observations;
}

TEST(ExitStatus, IsZeroWhenEverythingPassed) {
  EXPECT_EQ(exit_status(run_with({Verdict::pass, Verdict::info, Verdict::skip}), {}, false),
            ExitStatus::passed);
}

TEST(ExitStatus, CountsAWarningAsPassedUnlessStrict) {
  const auto run = run_with({Verdict::pass, Verdict::warn});
  EXPECT_EQ(exit_status(run, {}, false), ExitStatus::passed);
  EXPECT_EQ(exit_status(run, {}, true), ExitStatus::failed);
}

TEST(ExitStatus, IsOneWhenSomethingFailedWhateverElseHappened) {
  const auto run = run_with({Verdict::pass, Verdict::inconclusive, Verdict::fail});
  EXPECT_EQ(exit_status(run, agents({AgentState::lost, AgentState::no_privilege}), false),
            ExitStatus::failed);
}

TEST(ExitStatus, IsThreeWhenSomethingIsInconclusiveAndNothingFailed) {
  EXPECT_EQ(exit_status(run_with({Verdict::pass, Verdict::inconclusive}), {}, false),
            ExitStatus::inconclusive);
}

TEST(ExitStatus, IsThreeWhenNothingWasJudged) {
  EXPECT_EQ(exit_status(run_with({}), {}, false), ExitStatus::inconclusive);
  EXPECT_EQ(exit_status(run_with({Verdict::info, Verdict::skip}), agents({AgentState::ready}), false),
            ExitStatus::inconclusive);
}

TEST(ExitStatus, IsFourWhenNothingWasJudgedBecauseAgentsCouldNotBeReached) {
  const auto run = run_with({Verdict::inconclusive});
  for (const auto state : {AgentState::unreachable, AgentState::lost, AgentState::refused})
    EXPECT_EQ(exit_status(run, agents({AgentState::ready, state, AgentState::no_privilege}), false),
              ExitStatus::unreachable);
}

TEST(ExitStatus, IsThreeAndNotFourWhenSomethingWasJudgedAllTheSame) {
  const auto run = run_with({Verdict::inconclusive, Verdict::pass});
  EXPECT_EQ(exit_status(run, agents({AgentState::unreachable}), false), ExitStatus::inconclusive);
}

TEST(ExitStatus, IsFiveWhenNothingWasJudgedForWantOfPrivilege) {
  const auto run = run_with({Verdict::inconclusive});
  EXPECT_EQ(exit_status(run, agents({AgentState::no_privilege}), false), ExitStatus::no_privilege);
  auto observations = agents({AgentState::ready});
  observations.captures.emplace_back().lacks_privilege = true;
  EXPECT_EQ(exit_status(run, observations, false), ExitStatus::no_privilege);
}

TEST(ExitStatus, DoesNotTakeAWorkingVantageForAJudgementOfTheNetwork) {
  EXPECT_EQ(exit_status(run_with({Verdict::pass}, "vantage"), agents({AgentState::unreachable}), false),
            ExitStatus::unreachable);
}

}  // namespace
}  // namespace hairpin

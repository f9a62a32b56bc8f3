// SPDX-License-Identifier: Apache-2.0
// The schedule against balancers that choose members in known ways: it ends, covers what can be covered, and
// stays within its budgets.
#include <gmock/gmock.h>

#include <random>

#include "hairpin/coordinator/schedule.hpp"
#include "trips.hpp"

namespace hairpin {
namespace {

using test::plan_of;

struct Balancer {
  std::function<std::string(std::size_t connection)> choose;
  std::function<End(const std::string& source, const std::string& member)> end;
  int silent_ms = 1500;
  std::string unwatched{};  ///< nobody sees what lands there
};

struct Simulated {
  Tally tally;
  std::uint32_t rounds = 0;
};

/// Sources of a round that is not exclusive take turns: the worst case for a rotor that they share.
Simulated simulate(const Plan& plan, const Balancer& balancer) {
  test::Trips trips;
  std::set<std::string> able;
  for (const auto& source : plan.sources) able.insert(source.source);
  std::map<std::string, int> clock;
  std::size_t connection = 0;
  const auto attempt = [&](std::size_t source) {
    const auto& name = plan.sources[source].source;
    const auto member = balancer.choose(connection++);
    const auto end = balancer.end(name, member);
    const int took = end == End::silent ? balancer.silent_ms : 10;
    trips.add(name, end == End::silent || member == balancer.unwatched ? "" : member, end, clock[name], took);
    clock[name] += std::max(took, 100);
  };
  Simulated result;
  for (;;) {
    result.tally = tally(plan, trips.all);
    auto round = next_round(plan, result.tally, result.rounds + 1, able, 7);
    if (!round) return result;
    ++result.rounds;
    for (auto& [name, now] : clock) now += static_cast<int>(round->pause.count());
    if (round->is_exclusive) {
      for (const auto& burst : round->bursts)
        for (std::uint32_t i = 0; i < burst.attempts; ++i) attempt(burst.source);
      continue;
    }
    for (std::uint32_t i = 0;; ++i) {
      bool is_one = false;
      for (const auto& burst : round->bursts)
        if (i < burst.attempts) attempt(burst.source), is_one = true;
      if (!is_one) break;
    }
  }
}

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back("oc" + std::to_string(i + 1));
  return all;
}

End always_answered(const std::string&, const std::string&) { return End::answered; }

TEST(ScheduleSimulation, CoversARotorThatAllSourcesShare) {
  for (std::size_t members = 1; members <= 6; ++members) {
    const auto all = names(members);
    const auto plan = plan_of(all, all);
    const auto rotor = [&](std::size_t connection) { return all[connection % members]; };
    const auto result = simulate(plan, {rotor, always_answered});
    for (const auto& source : result.tally.sources) {
      EXPECT_EQ(source.pairs.size(), members);
      for (const auto& [member, pair] : source.pairs)
        EXPECT_TRUE(pair.is_settled()) << members << " " << member;
    }
    EXPECT_LE(result.rounds, 3U);
  }
}

TEST(ScheduleSimulation, CoversARotorThatLockedASourceToAMemberThatRefusesAndNobodyWatches) {
  const auto all = names(3);
  const auto plan = plan_of(all, all);
  const auto end = [](const std::string&, const std::string& member) {
    return member == "oc1" ? End::refused : End::answered;
  };
  for (std::size_t begin = 0; begin < 9; ++begin) {
    const auto rotor = [&](std::size_t connection) {
      const bool is_stuck = connection >= 27 && connection < 30;  // whoever is tried again meets oc1 once more
      return all[is_stuck ? 0 : (connection + begin) % 3];
    };
    const auto result = simulate(plan, {rotor, end, 1500, "oc1"});
    for (const auto& source : result.tally.sources) {
      EXPECT_EQ(source.pairs.size(), 2U) << begin;
      for (const auto& [member, pair] : source.pairs) EXPECT_TRUE(pair.is_settled()) << begin << " " << member;
    }
  }
}

TEST(ScheduleSimulation, DoesNotSearchBehindAVipThatRefusesEverybody) {
  const auto plan = plan_of(names(3), names(3));
  const auto refused = [](const std::string&, const std::string&) { return End::refused; };
  const auto result = simulate(plan, {[](std::size_t) { return "oc1"; }, refused, 1500, "oc1"});
  for (const auto& source : result.tally.sources) EXPECT_LE(source.attempts, 10U) << "nine, and one a second later";
}

TEST(ScheduleSimulation, DoesNotSearchBehindAVipThatIsSilentForOneSource) {
  const auto plan = plan_of({"client1", "oc1"}, names(2));
  const auto end = [](const std::string& source, const std::string&) { return source == "client1" ? End::silent : End::answered; };
  const auto result = simulate(plan, {[](std::size_t connection) { return "oc" + std::to_string(connection % 2 + 1); }, end});
  EXPECT_EQ(result.tally.sources[0].attempts, 6U) << "each costs its whole limit";
}

TEST(ScheduleSimulation, CoversRandomChoiceWithinItsBudgets) {
  for (const std::uint32_t seed : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U}) {
    const auto all = names(4);
    const auto plan = plan_of({"client1", "oc01"}, all);
    std::mt19937 random(seed);
    const auto choose = [&](std::size_t) { return all[random() % all.size()]; };
    const auto result = simulate(plan, {choose, always_answered});
    for (std::size_t i = 0; i < plan.sources.size(); ++i) {
      EXPECT_EQ(result.tally.sources[i].pairs.size(), all.size());
      EXPECT_LE(result.tally.sources[i].attempts, plan.sources[i].attempt_budget + 3 * all.size());
    }
  }
}

TEST(ScheduleSimulation, ConfirmsEveryFailingPair) {
  const auto all = names(2);
  const auto plan = plan_of({"client1", "oc01", "oc02"}, all);
  const auto rotor = [&](std::size_t connection) { return all[connection % 2]; };
  const auto end = [](const std::string& source, const std::string&) {
    return source == "client1" ? End::answered : End::decided;
  };
  const auto result = simulate(plan, {rotor, end});
  for (std::size_t i = 0; i < plan.sources.size(); ++i)
    for (const auto& [member, pair] : result.tally.sources[i].pairs) {
      EXPECT_TRUE(pair.is_settled());
      EXPECT_FALSE(pair.needs_confirming()) << plan.sources[i].source << " " << member;
    }
}

TEST(ScheduleSimulation, EndsWhenTheBalancerHidesAMember) {
  const auto plan = plan_of({"client1", "oc01", "oc02"}, names(2));
  const auto result = simulate(plan, {[](std::size_t) { return "oc01"; }, always_answered});
  for (std::size_t i = 0; i < plan.sources.size(); ++i) {
    EXPECT_EQ(result.tally.sources[i].attempts, plan.sources[i].attempt_budget + 2) << "two that stay open";
    EXPECT_EQ(result.tally.sources[i].pairs.count("oc02"), 0U);
  }
}

TEST(ScheduleSimulation, DoesNotSpendMinutesOnADeadVip) {
  const auto plan = plan_of({"client1"}, names(8));
  const auto silent = [](const std::string&, const std::string&) { return End::silent; };
  const auto result = simulate(plan, {[](std::size_t) { return "oc01"; }, silent});
  EXPECT_EQ(result.rounds, 1U);  // ends_early cuts it to three attempts where time is real
}

TEST(ScheduleSimulation, EndsWhateverFlapsAtRandom) {
  for (const std::uint32_t seed : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U}) {
    const auto all = names(3);
    const auto plan = plan_of(all, all);
    std::mt19937 random(seed);
    const auto choose = [&](std::size_t) { return all[random() % 3]; };
    const auto end = [&](const std::string&, const std::string&) {
      const End ends[] = {End::answered, End::reset, End::silent, End::closed};
      return ends[random() % 4];
    };
    const auto result = simulate(plan, {choose, end});
    EXPECT_LT(result.rounds, kMostRounds);
    for (std::size_t i = 0; i < plan.sources.size(); ++i)
      EXPECT_LE(result.tally.sources[i].attempts, 2 * plan.sources[i].attempt_budget + 12);
  }
}

}  // namespace
}  // namespace hairpin

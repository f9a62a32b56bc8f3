// SPDX-License-Identifier: Apache-2.0
// One load at a time from a host, whatever a coordinator asks at once and whoever else has an agent there.
#include <fmt/format.h>

#include "hairpin/agent/load_ceiling.hpp"
#include "hairpin/agent/load_turn.hpp"
#include "loads.hpp"

namespace hairpin {
namespace {

using namespace std::chrono_literals;
using control::Action;
using test::Loads;
using testing::HasSubstr;

using Answer = std::optional<Result<boost::json::value>>;

/// An agent of client1 that is asked by hand, as no coordinator of ours does.
class TurnsOfLoads : public Loads {
 protected:
  static LoadWanted wanted_of(const Mission& mission) {
    const auto& way = mission.plan.sources.front();
    LoadWanted wanted;
    wanted.target = {way.pool, way.virtual_server, {}, way.vip};
    wanted.run = mission.run;
    wanted.shape.arrivals = Arrivals::constant;
    wanted.shape.rate = 20;
    wanted.shape.connections = 20;
    wanted.shape.objects = {{64, 1}};
    wanted.shape.phases.sustain = 60'000ms;
    return wanted;
  }
  static net::Task<> ask(AgentLink& link, Action action, boost::json::value body, Answer& into) {
    auto asking = link.ask(action, std::move(body), 10'000ms);
    into = co_await std::move(asking);
  }
  static boost::json::value start_now(const AgentLink& link) {
    return to_json(LoadStart{system_clock().wall() + link.facts.clock_offset});
  }
  /// The words of the refusal; empty: it was done.
  static std::string words(const Answer& answer) { return !answer ? "not answered" : *answer ? "" : describe(answer->error()); }
  void with_agents(const std::function<net::Task<>(Mission&, AgentLink&)>& work) {
    const Work whole = [&](Mission& mission) -> net::Task<> {
      auto* const link = mission.ready("client1");
      EXPECT_TRUE(link);
      if (link) co_await work(mission, *link);
    };
    test::collect_from(site.topology(), options.run, whole);
  }
};

/// While a load is prepared the target is asked; what was prepared before must not begin meanwhile, because nobody would hold it.
TEST_F(TurnsOfLoads, AreOneEvenIfStartAndPreparationAreAskedAtOnce) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  Answer first, second, third, start, report, end, begun;
  with_agents([&](Mission& mission, AgentLink& link) -> net::Task<> {
    const auto wanted = to_json(wanted_of(mission));
    co_await ask(link, Action::load_prepare, wanted, first);
    std::vector<net::Task<>> tasks;
    tasks.push_back(ask(link, Action::load_prepare, wanted, second));
    tasks.push_back(ask(link, Action::load_start, start_now(link), start));
    tasks.push_back(ask(link, Action::load_prepare, wanted, third));
    tasks.push_back(ask(link, Action::load_report, boost::json::object(), report));
    tasks.push_back(ask(link, Action::load_end, boost::json::object(), end));
    co_await net::together(std::move(tasks));
    co_await ask(link, Action::load_start, start_now(link), begun);
  });
  EXPECT_EQ(words(first), "");
  EXPECT_EQ(words(second), "");
  EXPECT_THAT(words(start), HasSubstr("start a load while one is prepared"));
  EXPECT_THAT(words(third), HasSubstr("prepare a load while one is prepared"));
  EXPECT_THAT(words(report), HasSubstr("report a load that was not prepared"));
  EXPECT_THAT(words(end), HasSubstr("end a load that was not started"));
  EXPECT_EQ(words(begun), "") << "the second one is prepared";
}

TEST_F(TurnsOfLoads, EndBeforeTheNextIsPrepared) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  Answer first, start, beside, end, second;
  with_agents([&](Mission& mission, AgentLink& link) -> net::Task<> {
    const auto wanted = to_json(wanted_of(mission));
    co_await ask(link, Action::load_prepare, wanted, first);
    co_await ask(link, Action::load_start, start_now(link), start);
    co_await ask(link, Action::load_prepare, wanted, beside);
    co_await ask(link, Action::load_end, boost::json::object(), end);
    co_await ask(link, Action::load_prepare, wanted, second);
  });
  EXPECT_EQ(words(start), "");
  EXPECT_THAT(words(beside), HasSubstr("prepare a load while one is under way"));
  EXPECT_EQ(words(end), "");
  EXPECT_EQ(words(second), "");
}

/// What was refused or failed on the way leaves the turn to the next.
TEST_F(TurnsOfLoads, AreFreeAgainAfterAPreparationThatFailed) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  Answer failed, second;
  with_agents([&](Mission& mission, AgentLink& link) -> net::Task<> {
    auto wanted = wanted_of(mission);
    wanted.shape.rate = -1;  // the consent is of one transaction; then the engine refuses it
    co_await ask(link, Action::load_prepare, to_json(wanted), failed);
    co_await ask(link, Action::load_prepare, to_json(wanted_of(mission)), second);
  });
  EXPECT_THAT(words(failed), HasSubstr("a rate of -1 a second"));
  EXPECT_EQ(words(second), "");
}

/// Before anything is sent for it.
TEST_F(TurnsOfLoads, HaveNoMoreThreadsThanTheHostLends) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  Answer most, more;
  with_agents([&](Mission& mission, AgentLink& link) -> net::Task<> {
    auto wanted = wanted_of(mission);
    wanted.shape.connections = 1'000;
    wanted.shape.threads = kThreadsOfACpu * cpus_of_this_process();
    co_await ask(link, Action::load_prepare, to_json(wanted), most);
    ++wanted.shape.threads;
    co_await ask(link, Action::load_prepare, to_json(wanted), more);
  });
  EXPECT_EQ(words(most), "");
  ASSERT_TRUE(more && *more);
  const auto beyond = from_json<LoadPrepared>(**more, "load_prepare");
  ASSERT_TRUE(beyond);
  EXPECT_THAT(beyond->beyond, HasSubstr(fmt::format("make a load with {} threads", kThreadsOfACpu * cpus_of_this_process() + 1)));
}

/// Each process lends the whole ceiling, and `hairpin agent --stdio` is one for each session.
TEST_F(TurnsOfLoads, AreOneForAllAgentsOfAHost) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  Answer refused, second;
  auto turn = LoadTurn::take("client1");  // as another agent there would
  ASSERT_TRUE(turn) << describe(turn.error());
  EXPECT_FALSE(LoadTurn::take("client1"));
  EXPECT_TRUE(LoadTurn::take("client2"));
  with_agents([&](Mission& mission, AgentLink& link) -> net::Task<> {
    const auto wanted = to_json(wanted_of(mission));
    co_await ask(link, Action::load_prepare, wanted, refused);
    { const auto over = std::move(*turn); }
    co_await ask(link, Action::load_prepare, wanted, second);
  });
  EXPECT_THAT(words(refused), HasSubstr("make a load from client1: another run does"));
  EXPECT_EQ(words(second), "");
  // It ends with the run, which the agent notices a moment later.
  const auto until = std::chrono::steady_clock::now() + 10s;
  auto again = LoadTurn::take("client1");
  while (!again && std::chrono::steady_clock::now() < until) again = LoadTurn::take("client1");
  EXPECT_TRUE(again);
}

}  // namespace
}  // namespace hairpin

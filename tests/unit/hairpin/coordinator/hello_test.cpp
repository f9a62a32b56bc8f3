// SPDX-License-Identifier: Apache-2.0
// Both ends of a control connection refuse an end that speaks another protocol, and say so.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>

#include "base/json.hpp"
#include "base/version.hpp"
#include "hairpin/agent/session.hpp"
#include "hairpin/coordinator/agent_link.hpp"
#include "memory_stream.hpp"

namespace hairpin {
namespace {

using testing::HasSubstr;

class HelloBetweenVersions : public testing::Test {
 protected:
  /// Runs until `is_done`; nothing waits for a clock, so this is soon or never.
  template <class Condition>
  void run_until(const Condition& is_done) {
    for (int step = 0; !is_done() && step < 10'000; ++step) loop.poll_one();
    EXPECT_TRUE(is_done());
  }
  boost::asio::io_context loop{1};
  net::Executor executor = loop.get_executor();
};

/// An agent of another age, which answers every request alike.
net::Task<> serve_answer(std::shared_ptr<control::Channel> channel, Result<boost::json::value> answer) {
  control::Channel::OnRequest on_request =
      [answer](control::Action, const boost::json::value&) -> net::Task<Result<boost::json::value>> {
    return [](Result<boost::json::value> told) -> net::Task<Result<boost::json::value>> {
      co_return told;
    }(answer);
  };
  auto serving = channel->serve(std::move(on_request), nullptr);
  static_cast<void>(co_await std::move(serving));
}

net::Task<> begin(AgentLink& link, net::Executor executor, net::StreamPtr stream, bool& is_done) {
  auto beginning = link.begin(executor, std::move(stream), "01RUN");
  co_await std::move(beginning);
  is_done = true;
}

class Coordinator : public HelloBetweenVersions {
 protected:
  AgentFacts facts_of_agent_that_answers(Result<boost::json::value> answer) {
    Host host;
    host.name = "oc01";
    AgentLink link(host, [](const std::string&, const std::string&, const boost::json::value&) { return Result<>(); });
    auto [ours, theirs] = test::MemoryStream::make_pair(executor);
    const auto agent = std::make_shared<control::Channel>(std::move(theirs));
    net::spawn(executor, serve_answer(agent, std::move(answer)));
    bool is_done = false;
    net::spawn(executor, begin(link, executor, std::move(ours), is_done));
    run_until([&] { return is_done; });
    const bool is_left_open = link.is_open();
    EXPECT_FALSE(is_left_open);
    link.release();
    run_until([&] { return !agent->is_open(); });
    return link.facts;
  }
};

TEST_F(Coordinator, RefusesANewerAgent) {
  const auto facts = facts_of_agent_that_answers(
      boost::json::value{{"protocol", control::kProtocol + 1}, {"version", "9.9.9"}, {"run", ""}, {"news", true}});
  EXPECT_EQ(facts.state, AgentState::refused);
  EXPECT_THAT(facts.detail,
              HasSubstr(fmt::format("speak control protocol {} (hairpin 9.9.9): this is protocol {} (hairpin ",
                                    control::kProtocol + 1, control::kProtocol)));
  EXPECT_THAT(facts.detail, HasSubstr("install the same version of hairpin on both hosts"));
}

TEST_F(Coordinator, RefusesAnAgentWithoutAProtocol) {
  for (const auto& answer : {boost::json::value{{"protocol", 0}, {"version", "0.0.1"}, {"run", ""}},
                             boost::json::value{{"version", "0.0.1"}}, boost::json::value("hello")})
    EXPECT_EQ(facts_of_agent_that_answers(answer).state, AgentState::refused) << answer;
}

TEST_F(Coordinator, NamesTheRefusalOfAnOlderAgentInTheAgentsWords) {
  const auto facts = facts_of_agent_that_answers(
      refusal("speak control protocol 1 (hairpin 0.1.0): this is protocol 0 (hairpin 0.0.9)",
              "install the same version of hairpin on both hosts"));
  EXPECT_EQ(facts.state, AgentState::refused);
  EXPECT_THAT(facts.detail, HasSubstr("this is protocol 0 (hairpin 0.0.9); install the same version"));
}

class Agent : public HelloBetweenVersions {
 protected:
  Agent() {
    desk->host = "oc01";
    desk->is_quiet = true;
  }
  static net::Task<> serve_nothing(std::shared_ptr<control::Channel> channel) {
    auto serving = channel->serve(nullptr, nullptr);
    static_cast<void>(co_await std::move(serving));
  }
  static net::Task<> ask(std::shared_ptr<control::Channel> channel, boost::json::value body,
                         std::optional<Result<boost::json::value>>& into) {
    auto asking = channel->request(control::Action::hello, std::move(body), std::chrono::seconds(60));
    auto answer = co_await std::move(asking);
    into.emplace(std::move(answer));
  }
  std::string words_to(boost::json::value hello) {
    auto [ours, theirs] = test::MemoryStream::make_pair(executor);
    net::spawn(executor, serve_session(desk, std::make_shared<control::Channel>(std::move(theirs))));
    const auto coordinator = std::make_shared<control::Channel>(std::move(ours));
    net::spawn(executor, serve_nothing(coordinator));
    std::optional<Result<boost::json::value>> answer;
    net::spawn(executor, ask(coordinator, std::move(hello), answer));
    run_until([&] { return answer.has_value(); });
    return *answer ? "accepted" : describe(answer->error());
  }
  std::shared_ptr<AgentDesk> desk = std::make_shared<AgentDesk>();
};

TEST_F(Agent, RefusesANewerAndAnOlderCoordinator) {
  for (const auto protocol : {control::kProtocol - 1, control::kProtocol + 1, 99U}) {
    const auto words =
        words_to({{"protocol", protocol}, {"version", "9.9.9"}, {"run", "01RUN"}, {"from", "elsewhere"}});
    EXPECT_THAT(words, HasSubstr("speak control protocol " + std::to_string(protocol) + " (hairpin 9.9.9)"));
    EXPECT_THAT(words, HasSubstr(fmt::format("this is protocol {} (hairpin {})", control::kProtocol, kVersion)));
    EXPECT_FALSE(desk->holder);  // it stays free for others
  }
}

TEST_F(Agent, AcceptsItsOwn) {
  EXPECT_EQ(words_to(to_json(control::Hello{control::kProtocol, "0.1.7", "01RUN"})), "accepted");
  ASSERT_TRUE(desk->holder);
  EXPECT_EQ(desk->holder->run, "01RUN");
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
// Loads that agents make together: consent, both ends' accounts, and what stops them.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <chrono>

#include "hairpin/agent/load.hpp"
#include "loads.hpp"
#include "tests/lab/load/servers.hpp"

namespace hairpin {
namespace {

using namespace std::chrono_literals;
using test::Loads;

TEST_F(Loads, AreAnsweredByMembersThatAgreed) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  const auto results = load();
  ASSERT_TRUE(results.final) << results.impossible;
  const auto& whole = results.final->whole;
  EXPECT_EQ(results.consents.at("client1"), "oc01");
  EXPECT_EQ(whole.sustained.attempted, 100U);
  EXPECT_EQ(whole.sustained.completed, 100U) << whole.first_failure;
  EXPECT_TRUE(whole.counts.is_settled());
  EXPECT_EQ(whole.counts.body_bytes, whole.counts.completed * 1024);
  EXPECT_GE(whole.seconds.size(), 2U);
  ASSERT_EQ(whole.members.size(), 1U);
  EXPECT_EQ(whole.members.front().member, "oc01");
  ASSERT_EQ(results.final->served.size(), 1U);
  EXPECT_EQ(results.final->served.front().answered, whole.counts.completed);
  EXPECT_EQ(checks::disagreement(whole, results.final->served), "");
  std::uint64_t answered = 0;  // in each second
  for (const auto& second : results.final->served.front().seconds) answered += second.answered;
  EXPECT_EQ(answered, whole.counts.completed);
  EXPECT_GE(results.final->served.front().seconds.size(), 3U);
}

TEST_F(Loads, AreNotMadeWhereAMemberIsNotOurs) {
  const auto client = site.start_agent("client1");
  const auto results = load();
  EXPECT_FALSE(results.final);
  EXPECT_THAT(results.impossible, testing::HasSubstr("oc01 is a member and has no agent that is ready"));
}

TEST_F(Loads, AreMadeFromEverySourceThatWasNamedOrNotAtAll) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  options.from = {"client1", "nobody"};
  const auto results = load();
  EXPECT_FALSE(results.final);
  EXPECT_THAT(results.impossible, testing::HasSubstr("nobody (--from): it is no source"));
}

TEST_F(Loads, StopWhenAMemberIsLost) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  options.seconds = 60;
  const auto began = std::chrono::steady_clock::now();
  const auto results = load(signal_after(3s, *member, SIGKILL));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
  ASSERT_TRUE(results.final) << results.impossible;
  EXPECT_NE(results.final->whole.stopped, "");
  EXPECT_TRUE(checks::outcome_of(results.final->whole, {}).is_limited);
}

TEST_F(Loads, KeepWhatASourceSaidBeforeItWasLost) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  options.seconds = 60;
  const auto results = load(signal_after(7s, *client, SIGKILL));
  ASSERT_TRUE(results.final) << results.impossible;
  const auto& whole = results.final->whole;
  EXPECT_THAT(whole.stopped, testing::HasSubstr("the agent of client1 does not answer any more"));
  EXPECT_GE(whole.seconds.size(), 1U);
  EXPECT_GT(whole.counts.completed, 0U);
  EXPECT_TRUE(whole.counts.is_settled());
  EXPECT_TRUE(checks::outcome_of(whole, {}).is_limited);
}

/// A process that hangs keeps its connections: nothing but a question that is not answered tells.
TEST_F(Loads, StopWhenAMemberHangs) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  options.seconds = 60;
  const auto results = load(signal_after(3s, *member, SIGSTOP));
  member->signal(SIGCONT);
  ASSERT_TRUE(results.final) << results.impossible;
  EXPECT_EQ(results.final->whole.stopped, "the agent of oc01 does not answer any more");
  EXPECT_GE(results.final->whole.seconds.size(), 2U);
  EXPECT_LT(results.final->whole.seconds.size(), 8U);  // of 62
}

TEST_F(Loads, TakeTurnsWithSeveralSourcesAndPassTheBalancerTogether) {
  change_topology({{"  oc01: {", "  client2: { addresses: [127.0.0.3], direct: true, agent: \"unix:" + site.socket("client2") + "\" }\n  oc01: {"},
                   {"client1: {", "client1: { direct: true,"},
                   {"sources: [client1]", "sources: [client1, client2]"}});
  const auto client = site.start_agent("client1");
  const auto other = site.start_agent("client2");
  const auto member = site.start_agent("oc01");
  const auto results = load();
  ASSERT_TRUE(results.final) << results.impossible;
  ASSERT_EQ(results.final->sources.size(), 2U);
  for (const auto& source : results.final->sources) EXPECT_EQ(source.sustained.completed, 50U) << source.first_failure;
  EXPECT_EQ(results.final->sources[1].shape.part, 1U);
  ASSERT_TRUE(results.direct);
  EXPECT_EQ(results.direct->whole.host, "client1+client2");
  EXPECT_EQ(results.direct->whole.target.member, "oc01");
  EXPECT_EQ(results.direct->whole.sustained.completed, 100U);
}

TEST_F(Loads, AreRepeatedAndEachIsReported) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  options.repeats = 2;
  options.objects = {{64, 1}, {1024, 1}};
  const auto results = load();
  ASSERT_TRUE(results.final) << results.impossible;
  ASSERT_EQ(results.repeats.size(), 1U);
  for (const auto* const made : {&*results.final, &results.repeats.front()}) {
    EXPECT_EQ(made->whole.sustained.completed, 100U) << made->whole.first_failure;
    EXPECT_EQ(checks::disagreement(made->whole, made->served), "");
    ASSERT_EQ(made->served.size(), 1U);
    EXPECT_EQ(made->served.front().connections, made->whole.counts.established);  // without the consent
    EXPECT_GE(made->served.front().cpu_share, 0);
  }
}

/// Trips are made beside every load that counts, and here somebody connects and leaves as a monitor does.
TEST_F(Loads, AreJoinedWithWhatMembersSayOfThemAlone) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  int monitored = 0;
  const Beside monitor = [&monitored](const LoadResults& results) -> net::Task<> {
    while (!results.final && results.impossible.empty()) {
      if (test::is_listening("127.0.0.2:18444")) ++monitored;
      co_await net::sleep_for(50ms);
    }
  };
  const auto results = load(monitor);
  ASSERT_TRUE(results.final) << results.impossible;
  const auto& counts = results.final->whole.counts;
  ASSERT_EQ(results.final->served.size(), 1U);
  const auto& served = results.final->served.front();
  EXPECT_GE(monitored, 5);
  EXPECT_EQ(served.connections, counts.established);
  EXPECT_EQ(served.handshakes, counts.handshakes);
  ASSERT_EQ(served.peers.size(), 1U);
  EXPECT_EQ(served.peers.front().connections, counts.established);
  EXPECT_EQ(served.refused, 0U);
  EXPECT_EQ(served.no_descriptor, 0U);
}

/// It is hairpin's own end that cannot take what arrives: no fault of the service.
TEST_F(Loads, DoNotBlameTheServiceForAResponderWithoutFiles) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  constexpr rlimit kFew{80, 80};
  ASSERT_EQ(::prlimit(member->id(), RLIMIT_NOFILE, &kFew, nullptr), 0);
  options.test = LoadTest::concurrent;
  options.rate = {};
  options.connections = 120;
  options.transactions = 4;
  options.limit = 1'000ms;
  options.has_direct = false;
  const auto results = load();
  ASSERT_TRUE(results.final) << results.impossible;
  const auto& made = *results.final;
  EXPECT_GT(made.whole.counts.failed.total(), 0U);
  ASSERT_EQ(made.served.size(), 1U);
  EXPECT_GT(made.served.front().no_descriptor, 0U);
  const auto finding = checks::judge_load({*topology, made.whole, made.sources, {}, made.served}).front();
  EXPECT_EQ(finding.cause, "load.responder-limited") << finding.summary;
}

TEST_F(Loads, SearchWithTheRulesThatWereAskedFor) {
  const auto client = site.start_agent("client1");
  const auto member = site.start_agent("oc01");
  options.rate = {};
  options.most = 40;
  options.seconds = 4;
  const auto results = load();
  ASSERT_TRUE(results.final) << results.impossible;
  ASSERT_FALSE(results.search.trials.empty());
  EXPECT_GE(results.search.trials.front().rate, 20);  // 100 transactions in 4 s are 25/s: less tells nothing
  EXPECT_NE(results.search.knee_unknown, "");
}

/// Of an agent alone: so many transactions a second, in plaintext.
Result<std::shared_ptr<AgentLoad>> prepare_load(const Endpoint& to, double rate, milliseconds sustain) {
  LoadWanted wanted;
  wanted.target.endpoint = to;
  wanted.is_plaintext = true;
  wanted.shape.arrivals = Arrivals::constant;
  wanted.shape.rate = rate;
  wanted.shape.phases.sustain = sustain;
  return AgentLoad::prepare(wanted, "client1", {}, {});
}

/// The agent alone, without a coordinator that asks for progress.
TEST(DeadMansHandle, StopsALoadThatNobodyAsksFor) {
  load_lab::PlainServer server([](std::uint64_t) { return load_lab::ok("x", "Hairpin-Nonce: 0\r\n"); });
  auto load = prepare_load(server.endpoint(), 20, 60'000ms);
  ASSERT_TRUE(load) << describe(load.error());
  boost::asio::io_context loop(1);
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE((*load)->start(loop.get_executor(), system_clock().wall()));
  EXPECT_TRUE((*load)->is_under_way());
  loop.run();  // until the guard has nothing to watch
  EXPECT_FALSE((*load)->is_under_way());
  EXPECT_LT(std::chrono::steady_clock::now() - began, kLoadSilence + 5s);
  const auto seen = (*load)->end("");
  EXPECT_THAT(seen.stopped, testing::HasSubstr("nobody asked"));
  EXPECT_GT(seen.counts.attempted, 20U);
  // By the server's count, no more than were due within 2 s: arrivals come evenly, and a machine that pauses makes fewer.
  EXPECT_GT(server.requests(), 20U);
  EXPECT_LE(server.requests(), 40U);
}

/// A VIP that died is not loaded to the end, though somebody asks for the load's progress all the time.
TEST(LoadOfAnAgent, EndsWhenMostOfItFails) {
  load_lab::PlainServer server([](std::uint64_t) { return std::string("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"); });
  auto load = prepare_load(server.endpoint(), 20, 60'000ms);
  ASSERT_TRUE(load) << describe(load.error());
  boost::asio::io_context loop(1);
  const auto until = std::chrono::steady_clock::now() + 30s;
  ASSERT_TRUE((*load)->start(loop.get_executor(), system_clock().wall()));
  while ((*load)->is_under_way() && std::chrono::steady_clock::now() < until) {
    loop.run_for(50ms);
    ASSERT_TRUE((*load)->report());
  }
  const auto seen = (*load)->end("");
  EXPECT_TRUE(seen.is_hopeless);
  EXPECT_THAT(seen.stopped, testing::HasSubstr("failed within two seconds"));
  EXPECT_LT(seen.counts.attempted, 600U);  // of 1,200
  EXPECT_EQ(seen.counts.completed, 0U);
}

TEST(LoadOfAnAgent, StaysBelowItsCeiling) {
  const auto load = prepare_load(*parse_endpoint("127.0.0.1:9"), 501, 1'000ms);
  ASSERT_FALSE(load);
  EXPECT_THAT(describe(load.error()), testing::HasSubstr("this host lends 500"));
}

}  // namespace
}  // namespace hairpin

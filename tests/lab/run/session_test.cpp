// SPDX-License-Identifier: Apache-2.0
// One agent and who talks to it: hello, the closed set of actions, and the end of a session.
#include "net/control/session.hpp"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <thread>

#include "base/json.hpp"
#include "base/version.hpp"
#include "hairpin/coordinator/credentials.hpp"
#include "hairpin/messages/agent_messages.hpp"
#include "hairpin/messages/load_messages.hpp"
#include "net/control/channel.hpp"
#include "network.hpp"

namespace hairpin {
namespace {

using control::Action;
using testing::HasSubstr;

/// A peer of an agent that says what it likes.
class Peer {
 public:
  explicit Peer(const std::string& socket) {
    net::spawn(loop_.get_executor(), connect(*this, socket));
    until([this] { return channel_ != nullptr; });
  }
  ~Peer() { close(); }
  void close() {
    if (channel_) channel_->close();
    loop_.run_for(milliseconds(100));
    loop_.restart();
  }

  Result<boost::json::value> ask(Action action, boost::json::value body) {
    std::optional<Result<boost::json::value>> answer;
    net::spawn(loop_.get_executor(), ask_one(*this, action, std::move(body), answer));
    until([&] { return answer.has_value(); });
    return answer.value_or(refusal("hear an answer"));
  }
  Result<boost::json::value> hello(const std::string& run) {
    return ask(Action::hello, to_json(control::Hello{control::kProtocol, kVersion, run}));
  }
  std::vector<std::string> notices;

 private:
  static net::Task<> connect(Peer& self, std::string socket) {
    auto dialling = control::dial_unix(std::move(socket));
    auto stream = co_await std::move(dialling);
    if (!stream) co_return;
    self.channel_ = std::make_shared<control::Channel>(std::move(*stream));
    control::Channel::OnNotice on_notice = [&self](const std::string& notice, const boost::json::value&) {
      self.notices.push_back(notice);
    };
    auto serving = self.channel_->serve(nullptr, std::move(on_notice));
    static_cast<void>(co_await std::move(serving));
  }
  static net::Task<> ask_one(Peer& self, Action action, boost::json::value body,
                             std::optional<Result<boost::json::value>>& into) {
    auto asked = self.channel_->request(action, std::move(body), milliseconds(5000));
    auto answer = co_await std::move(asked);
    into.emplace(std::move(answer));
  }
  template <class Condition>
  void until(Condition condition) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition() && std::chrono::steady_clock::now() < limit) loop_.run_one_for(milliseconds(50));
    loop_.restart();
  }

  boost::asio::io_context loop_{1};
  std::shared_ptr<control::Channel> channel_;
};

class AgentSession : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::want_of_network().empty()) GTEST_SKIP() << test::want_of_network();
    agent = site.start_agent("oc01");
  }
  control::Prepare prepare() const {
    control::Prepare wanted;
    wanted.host = "oc01";
    wanted.watch = control::Watch{{test::kServicePort},
                                  {*parse_address("127.0.0.2"), *parse_address("127.0.0.10")},
                                  {},
                                  {*parse_endpoint("127.0.0.10:18444")},
                                  {*parse_endpoint("127.0.0.2:18444")}};
    wanted.routes_to = wanted.watch->addresses;
    wanted.load_key = "000102030405060708090a0b0c0d0e0f";
    return wanted;
  }
  /// With a responder that serves load.
  control::Prepare prepare_for_load() const {
    auto wanted = prepare();
    const auto topology = site.topology();
    wanted.credentials = RunCredentials::make("run-1", topology)->issue(topology, *topology.host("oc01")).value();
    wanted.is_for_load = true;
    wanted.listen.emplace_back();
    wanted.listen.front().port = test::kServicePort;
    wanted.listen.front().serves_load = true;
    return wanted;
  }
  static LoadWanted long_load() {
    LoadWanted wanted;
    wanted.target.endpoint = *parse_endpoint("127.0.0.10:18444");
    wanted.is_plaintext = true;
    wanted.shape.rate = 10;
    wanted.shape.connections = 10;
    wanted.shape.phases.sustain = milliseconds(60'000);
    return wanted;
  }
  test::Site site;
  std::unique_ptr<test::Program> agent;
};

std::string words(const Result<boost::json::value>& answer) {
  return answer ? "accepted" : describe(answer.error());
}

TEST_F(AgentSession, AnswersHelloWithItsVersionAndTellsTheTime) {
  Peer peer(site.socket("oc01"));
  const auto hello = peer.hello("run-1");
  ASSERT_TRUE(hello) << words(hello);
  EXPECT_EQ(read_hello(*hello)->version, kVersion);
  const auto before = system_clock().wall();
  const auto clock = peer.ask(Action::clock, boost::json::object());
  ASSERT_TRUE(clock) << words(clock);
  const auto reading = from_json<control::ClockReading>(*clock);
  ASSERT_TRUE(reading);
  EXPECT_GE(reading->received, before);
  EXPECT_GE(reading->answered, reading->received);
}

TEST_F(AgentSession, RefusesEverythingBeforeHello) {
  Peer peer(site.socket("oc01"));
  for (const auto action :
       {Action::clock, Action::prepare, Action::facts, Action::probe, Action::flush, Action::finish})
    EXPECT_THAT(words(peer.ask(action, boost::json::object())), HasSubstr("before hello"));
}

TEST_F(AgentSession, RefusesAnotherProtocolAndNamesBoth) {
  Peer peer(site.socket("oc01"));
  const auto answer = peer.ask(Action::hello, {{"protocol", 99}, {"version", "9.9"}, {"new_key", true}});
  EXPECT_THAT(words(answer), HasSubstr("protocol 99 (hairpin 9.9)"));
  EXPECT_THAT(words(answer), HasSubstr("protocol " + std::to_string(control::kProtocol) + " (hairpin "));
}

TEST_F(AgentSession, ServesOneRunAtATime) {
  Peer first(site.socket("oc01"));
  ASSERT_TRUE(first.hello("run-1"));
  Peer second(site.socket("oc01"));
  EXPECT_THAT(words(second.hello("run-2")), HasSubstr("busy with run run-1 since 20"));
  first.close();
  Peer third(site.socket("oc01"));
  auto answer = third.hello("run-3");
  for (int again = 0; again < 50 && !answer; ++again) {  // until the agent has noticed
    std::this_thread::sleep_for(milliseconds(20));
    answer = third.hello("run-3");
  }
  EXPECT_EQ(words(answer), "accepted");
}

TEST_F(AgentSession, RefusesToBeAnotherHost) {
  Peer peer(site.socket("oc01"));
  ASSERT_TRUE(peer.hello("run-1"));
  auto wanted = prepare();
  wanted.host = "oc02";
  EXPECT_THAT(words(peer.ask(Action::prepare, to_json(wanted))), HasSubstr("this agent is oc01"));
}

TEST_F(AgentSession, PreparesWhatItCanAndSaysWhatItCannot) {
  Peer peer(site.socket("oc01"));
  ASSERT_TRUE(peer.hello("run-1"));
  auto wanted = prepare();
  auto& listen = wanted.listen.emplace_back();  // without a certificate: cannot serve TLS
  listen.port = test::kServicePort;
  const auto answer = peer.ask(Action::prepare, to_json(wanted));
  ASSERT_TRUE(answer) << words(answer);
  const auto prepared = from_json<Prepared>(*answer);
  ASSERT_TRUE(prepared);
  ASSERT_EQ(prepared->listeners.size(), 1U);
  EXPECT_FALSE(prepared->listeners[0].error.empty());
  ASSERT_EQ(prepared->captures.size(), 1U);
  EXPECT_EQ(prepared->captures[0].interface, "lo");
  EXPECT_TRUE(prepared->captures[0].is_proven_before) << prepared->captures[0].error;
}

TEST_F(AgentSession, CapturesNothingButThePortsAndAddressesOfAPlan) {
  for (const bool has_ports : {false, true}) {
    Peer peer(site.socket("oc01"));
    auto said = peer.hello("run-1");
    for (int again = 0; again < 50 && !said;
         ++again) {  // until the agent has noticed that the last peer left
      std::this_thread::sleep_for(milliseconds(20));
      said = peer.hello("run-1");
    }
    auto wanted = prepare();
    if (has_ports) wanted.watch->addresses.clear();
    if (!has_ports) wanted.watch->ports.clear();
    const auto answer = peer.ask(Action::prepare, to_json(wanted));
    ASSERT_TRUE(answer) << words(answer);
    const auto captures = from_json<Prepared>(*answer)->captures;
    ASSERT_EQ(captures.size(), 1U);
    EXPECT_THAT(captures[0].error, HasSubstr("without the ports and the addresses of a plan"));
  }
}

TEST_F(AgentSession, ProbesOnlyEndpointsOfThePlan) {
  Peer peer(site.socket("oc01"));
  ASSERT_TRUE(peer.hello("run-1"));
  ProbeWanted wanted;
  wanted.order.target.endpoint = *parse_endpoint("127.0.0.10:18444");
  EXPECT_THAT(words(peer.ask(Action::probe, to_json(wanted))), HasSubstr("before prepare"));
  ASSERT_TRUE(peer.ask(Action::prepare, to_json(prepare())));
  const auto tried = peer.ask(Action::probe, to_json(wanted));
  ASSERT_TRUE(tried) << words(tried);
  EXPECT_EQ(from_json<ProbeObservation>(*tried)->end, End::refused);
  wanted.order.target.endpoint = *parse_endpoint("127.0.0.10:22");
  EXPECT_THAT(words(peer.ask(Action::probe, to_json(wanted))), HasSubstr("not of the plan"));
  wanted.order.target.endpoint = *parse_endpoint("127.0.0.10:18444");
  wanted.order.limit = milliseconds(600'000);
  EXPECT_THAT(words(peer.ask(Action::probe, to_json(wanted))), HasSubstr("limit"));
}

TEST_F(AgentSession, LoadsOnlyWhatIsOfThePlanBelowItsCeilingAndAnswersAsOurs) {
  Peer peer(site.socket("oc01"));
  ASSERT_TRUE(peer.hello("run-1"));
  LoadWanted wanted;
  wanted.target.endpoint = *parse_endpoint("127.0.0.10:18444");
  wanted.is_plaintext = true;
  wanted.shape.rate = 1;
  wanted.shape.connections = 1;
  EXPECT_THAT(words(peer.ask(Action::load_prepare, to_json(wanted))), HasSubstr("before prepare"));
  ASSERT_TRUE(peer.ask(Action::prepare, to_json(prepare())));
  EXPECT_THAT(words(peer.ask(Action::load_prepare, to_json(wanted))), HasSubstr("no responder of hairpin answers"));
  wanted.shape.connections = 1'000'000;
  const auto answer = peer.ask(Action::load_prepare, to_json(wanted));
  ASSERT_TRUE(answer);
  const auto beyond = from_json<LoadPrepared>(*answer, "load_prepare");
  ASSERT_TRUE(beyond);
  EXPECT_THAT(beyond->beyond, HasSubstr("this host lends"));
  EXPECT_EQ(beyond->consented, "");
  EXPECT_THAT(words(peer.ask(Action::load_start, to_json(LoadStart{}))), HasSubstr("not prepared"));
  wanted.shape.connections = 1;
  wanted.target.endpoint = *parse_endpoint("127.0.0.10:22");
  EXPECT_THAT(words(peer.ask(Action::load_prepare, to_json(wanted))), HasSubstr("not of the plan"));
}

/// Whatever a coordinator says.
TEST_F(AgentSession, LoadsOnlyFromItsOwnAddressesAndNotFromThePortsOfSamples) {
  Peer peer(site.socket("oc01"));
  ASSERT_TRUE(peer.hello("run-1"));
  ASSERT_TRUE(peer.ask(Action::prepare, to_json(prepare_for_load())));
  const auto refused = [&](const std::string& source, std::uint16_t first, std::uint16_t last) {
    auto wanted = long_load();
    wanted.shape.sources = {*parse_address(source)};
    wanted.shape.first_port = first;
    wanted.shape.last_port = last;
    return words(peer.ask(Action::load_prepare, to_json(wanted)));
  };
  EXPECT_THAT(refused("192.0.2.9", 0, 0), HasSubstr("oc01 has no such address"));
  EXPECT_THAT(refused("127.0.0.2", 63'900, 64'000), HasSubstr("those of the trips that are made meanwhile"));
  EXPECT_THAT(refused("127.0.0.2", 443, 1'443), HasSubstr("belong to services"));
  EXPECT_THAT(refused("127.0.0.2", 21'000, 21'008), HasSubstr("fewer than its 10 connections"));
  EXPECT_THAT(refused("::1", 0, 0), HasSubstr("another family"));
  EXPECT_THAT(refused("127.0.0.2", 21'009, 21'000), HasSubstr("ports from the last to the first"));
  auto many = long_load();
  many.shape.sources.assign(1'025, *parse_address("127.0.0.2"));
  EXPECT_THAT(words(peer.ask(Action::load_prepare, to_json(many))), HasSubstr("use 1024 at most"));
  EXPECT_EQ(refused("127.0.0.2", 21'000, 21'009), "accepted");
}

TEST_F(AgentSession, MakesOneLoadAtATime) {
  Peer peer(site.socket("oc01"));
  ASSERT_TRUE(peer.hello("run-1"));
  ASSERT_TRUE(peer.ask(Action::prepare, to_json(prepare_for_load())));
  const auto wanted = long_load();
  const auto start = [&peer] { return peer.ask(Action::load_start, to_json(LoadStart{system_clock().wall()})); };
  EXPECT_THAT(words(start()), HasSubstr("was not prepared"));
  const auto prepared = peer.ask(Action::load_prepare, to_json(wanted));
  ASSERT_TRUE(prepared) << words(prepared);
  EXPECT_EQ(from_json<LoadPrepared>(*prepared)->consented, "oc01");
  ASSERT_TRUE(start());
  EXPECT_THAT(words(peer.ask(Action::load_prepare, to_json(wanted))), HasSubstr("while one is under way"));
  EXPECT_THAT(words(start()), HasSubstr("start a load twice"));
  EXPECT_TRUE(peer.ask(Action::load_report, boost::json::object()));
  const auto ended = peer.ask(Action::load_end, boost::json::object());
  ASSERT_TRUE(ended) << words(ended);
  EXPECT_NE(from_json<LoadObservation>(*ended)->stopped, "");
  EXPECT_THAT(words(start()), HasSubstr("was not prepared"));
  EXPECT_EQ(words(peer.ask(Action::load_prepare, to_json(wanted))), "accepted");
}

TEST_F(AgentSession, DoesNotLoadTheRespondersOfAnotherRun) {
  Peer member(site.socket("oc01"));
  ASSERT_TRUE(member.hello("run-1"));
  ASSERT_TRUE(member.ask(Action::prepare, to_json(prepare_for_load())));
  const auto other = site.start_agent("client1");
  Peer source(site.socket("client1"));
  ASSERT_TRUE(source.hello("run-2"));
  auto preparation = prepare();
  preparation.host = "client1";
  preparation.load_key = "ff0102030405060708090a0b0c0d0e0f";
  ASSERT_TRUE(source.ask(Action::prepare, to_json(preparation)));
  EXPECT_THAT(words(source.ask(Action::load_prepare, to_json(long_load()))), HasSubstr("no responder of this run"));
  const auto served = member.ask(Action::served, boost::json::object());
  ASSERT_TRUE(served) << words(served);
  EXPECT_EQ(from_json<Served>(*served)->listeners.front().requests, 1U);  // the question
}

TEST_F(AgentSession, SendsItsFramesBeforeItAnswersFlush) {
  Peer peer(site.socket("oc01"));
  ASSERT_TRUE(peer.hello("run-1"));
  ASSERT_TRUE(peer.ask(Action::prepare, to_json(prepare())));
  ProbeWanted wanted;
  wanted.order.target.endpoint = *parse_endpoint("127.0.0.10:18444");
  ASSERT_TRUE(peer.ask(Action::probe, to_json(wanted)));
  ASSERT_TRUE(peer.ask(Action::flush, boost::json::object()));
  EXPECT_THAT(peer.notices, testing::Contains(kFramesNotice));
  const auto finished = peer.ask(Action::finish, boost::json::object());
  ASSERT_TRUE(finished) << words(finished);
  const auto facts = from_json<Finished>(*finished);
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->captures.size(), 1U);
  EXPECT_TRUE(facts->captures[0].is_proven_after);
}

TEST_F(AgentSession, EndsWithinAQuarterOfASecondAndRemovesItsSocket) {
  Peer peer(site.socket("oc01"));
  ASSERT_TRUE(peer.hello("run-1"));
  ASSERT_TRUE(peer.ask(Action::prepare, to_json(prepare())));
  const auto began = std::chrono::steady_clock::now();
  agent->signal(SIGTERM);
  EXPECT_EQ(agent->wait(milliseconds(5000)), 0);
  const auto took = std::chrono::steady_clock::now() - began;
  if (!test::kIsInstrumented) { EXPECT_LT(took, milliseconds(250)); }
  std::printf("ended after %.1f ms\n", std::chrono::duration<double, std::milli>(took).count());
  EXPECT_FALSE(std::filesystem::exists(site.socket("oc01")));
}

TEST_F(AgentSession, IsLightWhileIdle) {
  {
    Peer peer(site.socket("oc01"));
    ASSERT_TRUE(peer.hello("run-1"));
    ASSERT_TRUE(peer.ask(Action::prepare, to_json(prepare())));
  }
  // Idle is what it is when the run has ended there, captures and all; that takes a moment after the connection has.
  auto kib = agent->resident_kib();
  for (int turn = 0; turn < 300 && kib > 20U * 1024; ++turn) {
    std::this_thread::sleep_for(milliseconds(10));
    kib = agent->resident_kib();
  }
  std::printf("idle agent: %zu KiB resident\n", kib);
  if (!test::kIsInstrumented) { EXPECT_LE(kib, 20U * 1024); }
  EXPECT_GT(kib, 0U);
}

TEST_F(AgentSession, EndsWhenItWasIdleForTooLong) {
  test::Site other;
  const auto idle =
      other.start_agent("oc02", {"--listen", "unix:" + other.socket("oc02"), "--idle-exit", "0"});
  EXPECT_FALSE(idle->wait(milliseconds(1500)));  // 0 is never
}

}  // namespace
}  // namespace hairpin

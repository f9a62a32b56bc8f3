// SPDX-License-Identifier: Apache-2.0
#include "net/control/channel.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/serialize.hpp>

#include "base/json.hpp"
#include "tests/lab/net/loop.hpp"

namespace hairpin::control {
namespace {

using boost::json::value;
using net::Task;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
namespace asio = boost::asio;

class Channels : public net::Loop {
 protected:
  using Served = std::shared_ptr<std::optional<Result<>>>;

  Channels() {
    auto [one, other] = stream_pair();
    coordinator = std::make_unique<Channel>(std::move(one));
    agent = std::make_unique<Channel>(std::move(other));
  }

  void serve(Channel::OnRequest on_request = {}, Channel::OnNotice on_notice = {}) {
    agent_served = start(agent->serve(std::move(on_request), {}));
    coordinator_served = start(coordinator->serve({}, std::move(on_notice)));
  }
  bool has_ended(const Served& served) {
    return run_until([&] { return served->has_value(); });
  }
  Result<value> ask(Action action, value body = nullptr, milliseconds limit = milliseconds(5000)) {
    return get(coordinator->request(action, std::move(body), limit));
  }

  std::unique_ptr<Channel> coordinator, agent;
  Served agent_served, coordinator_served;
};

Task<Result<value>> echo(Action action, value body) {
  co_await net::sleep_for(milliseconds(1));
  co_return value{boost::describe::enum_to_string(action, "?"), std::move(body)};
}

Task<Result<value>> refuse_privilege(Action, value) {
  co_return refusal("listen on 0.0.0.0:444", "run it as root");
}

Task<Result<value>> never(Action, value) {
  for (;;) co_await net::sleep_for(milliseconds(60'000));
}

Task<> serve_quietly(Channel& channel) {
  auto serving = channel.serve(never, {});
  co_await std::move(serving);
}

Task<Result<value>> wait_as_told(Action, value body) {
  const auto time = body.to_number<int>();
  co_await net::sleep_for(milliseconds(time));
  co_return body;
}

TEST_F(Channels, ARequestIsAnswered) {
  serve(echo);
  const auto answer = ask(Action::probe, {{"attempt", 3}});
  ASSERT_TRUE(answer) << describe(answer.error());
  EXPECT_EQ(boost::json::serialize(*answer), R"(["probe",{"attempt":3}])");
}

TEST_F(Channels, ARefusalCarriesTheWordsOfTheOtherEnd) {
  serve(refuse_privilege);
  const auto answer = ask(Action::prepare);
  ASSERT_FALSE(answer);
  EXPECT_THAT(describe(answer.error()), HasSubstr("could not listen on 0.0.0.0:444; run it as root"));
  EXPECT_TRUE(coordinator->is_open());
}

TEST_F(Channels, ASlowRequestHoldsUpNoOther) {
  serve(wait_as_told);
  const auto slow = start(coordinator->request(Action::probe, 200, milliseconds(5000)));
  EXPECT_EQ(ask(Action::probe, 1).value(), value(1));
  EXPECT_FALSE(slow->has_value());
  ASSERT_TRUE(run_until([&] { return slow->has_value(); }));
  EXPECT_EQ((*slow)->value(), value(200));
}

TEST_F(Channels, ALateAnswerIsIgnored) {
  serve(wait_as_told);
  const auto late = ask(Action::probe, 50, milliseconds(5));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, asio::error::timed_out);
  EXPECT_THAT(describe(late.error()), HasSubstr("get an answer to \"probe\" within 5 ms"));
  run_for(milliseconds(100));
  EXPECT_TRUE(coordinator->is_open());
  EXPECT_EQ(ask(Action::probe, 0).value(), value(0));
}

TEST_F(Channels, NoticesArriveInOrderAndBeforeALaterAnswer) {
  std::vector<std::string> seen;
  const auto on_request = [this](Action action, value body) {
    for (int i = 0; i < 3; ++i) agent->notify("frames", i);
    return echo(action, std::move(body));
  };
  serve(on_request, [&](const std::string& notice, const value& body) {
    seen.push_back(notice + boost::json::serialize(body));
  });
  ASSERT_TRUE(ask(Action::flush));
  EXPECT_THAT(seen, ElementsAre("frames0", "frames1", "frames2"));
}

TEST_F(Channels, WhatIsQueuedBeforeServeIsSent) {
  std::vector<std::string> seen;
  agent->notify("early", 1);
  serve(echo, [&](const std::string& notice, const value&) { seen.push_back(notice); });
  ASSERT_TRUE(run_until([&] { return !seen.empty(); }));
}

TEST_F(Channels, AnOrderlyEndIsNoError) {
  serve(echo);
  ASSERT_TRUE(ask(Action::hello));
  coordinator->close();
  ASSERT_TRUE(has_ended(agent_served));
  EXPECT_TRUE(**agent_served);
  ASSERT_TRUE(has_ended(coordinator_served));
  EXPECT_TRUE(**coordinator_served);
  EXPECT_FALSE(ask(Action::hello));
}

TEST_F(Channels, CloseSendsWhatIsQueued) {
  std::string seen;
  serve(echo, [&](const std::string&, const value& body) { seen = body.as_string(); });
  agent->notify("last", boost::json::string(500'000, 'x'));
  agent->close();
  agent->notify("too late", "y");
  ASSERT_TRUE(has_ended(coordinator_served));
  EXPECT_EQ(seen.size(), 500'000);
}

TEST_F(Channels, ClosingTowardsAPeerThatDoesNotReadEnds) {
  agent_served = start(agent->serve({}, {}));
  agent->notify("frames", boost::json::string(1'000'000, 'x'));
  run_for(milliseconds(5));
  agent->close();
  ASSERT_TRUE(has_ended(agent_served));
}

TEST_F(Channels, OutstandingRequestsFailWhenThePeerDies) {
  int arrived = 0;  // before both have, a write may be what fails first
  serve([&arrived](Action action, value request) {
    ++arrived;
    return never(action, std::move(request));
  });
  const auto one = start(coordinator->request(Action::probe, 1, milliseconds(60'000)));
  const auto other = start(coordinator->request(Action::flush, 1, milliseconds(60'000)));
  ASSERT_TRUE(run_until([&] { return arrived == 2; }));
  agent.reset();
  ASSERT_TRUE(run_until([&] { return one->has_value() && other->has_value(); }));
  EXPECT_EQ((*one)->error().code, asio::error::eof);
  EXPECT_THAT(describe((*other)->error()), HasSubstr("the other end left"));
  ASSERT_TRUE(has_ended(agent_served)) << "the handlers were not cancelled";
}

TEST_F(Channels, AChannelMayGoWhileRequestsAreOutstanding) {
  serve(never);
  const auto request = start(coordinator->request(Action::probe, 1, milliseconds(60'000)));
  run_for(milliseconds(10));
  coordinator.reset();
  ASSERT_TRUE(run_until([&] { return request->has_value(); }));
  EXPECT_EQ((*request)->error().code, asio::error::operation_aborted);
  ASSERT_TRUE(has_ended(coordinator_served));
  ASSERT_TRUE(has_ended(agent_served));
}

TEST_F(Channels, ServeReturnsAfterTheLastHandler) {
  int running = 0;
  struct Count {
    explicit Count(int& count) : count_(count) { ++count_; }
    ~Count() { --count_; }
    int& count_;
  };
  // Owned by `serve`, and by the handlers for as long as they run.
  const Channel::OnRequest on_request = [&running](Action, value) -> Task<Result<value>> {
    const Count here(running);
    for (;;) co_await net::sleep_for(milliseconds(60'000));
  };
  serve(on_request);
  const auto one = start(coordinator->request(Action::probe, 1, milliseconds(60'000)));
  ASSERT_TRUE(run_until([&] { return running == 1; }));
  coordinator.reset();
  ASSERT_TRUE(has_ended(agent_served));
  EXPECT_EQ(running, 0);
}

TEST_F(Channels, AHandlerMayCloseItsOwnChannel) {
  serve([this](Action action, value body) {
    agent->close();
    return echo(action, std::move(body));
  });
  EXPECT_FALSE(ask(Action::finish));
  ASSERT_TRUE(has_ended(agent_served));
}

TEST_F(Channels, ANoticeHandlerMayDestroyTheChannel) {
  serve(echo, [this](const std::string&, const value&) { coordinator.reset(); });
  agent->notify("frames", 1);
  agent->notify("frames", 2);
  ASSERT_TRUE(has_ended(coordinator_served));
}

TEST_F(Channels, AnOversizeNoticeEndsTheConnectionWithItsReason) {
  serve(echo);
  agent->notify("frames", boost::json::string(kMaximumFrameBytes, 'x'));
  ASSERT_TRUE(has_ended(agent_served));
  EXPECT_THAT(describe((*agent_served)->error()), HasSubstr("1048576 are possible"));
}

TEST_F(Channels, AnOversizeRequestIsRefusedAndTheChannelStays) {
  serve(echo);
  const auto answer = ask(Action::prepare, boost::json::string(kMaximumFrameBytes, 'x'));
  EXPECT_THAT(describe(answer.error()), HasSubstr("1048576 are possible"));
  EXPECT_TRUE(ask(Action::hello));
}

TEST_F(Channels, AnOversizeAnswerIsARefusal) {
  serve([](Action, value) -> Task<Result<value>> { co_return boost::json::string(kMaximumFrameBytes, 'x'); });
  EXPECT_THAT(describe(ask(Action::facts).error()), HasSubstr("1048576 are possible"));
  EXPECT_TRUE(coordinator->is_open());
}

TEST_F(Channels, APeerThatDoesNotReadEndsTheConnection) {
  agent_served = start(agent->serve({}, {}));
  for (int i = 0; i < 40 && agent->is_open(); ++i)
    agent->notify("frames", boost::json::string(1'000'000, 'x'));
  ASSERT_TRUE(has_ended(agent_served));
  EXPECT_THAT(describe((*agent_served)->error()), HasSubstr("it does not read"));
  EXPECT_LE(agent->backlog_bytes(), kMaximumBacklogBytes);
}

TEST_F(Channels, RequestsAreRefusedWithoutHandler) {
  serve();
  EXPECT_THAT(describe(ask(Action::hello).error()), HasSubstr("take requests on this side"));
}

TEST_F(Channels, CancellingServeEndsTheConnection) {
  auto serving = agent->serve(never, {});
  coordinator_served = start(coordinator->serve({}, {}));
  const auto request = start(coordinator->request(Action::probe, 1, milliseconds(60'000)));
  const auto result = get(net::within(milliseconds(50), "wait for the first frame", std::move(serving)));
  EXPECT_FALSE(result);
  ASSERT_TRUE(has_ended(coordinator_served));
  EXPECT_TRUE(run_until([&] { return request->has_value(); }));
}

/// Asks what is never answered, and owns its channel.
Task<> ask_in_vain(net::StreamPtr stream) {
  Channel channel(std::move(stream));
  const auto executor = co_await asio::this_coro::executor;
  net::spawn(executor, serve_quietly(channel));
  auto asked = channel.request(Action::probe, nullptr, milliseconds(60'000));
  co_await net::within(milliseconds(60'000), "ask", std::move(asked));
}

TEST(LoopsEnd, WithEverythingSuspendedNothingIsTouchedAgain) {
  // An agent that is told to stop destroys its loop with all that waits on it.
  auto loop = std::make_unique<asio::io_context>(1);
  int ends[2] = {-1, -1};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  for (const int end : ends)
    net::spawn(loop->get_executor(),
               ask_in_vain(net::adopt_socket(loop->get_executor(), Descriptor(end)).value()));
  loop->run_for(milliseconds(20));
  loop.reset();
  EXPECT_EQ(::fcntl(ends[0], F_GETFD), -1) << "the socket is still open";
}

/// A peer that speaks bytes instead of messages.
class RawPeers : public net::Loop {
 protected:
  RawPeers() {
    auto [one, other] = stream_pair();
    channel = std::make_unique<Channel>(std::move(one));
    peer = std::move(other);
  }
  /// Why `serve` ended after these bytes and, unless told otherwise, the end.
  std::string end_after(const std::string& bytes, bool closes = true) {
    const auto served = start(channel->serve(never, {}));
    get(net::write_text(*peer, bytes));
    if (closes) get(peer->shut_down());
    run_until([&] { return served->has_value(); });
    if (!served->has_value()) return "did not end";
    return **served ? "nothing wrong" : describe((*served)->error());
  }
  std::unique_ptr<Channel> channel;
  net::StreamPtr peer;
};

TEST_F(RawPeers, MayLeaveBetweenFrames) { EXPECT_EQ(end_after(""), "nothing wrong"); }

TEST_F(RawPeers, MayNotLeaveInsideAFrame) {
  EXPECT_THAT(end_after(net::control_frame(R"({"id":1})").substr(0, 6)), HasSubstr("read the rest of a control message"));
}

TEST_F(RawPeers, AreDroppedForGarbageWithoutWaitingForMore) {
  EXPECT_THAT(end_after("GET / HTTP/1.1\r\n", false), HasSubstr("the other end is no hairpin"));
}

TEST_F(RawPeers, AreDroppedForAnswersThatNobodyAskedFor) {
  EXPECT_THAT(end_after(net::control_frame(R"({"id":0,"answers":1,"body":null})"), false),
              HasSubstr("nobody asked question 1"));
}

TEST_F(RawPeers, AreDroppedForRequestIdsThatDoNotRise) {
  const auto request = net::control_frame(R"({"id":5,"action":"hello","body":null})");
  EXPECT_THAT(end_after(request + request, false), HasSubstr("not higher than the last"));
}

TEST_F(RawPeers, AreDroppedForTooManyRequests) {
  std::string bytes;
  for (std::size_t id = 1; id <= kMaximumRequests + 1; ++id)
    bytes += net::control_frame(R"({"id":)" + std::to_string(id) + R"(,"action":"probe","body":null})");
  EXPECT_THAT(end_after(bytes, false), HasSubstr("take more than 256 requests"));
}

}  // namespace
}  // namespace hairpin::control

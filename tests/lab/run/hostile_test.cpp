// SPDX-License-Identifier: Apache-2.0
// A real agent on TCP, and peers that mean it harm. After each of them an honest coordinator is served.
#include <gmock/gmock.h>

#include "base/version.hpp"
#include "hairpin/messages/agent_messages.hpp"
#include "net/control/channel.hpp"
#include "net/control/session.hpp"
#include "net/pki.hpp"
#include "network.hpp"
#include "tests/lab/net/loop.hpp"

namespace hairpin {
namespace {

using control::Action;
using net::Task;
using testing::HasSubstr;
using JsonValue = boost::json::value;

const std::string kAgent = "127.0.0.1:7411";
constexpr auto kHandshakeLimit = control::ServeLimits{}.handshake;
constexpr milliseconds kSilenceLimit{15'000 + 1'000 +
                                     1'000};  // hairpin/agent/session.cpp: silence, its check, the parting

/// The bytes one at a time, until the other end has had enough.
Task<Result<>> trickle(net::Stream& stream, std::string bytes) {
  for (const char byte : bytes) {
    const std::string one(1, byte);
    auto writing = net::write_text(stream, one);
    const auto written = co_await std::move(writing);
    if (!written) co_return written;
    co_await net::sleep_for(milliseconds(200));
  }
  co_return Result<>{};
}

/// One direction of a relay, recorded.
Task<Result<>> copy(net::Stream& from, net::Stream& to, std::string& record) {
  for (;;) {
    const auto text = co_await net::read_text(from);
    if (!text) co_return text.error();
    if (text->empty()) break;
    record += *text;
    auto writing = net::write_text(to, *text);
    const auto written = co_await std::move(writing);
    if (!written) co_return written;
  }
  auto shutting = to.shut_down();
  const auto shut = co_await std::move(shutting);
  co_return shut;
}

class HostileControl : public net::Loop {
 protected:
  void SetUp() override {
    if (!test::want_of_network().empty()) GTEST_SKIP() << test::want_of_network();
    test::make_keys(pki());
    agent = site.start_agent("oc01", {"--listen", kAgent, "--pki", pki().string()});
  }
  std::filesystem::path pki() const { return site.folder() / "pki"; }
  net::PkiFiles keys(const std::string& name) const { return net::read_pki(pki().string(), name).value(); }

  net::StreamPtr dial_plain() {
    auto connecting = net::begin_connect(net::Dial(*parse_endpoint(kAgent))).value();
    return get(net::finish_connect(std::move(connecting))).value();
  }
  Result<net::StreamPtr> dial(const net::PkiFiles& files, const std::string& at = kAgent) {
    auto dialling = control::dial_tcp(*parse_endpoint(at), control::coordinator_tls(files).value());
    return get(net::within(milliseconds(5000), "reach the agent", std::move(dialling)));
  }
  /// What the agent says to hello of somebody with these files: "hello", or the error.
  std::string greet(const net::PkiFiles& files, const std::string& at = kAgent) {
    auto stream = dial(files, at);
    if (!stream) return describe(stream.error());
    control::Channel channel(std::move(*stream));
    const auto serving = start(channel.serve({}, {}));
    return hello(channel);
  }
  std::string hello(control::Channel& channel) {
    const JsonValue words = to_json(control::Hello{control::kProtocol, kVersion, "01TEST"});
    const auto answer = get(channel.request(Action::hello, words, milliseconds(5000)));
    return answer ? "hello" : describe(answer.error());
  }
  /// All of an honest session: hello, its answer, the end.
  Task<Result<>> say_hello(Endpoint at) {
    auto dialling = control::dial_tcp(at, control::coordinator_tls(keys("operator")).value());
    auto stream = co_await std::move(dialling);
    if (!stream) co_return stream.error();
    control::Message message;
    message.id = 1;
    message.action = Action::hello;
    message.body = to_json(control::Hello{control::kProtocol, kVersion, "01TEST"});
    const auto words = control::encode(message).value();
    auto writing = net::write_text(**stream, words);
    const auto written = co_await std::move(writing);
    if (!written) co_return written;
    const auto answer = co_await net::read_text(**stream);
    if (!answer) co_return answer.error();
    if (answer->find("\"answers\":1") == std::string::npos) co_return refusal("hear hello");
    co_return Result<>{};
  }
  /// An honest coordinator is served, as soon as the agent has noticed that the last one is gone.
  void expect_served() {
    auto said = greet(keys("operator"));
    for (int again = 0; again < 20 && said != "hello"; ++again) {
      run_for(milliseconds(20));
      said = greet(keys("operator"));
    }
    EXPECT_EQ(said, "hello");
  }
  /// Whether the agent ends the connection, orderly or not, within the limit.
  bool is_dropped(net::Stream& stream, milliseconds limit = milliseconds(3000)) {
    const auto last = get(net::within(limit, "be dropped", net::read_to_the_end(stream)));
    return last || last.error().code != boost::asio::error::timed_out;
  }

  test::Site site;
  std::unique_ptr<test::Program> agent;
};

TEST_F(HostileControl, NobodyWithoutTheOperatorsCertificateIsServed) {
  auto nobody = keys("operator");
  nobody.identity = {};
  EXPECT_THAT(greet(nobody), HasSubstr("certificate_required"));
  EXPECT_THAT(greet(keys("client1")), HasSubstr("the peer sent the alert"));  // another agent's
  test::make_keys(site.folder() / "other");
  auto stranger = net::read_pki((site.folder() / "other").string(), "operator").value();
  stranger.authority_pem = keys("operator").authority_pem;
  EXPECT_THAT(greet(stranger), HasSubstr("unknown_ca"));
  expect_served();
}

TEST_F(HostileControl, GarbageInsteadOfTlsIsDropped) {
  const std::string garbage[] = {"GET / HTTP/1.1\r\n\r\n", std::string(64, '\0'), std::string(5000, '\xff'),
                                 std::string("\x16\x03\x01\xff\xff") + std::string(20'000, '\x01'),
                                 net::control_frame(R"({"id":1,"action":"hello","body":{}})")};
  for (const auto& bytes : garbage) {
    const auto stream = dial_plain();
    static_cast<void>(get(net::write_text(*stream, bytes)));  // it may be dropped before all is written
    EXPECT_TRUE(is_dropped(*stream)) << bytes.substr(0, 8);
  }
  expect_served();
}

TEST_F(HostileControl, GarbageInsteadOfFramesIsDropped) {
  const std::string garbage[] = {"\x7f\xff\xff\xff",  // a frame of 2 GiB
                                 "GET / HTTP/1.1\r\n\r\n",
                                 net::control_frame("not json"),
                                 net::control_frame(std::string(33, '[') + std::string(33, ']')),
                                 net::control_frame(R"({"id":1,"action":"execute","body":"id"})"),
                                 net::control_frame(R"({"id":0,"answers":1,"body":null})"),
                                 net::control_frame(R"({"id":1,"action":"hello","body":{},"more":1})")};
  for (const auto& bytes : garbage) {
    const auto stream = dial(keys("operator")).value();
    ASSERT_TRUE(get(net::write_text(*stream, bytes)));
    EXPECT_TRUE(is_dropped(*stream)) << bytes;
  }
  expect_served();
}

TEST_F(HostileControl, AskingBeforeHelloAndHelloTwiceAreRefused) {
  control::Channel channel(dial(keys("operator")).value());
  const auto serving = start(channel.serve({}, {}));
  const JsonValue nothing = boost::json::object();
  for (const auto action :
       {Action::clock, Action::prepare, Action::facts, Action::probe, Action::flush, Action::finish})
    EXPECT_THAT(describe(get(channel.request(action, nothing, milliseconds(5000))).error()),
                HasSubstr("before hello"));
  EXPECT_EQ(hello(channel), "hello");
  EXPECT_THAT(hello(channel), HasSubstr("say hello twice"));
  EXPECT_TRUE(get(channel.request(Action::clock, nothing, milliseconds(5000))))
      << "the first hello still holds";
  EXPECT_THAT(greet(keys("operator")), HasSubstr("busy with run 01TEST"));
}

TEST_F(HostileControl, SlowSendersAreGivenUp) {
  const std::string long_frame = std::string("\x00\x0f\x00\x00", 4) + std::string(500, ' ');
  const auto plain = dial_plain();
  const auto operators = dial(keys("operator")).value();
  const auto begun = start(trickle(
      *plain, std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(500, 'x')));
  const auto framed = start(trickle(*operators, long_frame));
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(is_dropped(*plain, kHandshakeLimit + milliseconds(1000)));
  EXPECT_GT(std::chrono::steady_clock::now() - began, milliseconds(3000)) << "honest peers may be slow, too";
  expect_served();
  run_until([&] { return std::chrono::steady_clock::now() - began > std::chrono::seconds(8); });
  EXPECT_TRUE(is_dropped(*operators, kSilenceLimit - std::chrono::seconds(8)));
  run_until([&] { return begun->has_value() && framed->has_value(); });
  expect_served();
}

TEST_F(HostileControl, ARecordedSessionCannotBeReplayed) {
  const auto relay = net::listen_tcp(executor(), net::kLoopback).value();
  std::string from_operator, from_agent;
  auto accepting = start(relay->accept());
  const auto there = dial_plain();
  const auto spoken = start(say_hello(relay->local()));
  ASSERT_TRUE(run_until([&] { return accepting->has_value(); }));
  const auto here = std::move(accepting->value()).value();
  const auto up = start(copy(*here, *there, from_operator));
  const auto down = start(copy(*there, *here, from_agent));
  ASSERT_TRUE(run_until([&] { return spoken->has_value(); }));
  ASSERT_TRUE(**spoken) << describe((*spoken)->error());
  ASSERT_TRUE(run_until([&] { return up->has_value() && down->has_value(); }));

  const auto again = dial_plain();
  ASSERT_TRUE(get(net::write_text(*again, from_operator)));
  EXPECT_TRUE(is_dropped(*again));
  expect_served();  // no run began: the agent would be busy
}

}  // namespace
}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
// The coordinator with an agent that does not keep to the protocol: it is lost, and the run goes on without
// it.
#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <thread>

#include "base/version.hpp"
#include "hairpin/messages/agent_messages.hpp"
#include "net/control/channel.hpp"
#include "net/control/session.hpp"
#include "runs.hpp"

namespace hairpin {
namespace {

using control::Action;
using JsonValue = boost::json::value;
using testing::HasSubstr;

/// What the agent says before it answers `prepare`.
struct Lie {
  std::string notice;
  JsonValue body;
};

/// Speaks the protocol in a thread of its own, and lies once.
class LyingAgent {
 public:
  LyingAgent(const std::string& socket, Lie lie) : lie_(std::move(lie)) {
    const auto on_stream = [this](net::StreamPtr stream, const std::string&) {
      channel_ = std::make_shared<control::Channel>(std::move(stream));
      net::spawn(loop_.get_executor(), serve());
    };
    server_ = control::serve_unix(loop_.get_executor(), socket, on_stream).value();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~LyingAgent() {
    loop_.stop();
    thread_.join();
  }

 private:
  net::Task<> serve() {
    control::Channel::OnRequest on_request = [this](Action action, JsonValue) { return answer(action); };
    auto serving = channel_->serve(std::move(on_request), {});
    static_cast<void>(co_await std::move(serving));
  }
  net::Task<Result<JsonValue>> answer(Action action) {
    const auto now = system_clock().wall();
    if (action == Action::hello) co_return to_json(control::Hello{control::kProtocol, kVersion, {}});
    if (action == Action::clock) co_return to_json(control::ClockReading{now, now});
    if (action == Action::prepare) channel_->notify(lie_.notice, lie_.body);
    co_return to_json(Prepared{});
  }

  Lie lie_;
  boost::asio::io_context loop_{1};
  std::shared_ptr<control::Channel> channel_;
  control::ServerPtr server_;
  std::thread thread_;
};

/// What becomes of oc01 in a run.
AgentFacts fate_of(Lie lie) {
  const test::Site site;
  const LyingAgent liar(site.socket("oc01"), std::move(lie));
  return test::facts_of(test::collect_from(site.topology(), test::quiet_options()), "oc01");
}

FrameBatch batch_of(std::string bytes, std::uint16_t link = 1) {
  FrameBatch batch;
  batch.interface = "lo";
  batch.link = link;
  batch.frames.push_back({WallTime{}, 60, std::move(bytes)});
  return batch;
}

TEST(LyingAgents, AreLostByWhatNobodyCanRead) {
  const std::pair<Lie, const char*> lies[] = {
      {{"frames", {{"interface", "lo"}}}, "frames"},
      {{"frames", to_json(batch_of("zz"))}, "hexadecimal"},
      {{"frames", to_json(batch_of(std::string(2 * 300, '0')))}, "at most one snapshot long"},
      {{"frames", to_json(batch_of("00", 9999))}, "unknown link type 9999"},
      {{"responder", "all is well"}, "responder"},
      {{"verdict", "pass"}, "understand the notice \"verdict\""}};
  for (const auto& [lie, words] : lies) {
    const auto facts = fate_of(lie);
    EXPECT_EQ(facts.state, AgentState::lost) << words << ": " << facts.detail;
    EXPECT_THAT(facts.detail, HasSubstr(words));
  }
}

TEST(LyingAgents, ThatTellTheTruthAreNot) {
  const auto facts = fate_of({"frames", to_json(batch_of("00"))});
  EXPECT_NE(facts.state, AgentState::lost) << facts.detail;
}

}  // namespace
}  // namespace hairpin

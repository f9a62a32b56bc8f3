// SPDX-License-Identifier: Apache-2.0
#include "hairpin/coordinator/agent_link.hpp"

#include <fmt/format.h>

#include <boost/asio/error.hpp>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "hairpin/ssh/link.hpp"

namespace hairpin {
namespace {

constexpr milliseconds kConnectLimit{5'000};
constexpr milliseconds kAnswerLimit{5'000};
/// With ConnectTimeout=5 of its own ssh still has to log in, and sudo to ask its directory.
constexpr milliseconds kLoginLimit{15'000};
constexpr int kClockReadings = 5;

}  // namespace

ClockOffset clock_offset(WallTime asked, const control::ClockReading& reading, WallTime heard) {
  const auto there = reading.received - asked;
  const auto back = heard - reading.answered;
  return {(there - back) / 2, (there + back) / 2};
}

AgentLink::AgentLink(const Host& host, OnNotice on_notice) : host_(host), on_notice_(std::move(on_notice)) {
  facts.host = host.name;
  facts.state = AgentState::none;
}

AgentLink::~AgentLink() = default;

bool AgentLink::is_open() const { return channel_ && channel_->is_open(); }

void AgentLink::close() {
  is_closed_ = true;
  if (channel_) channel_->close();
}

void AgentLink::release() {
  close();
  channel_.reset();
  if (ssh_) ssh_->release();
}

void AgentLink::fail(AgentState state, std::string detail) {
  facts.state = state;
  facts.detail = printable(detail);
  close();
}

net::Task<> AgentLink::connect(const net::Executor& executor, std::string run, Reach reach) {
  if (!host_.agent) co_return;
  const auto place = to_string(*host_.agent);
  net::Task<Result<net::StreamPtr>> dialling;
  if (const auto* unix_agent = std::get_if<UnixAgent>(&*host_.agent)) {
    dialling = control::dial_unix(unix_agent->path);
  } else if (const auto* tcp = std::get_if<TcpAgent>(&*host_.agent)) {
    if (reach.pki == nullptr)
      co_return fail(AgentState::refused, "an agent at " + place + " needs --pki DIR");
    // The certificate has the host's name (hairpin pki issue): another agent at this address is refused.
    auto tls = control::coordinator_tls(*reach.pki, host_.name);
    if (!tls) co_return fail(AgentState::refused, describe(tls.error()));
    dialling = control::dial_tcp(tcp->endpoint, std::move(*tls));
  } else {
    SshOrder order{std::get<SshAgent>(*host_.agent).destination, host_.name, std::move(reach.remote_hairpin)};
    auto connecting = connect_through_ssh(executor, std::move(run), std::move(order));
    co_await std::move(connecting);
    co_return;
  }
  auto limited = net::within(kConnectLimit, "reach the agent at " + place, std::move(dialling));
  auto stream = co_await std::move(limited);
  if (!stream) co_return fail(AgentState::unreachable, describe(stream.error()));
  auto beginning = begin(executor, std::move(*stream), std::move(run));
  co_await std::move(beginning);
}

net::Task<> AgentLink::connect_through_ssh(const net::Executor& executor, std::string run, SshOrder order) {
  auto started = SshLink::start(executor, std::move(order));
  if (!started) co_return fail(AgentState::unreachable, describe(started.error()));
  ssh_ = std::move(*started);
  auto beginning = begin(executor, ssh_->take_stream(), std::move(run));
  co_await std::move(beginning);
  if (!is_open()) co_await end_ssh();  // it knows why
}

net::Task<> AgentLink::begin(const net::Executor& executor, net::StreamPtr stream, std::string run) {
  channel_ = std::make_shared<control::Channel>(std::move(stream));
  net::spawn(executor, serve(channel_));
  auto greeting = greet(std::move(run));
  co_await std::move(greeting);
}

/// `this` outlives the loop. Nobody but us ends the connection of an agent that works.
net::Task<> AgentLink::serve(std::shared_ptr<control::Channel> channel) {
  control::Channel::OnNotice on_notice = [this](const std::string& notice, boost::json::value body) {
    const auto taken = on_notice_(host_.name, notice, std::move(body));
    if (!taken) lose(describe(taken.error()));
  };
  auto served = channel->serve(nullptr, std::move(on_notice));
  const auto ended = co_await std::move(served);
  if (!is_closed_) lose(ended ? "it ended the control connection" : describe(ended.error()));
  if (ssh_) co_await end_ssh();
}

/// Reaps it. What it said when the agent was lost says more than that its bytes ended.
net::Task<> AgentLink::end_ssh() {
  auto ending = ssh_->end();
  const auto end = co_await std::move(ending);
  if (!loss_) co_return;
  if (!has_said_hello()) {
    const auto meaning = meaning_of(ssh_->order(), end, *loss_);
    facts.state = meaning.state;
    facts.detail = printable(meaning.words);
  } else if (!end.last_words.empty()) {
    facts.detail = printable("the agent was lost: " + *loss_ + " (ssh: " + end.last_words + ")");
  }
}

/// What was known to be wrong before the agent went stays the news.
void AgentLink::lose(const std::string& why) {
  const bool was_working = facts.state == AgentState::none || facts.state == AgentState::ready ||
                           facts.state == AgentState::no_privilege;
  if (!was_working) return;
  fail(AgentState::lost, "the agent was lost: " + why);
  loss_ = why;
}

net::Task<> AgentLink::greet(std::string run) {
  const control::Hello ours{control::kProtocol, kVersion, std::move(run)};
  auto asked = ask(control::Action::hello, to_json(ours), ssh_ ? kLoginLimit : kAnswerLimit);
  const auto answer = co_await std::move(asked);
  if (!answer) {
    if (facts.state != AgentState::lost) fail(AgentState::refused, describe(answer.error()));
    co_return;
  }
  const auto theirs = read_hello(*answer);
  if (!theirs) co_return fail(AgentState::refused, describe(theirs.error()));
  facts.version = printable(theirs->version);
  facts.state = AgentState::ready;
  co_await measure_clock();
}

net::Task<> AgentLink::measure_clock() {
  std::optional<ClockOffset> best;
  for (int count = 0; count < kClockReadings; ++count) {
    const auto asked_at = system_clock().wall();
    auto asked = ask(control::Action::clock, boost::json::object(), kAnswerLimit);
    const auto answer = co_await std::move(asked);
    const auto heard_at = system_clock().wall();
    if (!answer) co_return;
    const auto reading = from_json<control::ClockReading>(*answer, "clock");
    if (!reading) co_return fail(AgentState::refused, describe(reading.error()));
    const auto measured = clock_offset(asked_at, *reading, heard_at);
    if (!best || measured.error < best->error) best = measured;
  }
  facts.clock_offset = best->offset;
  facts.clock_error = best->error;
}

net::Task<Result<boost::json::value>> AgentLink::ask(control::Action action, boost::json::value body,
                                                     milliseconds limit) {
  if (!is_open()) co_return Error{boost::asio::error::not_connected, "ask the agent of " + host_.name, {}};
  auto asked = channel_->request(action, std::move(body), limit);
  auto answer = co_await std::move(asked);
  const bool is_timed_out = !answer && answer.error().code == boost::asio::error::timed_out;
  if (is_timed_out || (!answer && !channel_->is_open())) lose(describe(answer.error()));
  co_return answer;
}

}  // namespace hairpin

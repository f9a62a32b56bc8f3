// SPDX-License-Identifier: Apache-2.0
#include "hairpin/agent/session.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include <boost/asio/this_coro.hpp>
#include <cstdio>

#include "base/complain.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/version.hpp"

namespace hairpin {
namespace {

constexpr std::chrono::seconds kLongestSilence{15};
constexpr std::chrono::seconds kSilenceCheck{1};

/// The state of one session. Shared by the requests that are under way and the guard against silence.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(net::Executor executor, std::shared_ptr<AgentDesk> desk, std::shared_ptr<control::Channel> channel)
      : executor_(std::move(executor)), desk_(std::move(desk)), channel_(std::move(channel)) {}

  net::Task<AgentRun::Answer> on_request(control::Action action, boost::json::value body);
  void end();
  bool has_ended() const { return has_ended_; }
  bool is_silent() const { return std::chrono::steady_clock::now() - last_heard_ > kLongestSilence; }
  control::Channel& channel() { return *channel_; }

 private:
  static net::Task<AgentRun::Answer> answered(AgentRun::Answer answer) { co_return answer; }
  AgentRun::Answer hello(const boost::json::value& body);
  void say(const std::string& line) const;

  net::Executor executor_;
  std::shared_ptr<AgentDesk> desk_;
  std::shared_ptr<control::Channel> channel_;
  std::shared_ptr<AgentRun> run_;
  std::string run_id_;
  SteadyTime last_heard_ = std::chrono::steady_clock::now();
  bool has_ended_ = false;
};

net::Task<AgentRun::Answer> Session::on_request(control::Action action, boost::json::value body) {
  const auto received = system_clock().wall();
  last_heard_ = std::chrono::steady_clock::now();
  if (has_ended_) return answered(refusal("answer: the session has ended"));
  if (action == control::Action::hello) return answered(hello(body));
  if (!run_) return answered(refusal("do anything before hello"));
  desk_->last_busy = last_heard_;
  if (action == control::Action::clock)
    return answered(to_json(control::ClockReading{received, system_clock().wall()}));
  return run_->execute(action, std::move(body));
}

AgentRun::Answer Session::hello(const boost::json::value& body) {
  const auto theirs = read_hello(body);
  if (!theirs) return theirs.error();
  if (run_) return refusal("say hello twice");
  if (theirs->run.empty()) return refusal("serve a run without an id");
  if (desk_->holder)
    return refusal(fmt::format("serve two runs: busy with run {} since {}", desk_->holder->run,
                               iso8601(desk_->holder->since, 0)),
                   "wait until it has ended");
  run_id_ = printable(theirs->run);
  desk_->holder = AgentDesk::Holder{run_id_, system_clock().wall()};
  const auto notify = [weak = weak_from_this()](const std::string& notice, boost::json::value content) {
    if (const auto self = weak.lock()) self->channel_->notify(notice, std::move(content));
  };
  run_ = std::make_shared<AgentRun>(executor_, desk_->host, notify, desk_->ceiling);
  say(fmt::format("run {} begins", run_id_));
  return to_json(control::Hello{control::kProtocol, kVersion, {}});
}

void Session::end() {
  has_ended_ = true;
  if (!run_) return;
  run_->stop();
  run_.reset();
  // An agent rests far longer than it works: what the run had goes back to the host, not into the heap's free lists.
  ::malloc_trim(0);
  desk_->holder.reset();
  desk_->last_busy = std::chrono::steady_clock::now();
  say(fmt::format("run {} ended", run_id_));
}

void Session::say(const std::string& line) const {
  if (!desk_->is_quiet) complain("hairpin agent {}: {}\n", desk_->host, line);
}

net::Task<> give_up_silent(std::weak_ptr<Session> watched) {
  for (;;) {
    co_await net::sleep_for(kSilenceCheck);
    const auto session = watched.lock();
    if (!session || session->has_ended()) co_return;
    if (session->is_silent()) session->channel().close();
  }
}

}  // namespace

net::Task<> serve_session(std::shared_ptr<AgentDesk> desk, std::shared_ptr<control::Channel> channel) {
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto session = std::make_shared<Session>(executor, std::move(desk), channel);
  const std::weak_ptr<Session> watched = session;
  net::spawn(executor, give_up_silent(watched));
  control::Channel::OnRequest on_request = [session](control::Action action, boost::json::value body) {
    return session->on_request(action, std::move(body));
  };
  control::Channel::OnNotice on_notice = [](const std::string&, const boost::json::value&) {
  };  // agents take none
  auto served = channel->serve(std::move(on_request), std::move(on_notice));
  static_cast<void>(co_await std::move(served));  // however it ended, the run is over
  session->end();
}

}  // namespace hairpin

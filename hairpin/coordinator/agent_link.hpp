// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "evidence/observation.hpp"
#include "hairpin/messages/agent_messages.hpp"
#include "hairpin/ssh/command.hpp"
#include "net/control/channel.hpp"
#include "net/control/session.hpp"
#include "topology/model.hpp"

namespace hairpin {

class SshLink;

/// What it takes to reach agents, beside their addresses.
struct Reach {
  const net::PkiFiles* pki = nullptr;      ///< for agents at ADDR:PORT; null: none. Outlives the links
  std::string remote_hairpin = "hairpin";  ///< for agents at ssh:HOST
};

/// The coordinator's end of the control connection to one agent. What becomes of it is in `facts`; once it is
/// not open any more every request fails at once, and the run goes on without it.
class AgentLink {
 public:
  /// An agent whose notice is refused is lost: what else it saw may be wrong or missing as well.
  using OnNotice =
      std::function<Result<>(const std::string& host, const std::string& notice, boost::json::value body)>;

  AgentLink(const Host& host, OnNotice on_notice);
  ~AgentLink();  ///< an ssh that it started has ended

  /// Connects, says hello, measures the clock.
  net::Task<> connect(const net::Executor& executor, std::string run, Reach reach);
  /// The same on a connection that is there already.
  net::Task<> begin(const net::Executor& executor, net::StreamPtr stream, std::string run);
  /// A request. `limit` passed or the connection gone: the agent is lost. A refusal leaves it as it is.
  net::Task<Result<boost::json::value>> ask(control::Action action, boost::json::value body,
                                            milliseconds limit);
  void close();
  void release();  ///< closes, and lets go of everything that needs the event loop

  bool is_open() const;
  bool has_said_hello() const { return !facts.version.empty(); }
  const std::string& name() const { return host_.name; }
  const Host& host() const { return host_; }
  AgentFacts facts;

 private:
  net::Task<> connect_through_ssh(const net::Executor& executor, std::string run, SshOrder order);
  net::Task<> greet(std::string run);
  net::Task<> measure_clock();
  net::Task<> serve(std::shared_ptr<control::Channel> channel);
  net::Task<> end_ssh();
  void lose(const std::string& why);
  void fail(AgentState state, std::string detail);

  const Host& host_;
  OnNotice on_notice_;
  std::shared_ptr<control::Channel> channel_;
  std::unique_ptr<SshLink> ssh_;     ///< of an agent at ssh:HOST
  std::optional<std::string> loss_;  ///< in the words of the control connection
  bool is_closed_ = false;           ///< by us
};

/// From four readings of two clocks: the agent's clock minus ours, and half of what the way there and back
/// took.
struct ClockOffset {
  nanoseconds offset{};
  nanoseconds error{};
};
ClockOffset clock_offset(WallTime asked, const control::ClockReading& reading, WallTime heard);

}  // namespace hairpin

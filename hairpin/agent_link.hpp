// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "evidence/observation.hpp"
#include "hairpin/agent_messages.hpp"
#include "net/control/channel.hpp"
#include "net/control/session.hpp"
#include "topology/model.hpp"

namespace hairpin {

/// The coordinator's end of the control connection to one agent. What becomes of it is in `facts`; once it is
/// not open any more every request fails at once, and the run goes on without it.
class AgentLink {
 public:
  using OnNotice =
      std::function<void(const std::string& host, const std::string& notice, boost::json::value body)>;

  AgentLink(const Host& host, OnNotice on_notice);

  /// Connects, says hello, measures the clock. `pki` is for agents at ADDR:PORT and must outlive this; null:
  /// none.
  net::Task<> connect(const net::Executor& executor, std::string run, const net::PkiFiles* pki);
  /// A request. `limit` passed or the connection gone: the agent is lost. A refusal leaves it as it is.
  net::Task<Result<boost::json::value>> ask(control::Action action, boost::json::value body,
                                            milliseconds limit);
  void close();
  void release();  ///< closes, and lets go of everything that needs the event loop

  bool is_open() const;
  const std::string& name() const { return host_.name; }
  const Host& host() const { return host_; }
  AgentFacts facts;

 private:
  net::Task<> greet(std::string run);
  net::Task<> measure_clock();
  net::Task<> serve(std::shared_ptr<control::Channel> channel);
  void lose(const std::string& why);
  void fail(AgentState state, std::string detail);

  const Host& host_;
  OnNotice on_notice_;
  std::shared_ptr<control::Channel> channel_;
  bool is_closed_ = false;  ///< by us
};

/// From four readings of two clocks: the agent's clock minus ours, and half of what the way there and back
/// took.
struct ClockOffset {
  nanoseconds offset{};
  nanoseconds error{};
};
ClockOffset clock_offset(WallTime asked, const control::ClockReading& reading, WallTime heard);

}  // namespace hairpin

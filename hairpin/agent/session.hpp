// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "hairpin/agent/run.hpp"
#include "net/control/channel.hpp"

namespace hairpin {

/// What the control sessions of one agent share: the run that holds it, if any.
struct AgentDesk {
  struct Holder {
    std::string run;
    WallTime since{};
  };
  std::string host;
  std::optional<Holder> holder;
  SteadyTime last_busy{};  ///< for --idle-exit
  bool is_quiet = false;
  LoadCeiling ceiling;     ///< of this host
};

/// One control connection, from hello to its end, whichever way it ends; everything of its run ends with it.
/// A peer that says nothing for long is given up: a coordinator asks for the time every few seconds.
net::Task<> serve_session(std::shared_ptr<AgentDesk> desk, std::shared_ptr<control::Channel> channel);

}  // namespace hairpin

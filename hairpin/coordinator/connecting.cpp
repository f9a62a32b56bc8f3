// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>

#include "hairpin/coordinator/preparation.hpp"
#include "net/together.hpp"

namespace hairpin {
namespace {

/// A jump host turns away logins beyond ten that are under way (MaxStartups in sshd_config(5)).
constexpr std::size_t kLoginsAtATime = 8;

/// Takes one host after the other from those that nobody has taken.
net::Task<> log_in_in_turn(Mission& mission, const Reach& reach, std::vector<AgentLink*>& waiting) {
  const auto executor = co_await boost::asio::this_coro::executor;
  while (!waiting.empty() && !mission.is_stopped) {
    auto* link = waiting.back();
    waiting.pop_back();
    auto connecting = link->connect(executor, mission.run, reach);
    co_await std::move(connecting);
  }
}

}  // namespace

net::Task<> connect_agents(Mission& mission, const Reach& reach) {
  const auto executor = co_await boost::asio::this_coro::executor;
  mission.progress.update(fmt::format("connecting to {} agents", mission.links.size()));
  std::vector<net::Task<>> tasks;
  std::vector<AgentLink*> through_ssh;
  for (const auto& [host, link] : mission.links) {
    if (std::holds_alternative<SshAgent>(*link->host().agent))
      through_ssh.push_back(link.get());
    else
      tasks.push_back(link->connect(executor, mission.run, reach));
  }
  for (std::size_t lane = 0; lane < std::min(kLoginsAtATime, through_ssh.size()); ++lane)
    tasks.push_back(log_in_in_turn(mission, reach, through_ssh));
  co_await net::together(std::move(tasks));
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hairpin/coordinator/credentials.hpp"
#include "hairpin/coordinator/mission.hpp"

/// The parts of a run before and after the probing: all agents beside each other, each step bounded in time.
namespace hairpin {

net::Task<> connect_agents(Mission& mission, const Reach& reach);

/// PREPARE: listeners, captures and their proof. Says who is ready and names who is not, and why.
net::Task<> prepare_agents(Mission& mission, const RunCredentials& credentials);

/// Waits (at most `member_wait`, and says so) while the balancer's monitors find the responders, which listen
/// only since PREPARE. Only balancers that knock on members' service ports by themselves have monitors to
/// wait for; `is_expected`: waits for the first knock as well.
net::Task<> await_members(Mission& mission, bool is_expected);

net::Task<> ask_facts(Mission& mission, bool is_before);

/// Proves the captures once more, collects the rest, stops everything on the hosts.
net::Task<> finish_agents(Mission& mission);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/plan_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.hpp"
#include "hairpin/schedule.hpp"

namespace hairpin {
namespace {

constexpr milliseconds kPhaseLimit{1500};  // probe::Order::limit

template <class... Arguments>
void add(std::string& text, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  text += fmt::format(format, std::forward<Arguments>(arguments)...) + '\n';
}

bool is_ready(const AgentFacts& agent) { return agent.state == AgentState::ready; }

}  // namespace

std::string plan_text(const Plan& plan) {
  std::string text;
  add(text, "Through the balancer:");
  for (const auto& source : plan.sources) {
    if (source.skip_reason.empty())
      add(text, "  {} -> {} ({}/{}), members {}; up to {} attempts for coverage", source.source,
          to_string(source.vip), source.pool, source.virtual_server, fmt::join(source.members, ", "),
          source.attempt_budget);
    else
      add(text, "  {} -> {} left out: {}", source.source, to_string(source.vip), source.skip_reason);
  }
  if (!plan.directs.empty()) add(text, "Direct control:");
  for (const auto& direct : plan.directs)
    add(text, "  {} -> {} ({})", direct.source, to_string(direct.endpoint), direct.member);
  for (const auto& pair : plan.skipped)
    add(text, "Left out: {} on {}: {}", pair.source, pair.member, pair.reason);
  if (!plan.listeners.empty()) add(text, "Listeners:");
  for (const auto& listener : plan.listeners) add(text, "  {}: TCP port {}", listener.host, listener.port);
  add(text, "Captures: TCP ports {} of the VIPs and members, 256 bytes of each packet",
      fmt::join(plan.ports, ", "));
  const auto worst = std::chrono::duration<double>(worst_case(plan, kPhaseLimit)).count();
  add(text, "Worst case (every connection silent): {:.0f} s; as a rule a few seconds. Nothing was sent.",
      worst);
  return text;
}

std::string readiness_text(const Observations& observations) {
  std::string text;
  for (const auto& agent : observations.agents) {
    const auto captures = std::count_if(
        observations.captures.begin(), observations.captures.end(),
        [&](const CaptureFacts& facts) { return facts.host == agent.host && facts.is_proven_before; });
    if (is_ready(agent))
      add(text, "{:<16} ready, {} captures proven, hairpin {}", agent.host, captures, agent.version);
    else
      add(text, "{:<16} {}: {}", agent.host, boost::describe::enum_to_string(agent.state, "?"),
          printable(agent.detail));
  }
  return text;
}

ExitStatus readiness_status(const Observations& observations) {
  const auto& agents = observations.agents;
  const bool is_complete = std::all_of(agents.begin(), agents.end(), [](const AgentFacts& agent) {
    return is_ready(agent) || agent.state == AgentState::none;
  });
  return is_complete ? ExitStatus::passed : exit_status(Run{}, observations, false);
}

}  // namespace hairpin

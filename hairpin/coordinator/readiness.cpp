// SPDX-License-Identifier: Apache-2.0
#include "hairpin/coordinator/readiness.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "hairpin/coordinator/host_readiness.hpp"

namespace hairpin {
namespace {

constexpr const char* kNothing = "-";

constexpr std::size_t kColumns = 9;
using Row = std::array<std::string, kColumns>;

std::string state_word(const HostReadiness& ready) {
  std::string word = boost::describe::enum_to_string(ready.agent.state, "?");
  std::replace(word.begin(), word.end(), '_', ' ');
  return ready.host->agent ? word : "no agent";
}

std::string transport_word(const HostReadiness& ready) {
  if (!ready.is_reached()) return kNothing;
  constexpr std::array<const char*, 3> kWords{"unix", "tcp", "ssh"};
  static_assert(std::variant_size_v<AgentAddress> == kWords.size());
  return kWords.at(ready.host->agent->index());
}

std::string privilege_word(const HostReadiness& ready) {
  if (!ready.is_prepared()) return kNothing;
  return ready.lacks_capture_privilege() || !ready.denied_ports().empty() ? "no" : "yes";
}

std::string port_words(const HostReadiness& ready) {
  std::vector<std::string> words;
  for (const auto& listener : ready.listeners) {
    const char* word = listener.error.empty() ? "free" : "failed";
    if (listener.lacks_privilege) word = "denied";
    if (listener.is_taken) word = "in use";
    words.push_back(fmt::format("{} {}", listener.port, word));
  }
  return words.empty() ? kNothing : fmt::format("{}", fmt::join(words, ", "));
}

std::string capture_words(const HostReadiness& ready) {
  if (ready.captures.empty()) return kNothing;
  const auto proven = std::count_if(ready.captures.begin(), ready.captures.end(),
                                    [](const CaptureFacts* capture) { return capture->is_proven_before; });
  return fmt::format("{} of {}", proven, ready.captures.size());
}

std::string clock_words(const AgentFacts& agent) {
  if (agent.clock_error == nanoseconds(0)) return kNothing;  // it was not asked
  const auto ms = [](nanoseconds time) {
    const std::chrono::duration<double, std::milli> exact(time);
    return std::round(exact.count() * 10) / 10 + 0.0;  // never -0.0
  };
  return fmt::format("{:+.1f} ms ± {:.1f} ms", ms(agent.clock_offset), ms(agent.clock_error));
}

Row row_of(const HostReadiness& ready) {
  return {ready.host->name,
          state_word(ready),
          transport_word(ready),
          ready.is_reached() ? printable(ready.agent.version) : kNothing,
          ready.roles.empty() ? kNothing : fmt::format("{}", fmt::join(ready.roles, ", ")),
          privilege_word(ready),
          port_words(ready),
          capture_words(ready),
          clock_words(ready.agent)};
}

std::string table(const std::vector<Row>& rows) {
  std::array<std::size_t, kColumns> widths{};
  for (const auto& row : rows)
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], columns(row[i]));
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < kColumns; ++i)
      text += row[i] + std::string(widths[i] + 2 - columns(row[i]), ' ');
    text += row.back() + '\n';
  }
  return text;
}

/// Load balancers that are asked, and what they did not say.
std::string asked_text(const Observations& observations) {
  std::string text;
  for (const auto& facts : observations.balancers) {
    text += fmt::format("\n{}, asked by {}: {}, {} of {} questions answered", facts.host, facts.through,
                        boost::describe::enum_to_string(facts.before, "?"), facts.answered, facts.asked);
    for (const auto& missing : facts.missing) text += "\n  " + missing;
    text += '\n';
  }
  return text;
}

}  // namespace

std::string readiness_text(const Topology& topology, const Plan& plan, const Collected& collected) {
  std::vector<Row> rows{
      {"host", "state", "through", "hairpin", "roles", "privilege", "ports", "captures", "clock"}};
  std::vector<std::string> lines;
  std::size_t agents = 0, is_ready = 0;
  for (const auto& ready : host_readiness(topology, plan, collected)) {
    rows.push_back(row_of(ready));
    const auto more = mends(ready);
    lines.insert(lines.end(), more.begin(), more.end());
    agents += ready.host->agent ? 1U : 0U;
    is_ready += ready.agent.state == AgentState::ready ? 1U : 0U;
  }
  auto text = table(rows);
  if (!lines.empty()) text += fmt::format("\nTo mend:\n  {}\n", fmt::join(lines, "\n  "));
  return text + asked_text(collected.observations) + fmt::format("\n{} of {} agents ready\n", is_ready, agents);
}

ExitStatus readiness_status(const Observations& observations) {
  const auto& agents = observations.agents;
  const bool is_complete = std::all_of(agents.begin(), agents.end(), [](const AgentFacts& agent) {
    return agent.state == AgentState::ready || agent.state == AgentState::none;
  });
  return is_complete ? ExitStatus::passed : exit_status(Run{}, observations, false);
}

}  // namespace hairpin

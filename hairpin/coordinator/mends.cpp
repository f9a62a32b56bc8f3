// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "base/version.hpp"
#include "hairpin/coordinator/host_readiness.hpp"

namespace hairpin {
namespace {

constexpr std::chrono::seconds kClockTolerance{1};

/// What a person types there so that the agent is where the topology says; ssh starts its own.
std::string start_command(const Host& host) {
  std::string command = "sudo hairpin agent --name " + host.name + " --listen " + to_string(*host.agent);
  if (std::holds_alternative<TcpAgent>(*host.agent)) command += " --pki DIR";
  return command;
}

/// Nothing was prepared, or it went away: what the connection said is all that is known.
void add_connection(std::vector<std::string>& lines, const HostReadiness& ready) {
  const auto& host = *ready.host;
  if (!host.agent && !ready.roles.empty())
    lines.push_back(fmt::format(
        "the plan needs an agent there, and the topology names none; add to it:  agent: \"ssh:{}\"",
        host.name));
  if (!host.agent || ready.agent.state == AgentState::ready) return;
  if (ready.is_prepared() && ready.agent.state != AgentState::lost) return;
  auto line = printable(ready.agent.detail);
  const bool is_started_by_hand = !std::holds_alternative<SshAgent>(*host.agent);
  if (ready.agent.state == AgentState::unreachable && is_started_by_hand)
    line += fmt::format(". On {}:  {}", host.name, start_command(host));
  lines.push_back(std::move(line));
}

void add_privilege(std::vector<std::string>& lines, const HostReadiness& ready) {
  std::vector<std::string> wants;
  if (ready.lacks_capture_privilege()) wants.emplace_back("capture (CAP_NET_RAW)");
  if (const auto ports = ready.denied_ports(); !ports.empty())
    wants.push_back(fmt::format("listen to port {} (CAP_NET_BIND_SERVICE)", fmt::join(ports, ", ")));
  if (wants.empty()) return;
  lines.push_back(
      fmt::format("no privilege to {}; run the agent as root, or once on {}:  "
                  "sudo setcap cap_net_raw,cap_net_bind_service+ep \"$(command -v hairpin)\"",
                  fmt::join(wants, " and to "), ready.host->name));
}

void add_ports(std::vector<std::string>& lines, const HostReadiness& ready) {
  for (const auto& listener : ready.listeners) {
    if (listener.is_taken)
      lines.push_back(fmt::format("port {0} is in use. See by whom on {1}:  ss -ltnp 'sport = :{0}'",
                                  listener.port, ready.host->name));
    else if (!listener.error.empty() && !listener.lacks_privilege)
      lines.push_back(fmt::format("port {}: {}", listener.port, printable(listener.error)));
  }
}

void add_captures(std::vector<std::string>& lines, const HostReadiness& ready) {
  for (const auto* capture : ready.captures) {
    if (capture->lacks_privilege) continue;
    const auto interface = printable(capture->interface);
    if (!capture->error.empty())
      lines.push_back(fmt::format("capture on {}: {}", interface, printable(capture->error)));
    else if (!capture->is_proven_before)
      lines.push_back(
          fmt::format("the capture on {0} did not see its own canary. Does this on {1} see packets:  "
                      "sudo tcpdump -c 5 -ni {0}",
                      interface, ready.host->name));
  }
}

void add_clock_and_version(std::vector<std::string>& lines, const HostReadiness& ready) {
  if (!ready.is_reached()) return;
  const auto offset = std::chrono::abs(ready.agent.clock_offset);
  if (offset - ready.agent.clock_error > kClockTolerance)
    lines.push_back(
        fmt::format("its clock is {:.1f} s {} this host's. On the one that is wrong:  "
                    "sudo chronyc makestep",
                    std::chrono::duration<double>(offset).count(),
                    ready.agent.clock_offset.count() > 0 ? "ahead of" : "behind"));
  if (ready.agent.version != kVersion)
    lines.push_back(fmt::format("it runs hairpin {}, this is {}; install the same version on both",
                                printable(ready.agent.version), kVersion));
}

}  // namespace

std::vector<std::string> mends(const HostReadiness& ready) {
  std::vector<std::string> lines;
  for (const auto add : {add_connection, add_privilege, add_ports, add_captures, add_clock_and_version})
    add(lines, ready);
  for (auto& line : lines) line.insert(0, ready.host->name + ": ");
  return lines;
}

}  // namespace hairpin

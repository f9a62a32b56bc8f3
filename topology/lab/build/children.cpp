// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <thread>

#include "topology/lab/build/build.hpp"
#include "topology/lab/build/connector.hpp"
#include "topology/lab/build/process.hpp"

namespace hairpin::lab {
namespace {

constexpr milliseconds kReadyLimit{10'000};
constexpr milliseconds kReadyPoll{2};
constexpr std::string_view kUnix = "unix:";

int network_of(const Places& places, const std::string& name) {
  return std::ranges::find(places, name, &NetworkNamespace::name)->fd();
}

std::string log_of(const std::string& folder, const std::string& name) {
  return folder + "/" + name + ".log";
}

struct RuleLoad {
  std::string host;
  std::string log;
  pid_t pid = -1;
};

RunningChild haproxy_child(const Site& site, const SiteHost& host, int network, const std::string& folder,
                           const std::string& program) {
  const auto log = log_of(folder, "haproxy-" + host.name);
  const std::vector<std::string> arguments{program, "-db", "-f", folder + "/haproxy-" + host.name + ".cfg"};
  RunningChild child{.name = "haproxy", .log = log, .start = {}, .is_ready = {}};
  child.start = [=] {
    return start_program({.name = "haproxy", .network_fd = network, .log = log}, arguments);
  };
  child.is_ready = [port = site.vip.port](pid_t pid) { return listens_on_port(pid, port); };
  return child;
}

RunningChild connector_child(const SiteHost& host, const Connector& connector, int network,
                             const std::string& folder) {
  const auto name = connector.name + "-" + host.name;
  const auto log = log_of(folder, name);
  RunningChild child{.name = name, .log = log, .start = {}, .is_ready = {}};
  child.start = [=] {
    return start({.name = connector.name, .network_fd = network, .log = log},
                 [&connector] { return (run_connector(connector), 0); });
  };
  return child;
}

RunningChild agent_child(const SiteHost& host, int network, const std::string& folder,
                         const AgentBody& agent) {
  const auto name = "agent-" + host.name;
  const auto log = log_of(folder, name);
  const AgentStart wanted{.name = host.name, .listen = host.agent, .pki_directory = folder + "/pki"};
  RunningChild child{.name = name, .log = log, .start = {}, .is_ready = {}};
  child.start = [=] {
    return start({.name = name, .network_fd = network, .log = log}, [&] { return agent(wanted); });
  };
  child.is_ready = [listen = host.agent](pid_t pid) {
    if (listen.starts_with(kUnix)) return listens_on_path(pid, listen.substr(kUnix.size()));
    const auto endpoint = parse_endpoint(listen);
    return endpoint && listens_on_port(pid, endpoint->port);
  };
  return child;
}

Result<> failed_child(const RunningChild& child, const std::string& what) {
  const auto tail = last_lines(child.log);
  return refusal(fmt::format("start {}: {}{}{}", child.name, what, tail.empty() ? "" : "\n", tail));
}

}  // namespace

Result<> load_rules(const Site& site, const Places& places, const std::string& folder) {
  std::vector<RuleLoad> loads;
  for (const auto& host : site.hosts) {
    if (host.nft_tables.empty()) continue;
    const auto nft = find_program("nft", "nftables");
    if (!nft) return nft.error();
    std::string text;
    for (const auto& table : host.nft_tables) text += table;
    const auto file = fmt::format("{}/{}.nft", folder, host.name);
    if (auto written = write_file(file, text); !written) return written.error();
    const auto log = log_of(folder, "nft-" + host.name);
    auto pid = start_program({.name = "nft", .network_fd = network_of(places, host.name), .log = log},
                             {*nft, "-f", file});
    if (!pid) return pid.error();
    loads.push_back({host.name, log, *pid});
  }
  for (const auto& load : loads) {
    int status = 0;
    if (waitpid(load.pid, &status, 0) != load.pid) return last_system_error("wait for nft");
    if (status != 0)
      return refusal(fmt::format("load the nft rules of {}\n{}", load.host, last_lines(load.log)));
  }
  return {};
}

Result<std::vector<RunningChild>> start_children(const Site& site, const Places& places,
                                                 const std::string& folder, const AgentBody& agent) {
  std::vector<RunningChild> children;
  for (const auto& host : site.hosts) {
    const auto network = network_of(places, host.name);
    if (!host.haproxy.empty()) {
      const auto program = find_program("haproxy", "haproxy");
      if (!program) return program.error();
      const auto written = write_file(fmt::format("{}/haproxy-{}.cfg", folder, host.name), host.haproxy);
      if (!written) return written.error();
      children.push_back(haproxy_child(site, host, network, folder, *program));
    }
    if (agent && !host.agent.empty()) children.push_back(agent_child(host, network, folder, agent));
    for (const auto& connector : host.connectors)
      children.push_back(connector_child(host, connector, network, folder));
  }
  for (auto& child : children) {
    const auto pid = child.start();
    if (!pid) return pid.error();
    child.pid = *pid;
  }
  return children;
}

Result<> wait_until_ready(const std::vector<RunningChild>& children) {
  const auto limit = std::chrono::steady_clock::now() + kReadyLimit;
  for (const auto& child : children)
    while (child.is_ready && !child.is_ready(child.pid)) {
      int status = 0;
      if (waitpid(child.pid, &status, WNOHANG) == child.pid)
        return failed_child(child, fmt::format("it ended (wait status {})", status));
      if (std::chrono::steady_clock::now() > limit)
        return failed_child(child, fmt::format("it was not ready after {} s", kReadyLimit.count() / 1000));
      std::this_thread::sleep_for(kReadyPoll);
    }
  return {};
}

}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "base/complain.hpp"
#include "topology/lab/build/build.hpp"
#include "topology/lab/build/connector.hpp"
#include "topology/lab/build/process.hpp"
#include "topology/lab/proxy.hpp"

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

constexpr int kCannotStart = 126;

/// In a child: /etc/hosts is this file, for it alone. A bare system has none to put it over, and nothing of the machine is
/// changed for a lab: there the host knows no names.
bool knows_names(const std::string& file) {
  if (access("/etc/hosts", F_OK) != 0) {
    complain("there is no /etc/hosts: this host does not know the pool's name\n");
    return true;
  }
  if (unshare(CLONE_NEWNS) != 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  return mount(file.c_str(), "/etc/hosts", nullptr, MS_BIND, nullptr) == 0;
}

struct RuleLoad {
  std::string host;
  std::string log;
  pid_t pid = -1;
};

/// A program of Debian's that a host runs with a configuration file.
struct Service {
  const char* program;
  const char* package;
  const std::string& configuration;
  std::vector<std::string> options;  ///< before the file
};

std::string placed(std::string configuration, const std::string& folder) {
  const std::string mark = kFolderMark;
  for (auto at = configuration.find(mark); at != std::string::npos; at = configuration.find(mark, at))
    configuration.replace(at, mark.size(), folder);
  return configuration;
}

Result<RunningChild> service_child(const Service& service, const SiteHost& host, int network, const std::string& folder,
                                   std::uint16_t port) {
  const auto program = find_program(service.program, service.package);
  if (!program) return program.error();
  const auto name = fmt::format("{}-{}", service.program, host.name);
  const auto file = fmt::format("{}/{}.cfg", folder, name);
  if (auto written = write_file(file, placed(service.configuration, folder)); !written) return written.error();
  const auto log = log_of(folder, name);
  std::vector<std::string> arguments{*program};
  arguments.insert(arguments.end(), service.options.begin(), service.options.end());
  arguments.push_back(file);
  RunningChild child{.name = name, .log = log, .start = {}, .is_ready = {}};
  child.start = [=] { return start_program({.name = name, .network_fd = network, .log = log}, arguments); };
  child.is_ready = [port](pid_t pid) { return listens_on_port(pid, port); };
  return child;
}

Result<> add_services(std::vector<RunningChild>& children, const Site& site, const SiteHost& host, int network,
                      const std::string& folder) {
  for (const auto& service : {Service{"haproxy", "haproxy", host.haproxy, {"-db", "-f"}},
                              Service{"nginx", "nginx-light", host.nginx, {"-p", folder, "-e", "stderr", "-c"}}}) {
    if (service.configuration.empty()) continue;
    auto child = service_child(service, host, network, folder, site.vip.port);
    if (!child) return child.error();
    children.push_back(std::move(*child));
  }
  return {};
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
  const auto names = folder + "/hosts-" + host.name;
  child.start = [=, lines = host.names]() -> Result<pid_t> {
    if (auto written = write_file(names, fmt::format("127.0.0.1 localhost\n{}\n", fmt::join(lines, "\n"))); !written)
      return written.error();
    return start({.name = name, .network_fd = network, .log = log}, [&] {
      return knows_names(names) ? agent(wanted) : kCannotStart;
    });
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
  const auto load = [&](const std::string& place, const std::vector<std::string>& tables) -> Result<> {
    if (tables.empty()) return {};
    const auto nft = find_program("nft", "nftables");
    if (!nft) return nft.error();
    std::string text;
    for (const auto& table : tables) text += table;
    const auto file = fmt::format("{}/{}.nft", folder, place);
    if (auto written = write_file(file, text); !written) return written.error();
    const auto log = log_of(folder, "nft-" + place);
    auto pid = start_program({.name = "nft", .network_fd = network_of(places, place), .log = log}, {*nft, "-f", file});
    if (!pid) return pid.error();
    loads.push_back({place, log, *pid});
    return {};
  };
  if (auto loaded = load("switch", site.switch_tables); !loaded) return loaded;
  for (const auto& host : site.hosts)
    if (auto loaded = load(host.name, host.nft_tables); !loaded) return loaded;
  for (const auto& each : loads) {
    int status = 0;
    if (waitpid(each.pid, &status, 0) != each.pid) return last_system_error("wait for nft");
    if (status != 0)
      return refusal(fmt::format("load the nft rules of {}\n{}", each.host, last_lines(each.log)));
  }
  return {};
}

Result<std::vector<RunningChild>> start_children(const Site& site, const Places& places,
                                                 const std::string& folder, const AgentBody& agent) {
  std::vector<RunningChild> children;
  for (const auto& host : site.hosts) {
    const auto network = network_of(places, host.name);
    if (auto added = add_services(children, site, host, network, folder); !added) return added.error();
    if (agent && !host.agent.empty()) children.push_back(agent_child(host, network, folder, agent));
    for (const auto& connector : host.connectors)
      children.push_back(connector_child(host, connector, network, folder));
  }
  for (auto& child : children) {
    const auto pid = child.start();
    if (!pid) return pid.error();
    child.pid = *pid;
    child.started = std::chrono::steady_clock::now();
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

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/run/check.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "base/complain.hpp"
#include "hairpin/agent/agent.hpp"
#include "hairpin/caller/exit_status.hpp"
#include "hairpin/run/run.hpp"
#include "topology/host/host_view.hpp"
#include "topology/yaml.hpp"

namespace hairpin {
namespace {

int refused(const Error& error) {
  complain("hairpin: {}\n", describe(error));
  return number(ExitStatus::usage);
}

/// This machine's name without its domain, as a topology writes names.
std::string own_name() {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  std::string text(name);
  text.erase(std::min(text.find('.'), text.size()));
  std::erase_if(text, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_'; });
  return text.empty() || std::isalnum(static_cast<unsigned char>(text.front())) == 0 ? "this-host" : text;
}

Result<Looker> look(const OneHost& wanted) {
  Looker looker;
  looker.name = own_name();
  auto interfaces = host::interfaces();
  if (!interfaces) return interfaces.error();
  looker.interfaces = std::move(*interfaces);
  const auto vip = parse_endpoint(wanted.vip);
  if (!vip) return looker;  // said by the topology's writer
  auto route = host::route_to(vip->address);
  if (!route) return route.error();
  looker.to_vip = std::move(*route);
  return looker;
}

/// A folder of our own for the agent's socket.
class Folder {
 public:
  Folder() {
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    const bool is_usable = runtime != nullptr && access(runtime, W_OK) == 0;
    std::string pattern = (is_usable ? std::string(runtime) : "/tmp") + "/hairpin-check-XXXXXX";
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// The agent as a child: it ends with this object, and with this process.
class LocalAgent {
 public:
  LocalAgent(const std::string& name, const std::string& socket) : socket_(socket), pid_(fork()) {
    if (pid_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    AgentOptions options;
    options.name = name;
    options.listen = "unix:" + socket;
    options.is_quiet = true;
    _exit(run_agent(options));
  }
  LocalAgent(const LocalAgent&) = delete;
  LocalAgent& operator=(const LocalAgent&) = delete;
  ~LocalAgent() {
    if (pid_ <= 0) return;
    kill(pid_, SIGTERM);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  bool is_ready_within(std::chrono::milliseconds limit) const {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (pid_ > 0 && std::chrono::steady_clock::now() < until) {
      if (std::filesystem::exists(socket_)) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
  }

 private:
  std::string socket_;
  pid_t pid_;
};

std::optional<Topology> read(const std::string& text) {
  auto reading = read_topology(text);
  for (const auto& problem : reading.problems) complain("{}\n", describe(problem, "topology"));
  return std::move(reading.topology);
}

}  // namespace

int check_from_here(const OneHost& wanted, RunOptions options) {
  auto looker = look(wanted);
  if (!looker) return refused(looker.error());
  const Folder folder;
  if (folder.path().empty()) return refused(last_system_error("make a folder for the agent's socket"));
  const auto socket = folder.path() + "/agent.sock";
  looker->agent = "unix:" + socket;
  const auto text = one_host_topology(wanted, *looker);
  if (!text) return refused(text.error());
  const auto topology = read(*text);
  if (!topology) return number(ExitStatus::usage);
  options.listens = false;  // the service itself has the port
  if (options.is_dry_run) return run_and_report(*topology, options);
  const LocalAgent agent(name_of_looker(wanted, *looker), socket);
  constexpr std::chrono::milliseconds kStart{5'000};
  if (!agent.is_ready_within(kStart)) return refused(refusal("start the agent of this host"));
  return run_and_report(*topology, options);
}

int print_starting_topology(const OneHost& wanted) {
  const auto looker = look(wanted);
  if (!looker) return refused(looker.error());
  const auto text = starting_topology(wanted, *looker);
  if (!text) return refused(text.error());
  fmt::print("{}", *text);
  return number(ExitStatus::passed);
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <sstream>

#include "topology/lab/build/holder.hpp"
#include "topology/lab/build/process.hpp"
#include "topology/lab/state.hpp"

namespace hairpin::lab {
namespace {

Result<LiveHolder> find_lab(const LabShelf& shelf, const std::string& name) {
  sweep(shelf);
  if (auto holder = live_holder(folder_of(shelf, name))) return std::move(*holder);
  return Error{make_error_code(boost::system::errc::no_such_process), "find lab " + name,
               "hairpin lab list shows what is up, hairpin lab up starts one"};
}

Result<Descriptor> open_of(const HolderId& holder, const std::string& what) {
  const auto path = fmt::format("/proc/{}/{}", holder.pid, what);
  Descriptor opened(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened) return last_system_error("open " + path);
  return opened;
}

Result<Descriptor> network_of(const LabShelf& shelf, const std::string& name, const HolderId& holder,
                              const std::string& host) {
  const auto text = read_file(folder_of(shelf, name) + "/" + kNamespacesFile);
  if (!text) return text.error();
  std::istringstream lines(*text);
  std::string place, known;
  for (int fd = -1; lines >> place >> fd;) {
    if (place == host) return open_of(holder, fmt::format("fd/{}", fd));
    known += " " + place;
  }
  return refusal(fmt::format("find {} in lab {}", host, name), "there are" + known);
}

Result<> enter(const Descriptor& fd, int type, const char* what) {
  if (setns(fd.get(), type) != 0) return last_system_error(fmt::format("enter the lab's {} namespace", what));
  return {};
}

/// Network, then mounts (for /proc), then PIDs, which only children of this process will be in.
Result<> enter_all(const LabShelf& shelf, const std::string& name, const std::string& host) {
  const auto holder = find_lab(shelf, name);
  if (!holder) return holder.error();
  const auto network = network_of(shelf, name, holder->id, host);
  if (!network) return network.error();
  const auto mounts = open_of(holder->id, "ns/mnt");
  if (!mounts) return mounts.error();
  const auto processes = open_of(holder->id, "ns/pid");
  if (!processes) return processes.error();
  std::error_code error;
  const auto folder = std::filesystem::current_path(error);
  if (auto step = enter(*network, CLONE_NEWNET, "network"); !step) return step;
  if (auto step = enter(*processes, CLONE_NEWPID, "PID"); !step) return step;
  if (auto step = enter(*mounts, CLONE_NEWNS, "mount"); !step) return step;
  std::filesystem::current_path(folder, error);  // entering a mount namespace goes to its root
  return {};
}

int exit_status_of(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

/// Runs in the child that entered; its own child is the command. Ctrl-C reaches both, the command decides.
int run_inside(const std::vector<std::string>& command) {
  const pid_t pid = fork();
  if (pid < 0) return 126;
  if (pid == 0) _exit(replace_by(command));
  for (const int number : {SIGINT, SIGQUIT}) signal(number, SIG_IGN);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return exit_status_of(status);
}

}  // namespace

Result<int> execute(const LabShelf& shelf, const std::string& name, const std::string& host,
                    const std::vector<std::string>& command) {
  if (command.empty()) return refusal("execute nothing", "hairpin lab exec HOST -- COMMAND…");
  if (auto entered = enter_all(shelf, name, host); !entered) return entered.error();
  return run_inside(command);
}

Result<> join(const LabShelf& shelf, const std::string& name, const std::string& host) {
  const auto holder = find_lab(shelf, name);
  if (!holder) return holder.error();
  const auto network = network_of(shelf, name, holder->id, host);
  if (!network) return network.error();
  return enter(*network, CLONE_NEWNET, "network");
}

}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <sstream>

#include "base/complain.hpp"
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

/// What a command on a host is to be in; `users` is empty when the lab has no users of its own.
struct Places {
  Descriptor users, network, mounts, processes;
};

/// A lab that was started without root has users of its own; only there may its namespaces be entered.
Result<Descriptor> users_of(const HolderId& holder) {
  auto users = open_of(holder, "ns/user");
  const Descriptor own(open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC));
  struct stat theirs {}, ours {};
  if (!users) return users.error();
  if (fstat(users->get(), &theirs) != 0 || fstat(own.get(), &ours) != 0) return last_system_error("compare the lab's users");
  return theirs.st_ino == ours.st_ino ? Descriptor() : std::move(*users);
}

Result<Places> find_places(const LabShelf& shelf, const std::string& name, const std::string& host) {
  const auto holder = find_lab(shelf, name);
  if (!holder) return holder.error();
  auto users = users_of(holder->id);
  if (!users) return users.error();
  auto network = network_of(shelf, name, holder->id, host);
  if (!network) return network.error();
  auto mounts = open_of(holder->id, "ns/mnt");
  if (!mounts) return mounts.error();
  auto processes = open_of(holder->id, "ns/pid");
  if (!processes) return processes.error();
  return Places{std::move(*users), std::move(*network), std::move(*mounts), std::move(*processes)};
}

Result<> enter_network(const Places& places) {
  if (places.users)
    if (auto step = enter(places.users, CLONE_NEWUSER, "user"); !step) return step;
  return enter(places.network, CLONE_NEWNET, "network");
}

/// Network, then PIDs, which only children of this process will be in, then mounts (for /proc).
Result<> enter_all(const Places& places) {
  std::error_code error;
  const auto folder = std::filesystem::current_path(error);
  if (auto step = enter_network(places); !step) return step;
  if (auto step = enter(places.processes, CLONE_NEWPID, "PID"); !step) return step;
  // setns(2): not with a working directory that another thread shares, such as ThreadSanitizer's own.
  if (unshare(CLONE_FS) != 0) return last_system_error("have a working directory of our own");
  if (auto step = enter(places.mounts, CLONE_NEWNS, "mount"); !step) return step;
  std::filesystem::current_path(folder, error);  // entering a mount namespace goes to its root
  return {};
}

int exit_status_of(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

/// Exit status of a child with that body, as a shell counts it; Ctrl-C reaches the child as well, which decides.
template <class Body>
int in_child(Body body) {
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) return 126;
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // a command does not outlive who asked for it
    const pid_t starter = getppid();    // 0: it is not in our PID namespace
    _exit(starter == parent || starter == 0 ? body() : 126);
  }
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
  const auto places = find_places(shelf, name, host);
  if (!places) return places.error();
  // A child enters, and a child of it is the command: whoever entered a PID namespace can start neither processes
  // nor threads of its own any more.
  return in_child([&] {
    if (const auto entered = enter_all(*places); !entered) {
      complain("{}\n", describe(entered.error()));
      return 126;
    }
    return in_child([&] { return replace_by(command); });
  });
}

Result<> join(const LabShelf& shelf, const std::string& name, const std::string& host) {
  const auto places = find_places(shelf, name, host);
  if (!places) return places.error();
  return enter_network(*places);
}

}  // namespace hairpin::lab

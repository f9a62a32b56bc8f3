// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/build/holder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "topology/lab/build/build.hpp"
#include "topology/lab/build/process.hpp"

namespace hairpin::lab {
namespace {

constexpr auto kShortestLife = std::chrono::seconds(2);

/// Leaves the caller's terminal and files; only `kept` stays open beside the log.
Result<> detach(const std::string& log, int kept) {
  setsid();
  prctl(PR_SET_NAME, "hairpin-lab");
  const Descriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Descriptor file(open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!null || !file) return last_system_error("open " + log);
  if (dup2(null.get(), 0) < 0 || dup2(file.get(), 1) < 0 || dup2(file.get(), 2) < 0)
    return last_system_error("redirect the holder's output");
  const auto last = static_cast<unsigned>(kept);
  if (last > 3) close_range(3, last - 1, 0);
  close_range(last + 1, ~0U, 0);
  if (chdir("/") != 0) return last_system_error("leave the caller's folder");
  return {};
}

/// /proc has to show this PID namespace, and nobody else may see that mount.
Result<> mount_own_proc() {
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return last_system_error("make the lab's mounts private");
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
    return last_system_error("mount the lab's /proc");
  return {};
}

Result<> write_namespaces(const std::string& folder, const Places& places) {
  std::string text;
  for (const auto& place : places) text += fmt::format("{} {}\n", place.name(), place.fd());
  return write_file(folder + "/" + kNamespacesFile, text);
}

struct Held {
  Places places;
  std::vector<RunningChild> children;
};

Result<Held> build(const HolderTask& task) {
  if (auto step = detach(task.folder + "/holder.log", task.report_fd); !step) return step.error();
  if (auto step = mount_own_proc(); !step) return step.error();
  auto places = build_network(task.site);
  if (!places) return places.error();
  if (auto step = write_namespaces(task.folder, *places); !step) return step.error();
  if (auto step = load_rules(task.site, *places, task.folder); !step) return step.error();
  auto children = start_children(task.site, *places, task.folder, task.launch.agent);
  if (!children) return children.error();
  if (auto step = wait_until_ready(*children); !step) return step.error();
  return Held{std::move(*places), std::move(*children)};
}

void report(int fd, const std::string& text) {
  const auto written = write(fd, text.data(), text.size());
  if (written < 0) _exit(1);
  close(fd);
}

/// A child that ended is logged and started again, unless it ended at once.
void restart(RunningChild& child, int status, SteadyTime started) {
  fmt::print(stderr, "{} {} ended (wait status {})\n", iso8601(system_clock().wall(), 3), child.name, status);
  child.pid = -1;
  if (std::chrono::steady_clock::now() - started < kShortestLife) return;
  if (const auto pid = child.start()) child.pid = *pid;
}

/// The rest of the lab's life: PID 1 collects whoever ended. SIGTERM ends it, and with it everything.
[[noreturn]] void hold(Held& held) {
  sigset_t waited;
  sigemptyset(&waited);
  sigaddset(&waited, SIGCHLD);
  sigaddset(&waited, SIGTERM);
  auto started = std::chrono::steady_clock::now();
  for (;;) {
    int number = 0;
    sigwait(&waited, &number);
    if (number == SIGTERM) _exit(0);
    int status = 0;
    for (pid_t ended = 0; (ended = waitpid(-1, &status, WNOHANG)) > 0;) {
      const auto child = std::ranges::find(held.children, ended, &RunningChild::pid);
      if (child == held.children.end()) continue;
      restart(*child, status, started);
      started = std::chrono::steady_clock::now();
    }
  }
}

[[noreturn]] void run_holder(const HolderTask& task) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t held_back;
  sigfillset(&held_back);
  sigprocmask(SIG_SETMASK, &held_back, nullptr);
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  auto held = build(task);
  if (!held) {
    const auto& error = held.error();
    report(task.report_fd,
           fmt::format("{}\x1f{}\x1f{}", error.doing,
                       error.code == boost::system::errc::invalid_argument ? "" : error.code.message(),
                       error.mend));
    _exit(1);
  }
  if (!task.launch.ends_with_caller) prctl(PR_SET_PDEATHSIG, 0);
  report(task.report_fd, "ready");
  hold(*held);
}

}  // namespace

Result<pid_t> start_holder(const HolderTask& task) {
  // One clone, not fork and unshare: the holder itself is PID 1, and sanitizers allow it. A lab without root
  // needs CLONE_NEWUSER here, and its id maps written before the holder goes on.
  const long flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | SIGCHLD;
  const long pid = syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr);
  if (pid < 0) return last_system_error("make the lab's namespaces");
  if (pid == 0) run_holder(task);
  return static_cast<pid_t>(pid);
}

}  // namespace hairpin::lab

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

#include "base/complain.hpp"
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
void restart(RunningChild& child, int status) {
  complain("{} {} ended (wait status {})\n", iso8601(system_clock().wall(), 3), child.name, status);
  child.pid = -1;
  const auto now = std::chrono::steady_clock::now();
  if (now - child.started < kShortestLife) return;
  child.started = now;
  if (const auto pid = child.start()) child.pid = *pid;
}

/// The rest of the lab's life: PID 1 collects whoever ended. SIGTERM ends it, and with it everything.
[[noreturn]] void hold(Held& held) {
  sigset_t waited;
  sigemptyset(&waited);
  sigaddset(&waited, SIGCHLD);
  sigaddset(&waited, SIGTERM);
  for (;;) {
    int number = 0;
    sigwait(&waited, &number);
    if (number == SIGTERM) _exit(0);
    int status = 0;
    for (pid_t ended = 0; (ended = waitpid(-1, &status, WNOHANG)) > 0;) {
      const auto child = std::ranges::find(held.children, ended, &RunningChild::pid);
      if (child != held.children.end()) restart(*child, status);
    }
  }
}

/// Without root the lab has a user namespace of its own, in which the caller is root. The child waits until it is.
class OwnUsers {
 public:
  OwnUsers() : is_needed_(geteuid() != 0) {
    int ends[2];
    if (!is_needed_ || pipe2(ends, O_CLOEXEC) != 0) return;
    reading_ = Descriptor(ends[0]);
    writing_ = Descriptor(ends[1]);
  }

  bool is_needed() const { return is_needed_; }

  /// In the child: false when the parent could not map it.
  bool wait() {
    if (!is_needed_) return true;
    writing_ = Descriptor();
    char go = 0;
    return read(reading_.get(), &go, 1) == 1;
  }

  /// In the parent (user_namespaces(7)): setgroups has to be denied before an unprivileged gid_map.
  Result<> map(pid_t child) {
    if (!is_needed_) return {};
    const auto file = [child](const char* name) { return fmt::format("/proc/{}/{}", child, name); };
    if (auto denied = write_file(file("setgroups"), "deny"); !denied) return denied;
    if (auto mapped = write_file(file("uid_map"), fmt::format("0 {} 1\n", geteuid())); !mapped) return mapped;
    if (auto mapped = write_file(file("gid_map"), fmt::format("0 {} 1\n", getegid())); !mapped) return mapped;
    return write(writing_.get(), "g", 1) == 1 ? Result<>() : last_system_error("start the lab's holder");
  }

 private:
  bool is_needed_;
  Descriptor reading_, writing_;
};

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
  OwnUsers users;
  // One clone, not fork and unshare: the holder itself is PID 1, and sanitizers allow it.
  const long flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | (users.is_needed() ? CLONE_NEWUSER : 0) | SIGCHLD;
  const long pid = syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr);
  if (pid < 0)
    return last_system_error("make the lab's namespaces",
                             users.is_needed() ? "run it as root, or allow user namespaces: sysctl kernel.unprivileged_userns_clone=1" : "");
  if (pid == 0) {
    if (!users.wait()) _exit(1);
    run_holder(task);
  }
  if (auto mapped = users.map(static_cast<pid_t>(pid)); !mapped) {
    kill(static_cast<pid_t>(pid), SIGKILL);
    waitpid(static_cast<pid_t>(pid), nullptr, 0);
    return mapped.error();
  }
  return static_cast<pid_t>(pid);
}

}  // namespace hairpin::lab

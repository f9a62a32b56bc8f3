// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/build/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sstream>

#include "base/complain.hpp"
#include "base/handle.hpp"

namespace hairpin::lab {
namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 20U;
constexpr std::size_t kTailBytes = 600;

/// In the child: nothing of the parent's terminal, files or signals stays.
bool settle_in(const Child& child) {
  prctl(PR_SET_NAME, child.name.c_str());
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  const int input = child.input_fd >= 0 ? child.input_fd : open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int log = open(child.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (input < 0 || log < 0 || dup2(input, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0) return false;
  return child.network_fd < 0 || setns(child.network_fd, CLONE_NEWNET) == 0;
}

bool is_executable(const std::string& path) { return access(path.c_str(), X_OK) == 0; }

/// Lines of a /proc table that `matches` says yes to.
template <class Matches>
bool any_line(const std::string& path, Matches matches) {
  const auto text = read_file(path);
  if (!text) return false;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);)
    if (matches(line)) return true;
  return false;
}

}  // namespace

Result<pid_t> start(const Child& child, const std::function<int()>& body) {
  const pid_t pid = fork();
  if (pid < 0) return last_system_error("start " + child.name);
  if (pid > 0) return pid;
  if (!settle_in(child)) _exit(126);
  close_range(3, ~0U, 0);
  _exit(body());
}

int replace_by(const std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  for (const auto& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  execvp(pointers.front(), pointers.data());
  const int reason = errno;
  complain("{}\n", describe(last_system_error("execute " + arguments.front())));
  return reason == ENOENT ? 127 : 126;
}

Result<pid_t> start_program(const Child& child, const std::vector<std::string>& arguments) {
  return start(child, [&] { return replace_by(arguments); });
}

Result<std::string> find_program(const std::string& name, const std::string& package) {
  const char* path = std::getenv("PATH");
  std::istringstream folders((path ? std::string(path) : std::string()) + ":/usr/sbin:/sbin:/usr/bin");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (const auto program = fmt::format("{}/{}", folder, name); !folder.empty() && is_executable(program)) return program;
  return Error{make_error_code(boost::system::errc::no_such_file_or_directory), "find the program " + name,
               "install it: sudo apt-get install " + package};
}

bool listens_on_port(pid_t pid, std::uint16_t port) {
  const auto local = fmt::format(":{:04X} ", port);
  const auto listens = [&](const std::string& line) {
    // "  0: 0B02890A:01BC 00000000:0000 0A …": local, remote, state; 0A is LISTEN.
    std::istringstream fields(line);
    std::string slot, address, remote, state;
    fields >> slot >> address >> remote >> state;
    return state == "0A" && (address + " ").ends_with(local);
  };
  return any_line(fmt::format("/proc/{}/net/tcp", pid), listens) ||
         any_line(fmt::format("/proc/{}/net/tcp6", pid), listens);
}

bool listens_on_path(pid_t pid, const std::string& path) {
  const auto listens = [&](const std::string& line) {
    // "0000…: 00000002 00000000 00010000 0001 01 12345 PATH": the flag is __SO_ACCEPTCON.
    return line.ends_with(" " + path) && line.find(" 00010000 ") != std::string::npos;
  };
  return any_line(fmt::format("/proc/{}/net/unix", pid), listens);
}

Result<> write_file(const std::string& path, const std::string& text) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) return last_system_error("open " + path);
  std::size_t done = 0;
  while (done < text.size()) {
    const auto count = write(file.get(), text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return last_system_error("write " + path);
    done += static_cast<std::size_t>(count);
  }
  return {};
}

Result<std::string> read_file(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return last_system_error("open " + path);
  std::string text;
  std::string block(16384, '\0');
  while (text.size() < kLargestFile) {
    const auto count = read(file.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return last_system_error("read " + path);
    if (count == 0) break;
    text.append(block, 0, static_cast<std::size_t>(count));
  }
  return text;
}

std::string last_lines(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return {};
  auto tail = text->size() > kTailBytes ? text->substr(text->size() - kTailBytes) : *text;
  while (!tail.empty() && tail.back() == '\n') tail.pop_back();
  return tail;
}

}  // namespace hairpin::lab

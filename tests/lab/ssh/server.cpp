// SPDX-License-Identifier: Apache-2.0
#include "server.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "tests/lab/run/network.hpp"
#include "tests/support/files.hpp"

namespace hairpin::test {
namespace {

constexpr const char* kServer = "/usr/sbin/sshd";

std::string make_run_of_our_own() {
  const auto failure = [](const std::string& what) { return what + ": " + std::strerror(errno); };
  if (::geteuid() != 0) return "an sshd that lets root in needs root";
  if (::access(kServer, X_OK) != 0) return "there is no sshd: scripts/setup --tests";
  if (::unshare(CLONE_NEWNS) != 0) return failure("no mount namespace");
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return failure("no private mounts");
  if (::mount("tmpfs", "/run", "tmpfs", 0, "mode=755") != 0) return failure("no /run of our own");
  if (::mkdir("/run/sshd", 0755) != 0) return failure("no /run/sshd");
  return {};
}

pid_t spawn(std::vector<std::string> arguments, const std::string& output) {
  std::vector<char*> pointers;
  for (auto& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                     0600);
  pid_t id = -1;
  EXPECT_EQ(::posix_spawnp(&id, pointers[0], &actions, nullptr, pointers.data(), environ), 0) << pointers[0];
  ::posix_spawn_file_actions_destroy(&actions);
  return id;
}

/// What /proc/ID/stat says behind the name: state, parent, … (proc(5)).
std::vector<std::string> facts_of(const std::string& id) {
  const auto text = text_of("/proc/" + id + "/stat");
  const auto behind = text.rfind(')');
  if (behind == text.npos) return {};
  std::istringstream words(text.substr(behind + 1));
  return {std::istream_iterator<std::string>(words), {}};
}

constexpr std::size_t kState = 0, kParent = 1, kStartTime = 19;

bool is_running(const Process& process) {
  const auto facts = facts_of(std::to_string(process.first));
  return facts.size() > kStartTime && facts[kStartTime] == process.second && facts[kState] != "Z";
}

}  // namespace

const std::string& want_of_server() {
  static const std::string want = make_run_of_our_own();
  return want;
}

SshServer::SshServer(std::filesystem::path folder, const ServerOptions& options)
    : folder_(std::move(folder)) {
  write_keys();
  write_configuration(options);
  id_ = spawn({kServer, "-D", "-e", "-f", file("sshd_config")}, file("sshd.log"));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!is_listening(kEndpoint) && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_TRUE(is_listening(kEndpoint)) << log();
}

SshServer::~SshServer() {
  const auto sessions = descendants(id_);
  ::kill(id_, SIGTERM);
  ::waitpid(id_, nullptr, 0);
  const auto left = left_after(sessions, std::chrono::seconds(3));
  EXPECT_EQ(left, "") << log();
  for (const auto& session : sessions)
    if (is_running(session)) ::kill(session.first, SIGKILL);
}

void SshServer::write_keys() const {
  for (const auto* name : {"host_key", "our_key", "other_key"})
    EXPECT_EQ(run_to_the_end({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file(name)}),
              0);
  std::ofstream(file("known_hosts")) << "[127.0.0.1]:2222 " << text_of(file("host_key.pub"));
}

void SshServer::write_configuration(const ServerOptions& options) const {
  const auto* authorized = options.accepts_our_key ? "our_key.pub" : "other_key.pub";
  std::ofstream server(file("sshd_config"));
  server << "ListenAddress " << kEndpoint << "\nHostKey " << file("host_key") << "\nAuthorizedKeysFile "
         << file(authorized) << "\nPidFile none\nUsePAM no\nStrictModes no\nUseDNS no\n"
         << "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n"
         << "SetEnv PATH=" << options.path << " ASAN_OPTIONS=detect_leaks=0\n"
         << options.more;
  std::ofstream(file("ssh_config"))
      << "Host *\n  HostName 127.0.0.1\n  Port 2222\n  User root\n  IdentityFile " << file("our_key")
      << "\n  IdentitiesOnly yes\n  UserKnownHostsFile " << file("known_hosts")
      << "\n  GlobalKnownHostsFile none\n  StrictHostKeyChecking yes\n";
  write_program(folder_ / "ssh", "#!/bin/sh\nexec ssh -F " + file("ssh_config") + " \"$@\"\n");
}

std::string SshServer::log() const { return text_of(file("sshd.log")); }

std::set<Process> descendants(pid_t ancestor) {
  std::set<Process> found;
  std::set<std::string> parents{std::to_string(ancestor)};
  for (bool is_more = true; is_more;) {
    is_more = false;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const auto id = entry.path().filename().string();
      if (id.find_first_not_of("0123456789") != id.npos || parents.contains(id)) continue;
      const auto facts = facts_of(id);
      if (facts.size() <= kStartTime || !parents.contains(facts[kParent])) continue;
      parents.insert(id);
      found.emplace(std::stoi(id), facts[kStartTime]);
      is_more = true;
    }
  }
  return found;
}

std::string name_of(const Process& process) {
  auto name = text_of("/proc/" + std::to_string(process.first) + "/comm");
  while (name.ends_with('\n')) name.pop_back();
  return name;
}

std::string left_after(const std::set<Process>& processes, std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  for (;;) {
    std::string left;
    for (const auto& process : processes)
      if (is_running(process)) left += name_of(process) + " ";
    if (left.empty() || std::chrono::steady_clock::now() >= until) return left;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

int run_to_the_end(std::vector<std::string> arguments) {
  const pid_t id = spawn(std::move(arguments), "/dev/null");
  int status = -1;
  if (id > 0) ::waitpid(id, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void write_program(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
  std::filesystem::permissions(path, std::filesystem::perms(0755));
}

}  // namespace hairpin::test

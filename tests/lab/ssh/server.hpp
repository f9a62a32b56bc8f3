// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// An OpenSSH server of our own, and who runs below whom.
namespace hairpin::test {

/// Empty when a server can run here: as root, with a /run of its own that nobody else sees; otherwise why
/// not.
const std::string& want_of_server();

struct ServerOptions {
  bool accepts_our_key = true;
  std::string path = "/usr/bin:/bin";  ///< PATH of its sessions
  std::string more;                    ///< lines of sshd_config
};

/// sshd on loopback with keys that it made; it ends, and its sessions with it, when this goes.
class SshServer {
 public:
  static constexpr const char* kEndpoint = "127.0.0.1:2222";
  SshServer(std::filesystem::path folder, const ServerOptions& options);
  ~SshServer();
  SshServer(const SshServer&) = delete;
  SshServer& operator=(const SshServer&) = delete;

  pid_t id() const { return id_; }
  /// A program to be called instead of `ssh`, which knows this server under every name.
  std::string client() const { return (folder_ / "ssh").string(); }
  std::string log() const;

 private:
  void write_keys() const;
  void write_configuration(const ServerOptions& options) const;
  std::string file(const char* name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
  pid_t id_ = -1;
};

/// A process, also told from a later one with the same id.
using Process = std::pair<pid_t, std::string>;  ///< id and start time
/// Everything below a process, itself not included.
std::set<Process> descendants(pid_t ancestor);
/// Its program as the kernel names it.
std::string name_of(const Process& process);
/// Those that still run after `limit`, by name, for a message; empty when none does.
std::string left_after(const std::set<Process>& processes, std::chrono::milliseconds limit);

/// Runs a program to its end; its exit status.
int run_to_the_end(std::vector<std::string> arguments);
/// A file that may be executed.
void write_program(const std::filesystem::path& path, const std::string& text);

}  // namespace hairpin::test

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"

/// Child processes of the lab, each in the network namespace that it belongs to.
namespace hairpin::lab {

/// Where and how a child runs.
struct Child {
  std::string name;     ///< of the process, at most 15 characters are shown
  int network_fd = -1;  ///< namespace to enter; -1: the caller's
  int input_fd = -1;    ///< stdin; -1: /dev/null
  std::string log;      ///< file that stdout and stderr are appended to
};

/// Forks; the child enters its namespace and calls `body`, whose value is its exit status. Only for processes
/// with one thread.
Result<pid_t> start(const Child& child, const std::function<int()>& body);
/// The same with a program: `arguments[0]` is its path.
Result<pid_t> start_program(const Child& child, const std::vector<std::string>& arguments);

/// Replaces this process; returns 127 when that fails, and says why on stderr.
int replace_by(const std::vector<std::string>& arguments);

/// Path of an installed program: PATH, then /usr/sbin and /sbin. `package` is named when there is none.
Result<std::string> find_program(const std::string& name, const std::string& package);

/// Whether a process of the same network namespace as `pid` listens there, by /proc; nothing is connected.
bool listens_on_port(pid_t pid, std::uint16_t port);
bool listens_on_path(pid_t pid, const std::string& path);

Result<> write_file(const std::string& path, const std::string& text);
Result<std::string> read_file(const std::string& path);  ///< also of /proc; at most 1 MiB
std::string last_lines(
    const std::string& path);  ///< of a log, for an error message; empty when there is none

}  // namespace hairpin::lab

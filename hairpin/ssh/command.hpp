// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "evidence/observation.hpp"

/// What ssh is told and what its end means. Nothing here starts a program.
namespace hairpin {

/// An agent that ssh starts.
struct SshOrder {
  std::string destination;  ///< as ssh takes it: HOST or USER@HOST
  std::string host;         ///< the agent's name in the topology
  std::string program;      ///< hairpin on the other side: --remote-hairpin
};

/// Whether it can be said to a shell without another thought: letters, digits and /._+-, no option.
bool is_remote_program(std::string_view program);

/// The user's own ssh with one remote command, which the login shell there reads. Refuses a destination that is none.
Result<std::vector<std::string>> ssh_arguments(const std::string& ssh, const std::string& destination, std::string remote);
/// The program that people have instead of `ssh`, if they say so (HAIRPIN_SSH).
std::string ssh_program();

/// The whole argument vector. Of the last argument, which the login shell of the other side reads, all but
/// two checked words is fixed text. Refuses names that are none.
Result<std::vector<std::string>> ssh_arguments(const std::string& ssh, const SshOrder& order);

/// The last line that a program said on standard error; memory is bounded.
class LastWords {
 public:
  void put(std::span<const char> bytes);
  /// Fit for a screen; empty when it said nothing.
  std::string line() const;

 private:
  std::string tail_;
};

/// How an ssh ended.
struct SshEnd {
  std::optional<int> status;  ///< its exit status; nullopt when it did not end by itself
  std::string last_words;
};

/// What that means for the host's agent.
struct SshMeaning {
  AgentState state{};
  std::string words;
};

/// Of an ssh that ended before its agent said hello; `seen`: what the control connection says.
SshMeaning meaning_of(const SshOrder& order, const SshEnd& end, const std::string& seen);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/ssh/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.hpp"
#include "base/version.hpp"

namespace hairpin {
namespace {

constexpr std::size_t kMostWordsBytes = 2048;
constexpr std::size_t kLongestWord = 255;

bool is_word(std::string_view text, std::string_view more) {
  const auto is_fit = [more](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           more.find(c) != more.npos;
  };
  return !text.empty() && text.size() <= kLongestWord && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), is_fit);
}

/// $1: hairpin there; $2: the host's name. It holds no single quote, so that it can stand between two of
/// them, and neither a newline nor `!`, so that csh and fish hand it on as sh and bash do. 127: no hairpin;
/// 126: no way to be root; 1: sudo's refusal; everything else is hairpin's own exit status.
constexpr std::string_view kScript =
    R"sh(PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin"; )sh"
    R"sh(h=$(command -v "$1") || { echo "there is no $1" >&2; exit 127; }; )sh"
    R"sh(set -- "$h" agent --stdio --name "$2" --idle-exit 1 --quiet; )sh"
    R"sh([ "$(id -u)" = 0 ] && exec "$@"; )sh"
    R"sh(command -v sudo >/dev/null || { echo "the user is not root and there is no sudo" >&2; exit 126; }; )sh"
    R"sh(exec sudo -n -- "$@")sh";

/// What one exit status of ssh says before hello.
struct Row {
  int status;
  AgentState state;
  const char* doing;  ///< {0} the destination
  const char* mend;   ///< {0} the destination, {1} our version
};

constexpr Row kMeanings[] = {
    {255, AgentState::unreachable, "log in at {0} with ssh",
     "`ssh -o BatchMode=yes {0} true` has to work: keys, ports and jump hosts belong in ~/.ssh/config"},
    {127, AgentState::unreachable, "start hairpin on {0}",
     "install hairpin {1} there, or say where it is with --remote-hairpin PATH"},
    {126, AgentState::no_privilege, "run hairpin as root on {0}",
     "log in as root (ssh:root@HOST), or install sudo there"},
    {1, AgentState::no_privilege, "run hairpin as root on {0}",
     "log in as root (ssh:root@HOST), or give the user there `USER ALL=(root) NOPASSWD: /PATH/OF/hairpin` in "
     "/etc/sudoers.d/hairpin"},
    {2, AgentState::refused, "have hairpin on {0} serve a run",
     "it is another version: install hairpin {1} there"},
};

SshMeaning worded(AgentState state, std::string doing, const std::string& said, std::string mend) {
  if (!said.empty()) doing += ": " + said;
  return {state, describe(refusal(std::move(doing), std::move(mend)))};
}

}  // namespace

bool is_remote_program(std::string_view program) { return is_word(program, "/._+-"); }

std::string ssh_program() {
  const char* wanted = std::getenv("HAIRPIN_SSH");
  return wanted != nullptr && *wanted != '\0' ? wanted : "ssh";
}

Result<std::vector<std::string>> ssh_arguments(const std::string& ssh, const std::string& destination, std::string remote) {
  if (!is_word(destination, "._:@-")) return refusal("reach ssh:" + printable(destination));
  // The user's own configuration decides everything else; but a connection that others may use would have to
  // outlive us, and a command of the configuration would stand in the way of ours.
  return std::vector<std::string>{ssh,   "-T",
                                  "-o",  "BatchMode=yes",
                                  "-o",  "ConnectTimeout=5",
                                  "-o",  "ControlMaster=no",
                                  "-o",  "RemoteCommand=none",
                                  "--",  destination,
                                  std::move(remote)};
}

Result<std::vector<std::string>> ssh_arguments(const std::string& ssh, const SshOrder& order) {
  if (!is_word(order.host, "._-")) return refusal("name an agent " + printable(order.host));
  if (!is_remote_program(order.program))
    return refusal("start " + printable(order.program) + " on another host",
                   "--remote-hairpin takes letters, digits and /._+-");
  auto remote = fmt::format("exec sh -c '{}' sh '{}' '{}'", kScript, order.program, order.host);
  return ssh_arguments(ssh, order.destination, std::move(remote));
}

void LastWords::put(std::span<const char> bytes) {
  tail_.append(bytes.begin(), bytes.end());
  if (tail_.size() > kMostWordsBytes) tail_.erase(0, tail_.size() - kMostWordsBytes);
}

std::string LastWords::line() const {
  constexpr const char* kSpace = " \t\r\n";
  const auto last = tail_.find_last_not_of(kSpace);
  if (last == tail_.npos) return {};
  const auto before = tail_.find_last_of("\r\n", last);
  const auto first = before == tail_.npos ? 0 : before + 1;
  return printable(std::string_view(tail_).substr(first, last + 1 - first));
}

SshMeaning meaning_of(const SshOrder& order, const SshEnd& end, const std::string& seen) {
  for (const auto& row : kMeanings)
    if (end.status == row.status)
      return worded(row.state, fmt::format(fmt::runtime(row.doing), order.destination), end.last_words,
                    fmt::format(fmt::runtime(row.mend), order.destination, kVersion));
  return worded(
      AgentState::unreachable, "talk to hairpin on " + order.destination + " through ssh",
      end.last_words.empty() ? seen : end.last_words,
      fmt::format("`ssh -o BatchMode=yes {} true` has to work and to print nothing", order.destination));
}

}  // namespace hairpin

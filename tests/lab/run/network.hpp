// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "topology/model.hpp"

/// A network of our own with nothing but `lo`, and hairpin processes in it.
namespace hairpin::test {

/// Built with a sanitizer: memory and time are its own, not the program's.
#ifdef HAIRPIN_INSTRUMENTED
constexpr bool kIsInstrumented = true;
#else
constexpr bool kIsInstrumented = false;
#endif

/// Empty when this process is in a network namespace of its own with `lo` up; otherwise why not.
const std::string& want_of_network();

/// The hairpin program as a child; killed and reaped at the end.
class Program {
 public:
  explicit Program(std::vector<std::string> arguments);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t id() const { return id_; }
  void signal(int number) const;
  /// The exit status, 128+N after a signal; nullopt when it still runs after `limit`.
  std::optional<int> wait(std::chrono::milliseconds limit);
  std::size_t resident_kib() const;

 private:
  pid_t id_ = -1;
  std::optional<int> status_;
};

/// Client1 (127.0.0.1) and the member oc01 (127.0.0.2), with the VIP 127.0.0.10 that oc01's responder answers
/// itself: everything of a run but a balancer.
class Site {
 public:
  Site();
  ~Site();
  const std::filesystem::path& folder() const { return folder_; }
  std::string socket(const std::string& host) const { return (folder_ / (host + ".sock")).string(); }
  /// `agents`: what stands behind `agent:` of each host; empty means the host's Unix socket.
  std::string topology_text(const std::string& client_agent = {}, const std::string& member_agent = {}) const;
  Topology topology(const std::string& client_agent = {}, const std::string& member_agent = {}) const;
  /// A file for `--load-ceiling`: the defaults, but for so many seconds of all loads of a run.
  std::string write_ceiling(unsigned run_seconds) const;
  /// An agent that is ready.
  std::unique_ptr<Program> start_agent(const std::string& host, std::vector<std::string> more = {}) const;

 private:
  std::filesystem::path folder_;
};

/// Keys as `hairpin pki` makes them, for a day: an authority, the operator, client1 and oc01.
void make_keys(const std::filesystem::path& directory);

inline constexpr std::uint16_t kServicePort = 18444;

/// Whether somebody listens at the address, by connecting to it.
bool is_listening(const std::string& endpoint);
bool is_there_within(const std::filesystem::path& path, std::chrono::milliseconds limit);

}  // namespace hairpin::test

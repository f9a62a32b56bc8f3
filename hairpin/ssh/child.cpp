// SPDX-License-Identifier: Apache-2.0
#include "hairpin/ssh/child.hpp"

#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace hairpin {
namespace {

constexpr milliseconds kUntilAsked{500};
constexpr milliseconds kUntilKilled{1'000};
constexpr milliseconds kUntilGivenUp{3'000};  // killed, and the kernel does not let it go
constexpr int kBetweenLooksMs = 2;

struct Pair {
  Descriptor ours, theirs;
};

Result<Pair> make_pair_of_sockets() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) < 0)
    return last_system_error("make a pair of sockets");
  return Pair{Descriptor(ends[0]), Descriptor(ends[1])};
}

/// What posix_spawn is told: the standard streams, a process group, and that signals mean what they mean.
class Recipe {
 public:
  Recipe(const Pair& stream, const Pair& errors) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, stream.theirs.get(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, stream.theirs.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, errors.theirs.get(), STDERR_FILENO);
    sigset_t none, ours;
    ::sigemptyset(&none);
    ::sigemptyset(&ours);
    for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&ours, number);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &ours);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Recipe() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Recipe(const Recipe&) = delete;
  Recipe& operator=(const Recipe&) = delete;

  Result<pid_t> spawn(std::vector<std::string> arguments) const {
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    pid_t id = -1;
    const int failed = ::posix_spawnp(&id, pointers[0], &actions_, &attributes_, pointers.data(), environ);
    if (failed == 0) return id;
    return Error{{failed, boost::system::system_category()}, "start " + arguments[0], {}};
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

Result<std::unique_ptr<Child>> Child::start(const std::vector<std::string>& arguments, Ends& ends) {
  auto stream = make_pair_of_sockets();
  if (!stream) return stream.error();
  auto errors = make_pair_of_sockets();
  if (!errors) return errors.error();
  const auto id = Recipe(*stream, *errors).spawn(arguments);
  if (!id) return id.error();
  ends.stream = std::move(stream->ours);
  ends.errors = std::move(errors->ours);
  return std::unique_ptr<Child>(new Child(*id));
}

Child::~Child() {
  begin_to_end();
  while (!status() && std::chrono::steady_clock::now() - *ending_since_ < kUntilGivenUp)
    ::poll(nullptr, 0, kBetweenLooksMs);
}

void Child::begin_to_end() {
  if (!ending_since_) ending_since_ = std::chrono::steady_clock::now();
}

std::optional<int> Child::status() {
  if (status_) return status_;
  int status = 0;
  const auto reaped = ::waitpid(id_, &status, WNOHANG);
  if (reaped == id_)
    status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  else if (reaped == 0)
    send_what_is_due();
  return status_;
}

/// To its group, which has its id and nobody else's while it is not reaped: also a wrapper's own child and
/// ssh's ProxyCommand.
void Child::send_what_is_due() {
  if (!ending_since_) return;
  const auto age = std::chrono::steady_clock::now() - *ending_since_;
  if (age >= kUntilAsked && !is_asked_) {
    is_asked_ = true;
    ::kill(-id_, SIGTERM);
  }
  if (age >= kUntilKilled && !is_killed_) {
    is_killed_ = true;
    ::kill(-id_, SIGKILL);
  }
}

}  // namespace hairpin

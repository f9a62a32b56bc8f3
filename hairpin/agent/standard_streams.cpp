// SPDX-License-Identifier: Apache-2.0
#include "hairpin/agent/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace hairpin {
namespace {

constexpr int kFirstOther = 3;

/// A descriptor of our own for what `standard` is; later `standard` becomes `instead`.
Result<Descriptor> take(int standard, int instead) {
  Descriptor taken(::fcntl(standard, F_DUPFD_CLOEXEC, kFirstOther));
  if (taken && ::dup2(instead, standard) >= 0) return taken;
  return last_system_error("take standard input and output for the control connection");
}

}  // namespace

Result<net::StreamPtr> take_standard_streams(const net::Executor& executor) {
  if (::isatty(STDIN_FILENO) != 0 || ::isatty(STDOUT_FILENO) != 0)
    return refusal("speak the control protocol to a terminal",
                   "`hairpin run` starts `hairpin agent --stdio` itself, through ssh");
  const Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!nothing) return last_system_error("open /dev/null");
  auto input = take(STDIN_FILENO, nothing.get());
  if (!input) return input.error();
  const bool has_errors = ::fcntl(STDERR_FILENO, F_GETFD) >= 0;
  auto output = take(STDOUT_FILENO, has_errors ? STDERR_FILENO : nothing.get());
  if (!output) return output.error();
  return net::adopt_pipes(executor, std::move(*input), std::move(*output));
}

}  // namespace hairpin

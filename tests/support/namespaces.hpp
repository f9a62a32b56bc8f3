// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hairpin::test {

/// Whether a process like this one may make network namespaces. Where it may, a lab that does not come up is a failure.
inline bool may_have_labs() {
  const auto child = ::fork();
  if (child < 0) return false;
  if (child == 0) ::_exit(::unshare(::geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) == 0 ? 0 : 1);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace hairpin::test

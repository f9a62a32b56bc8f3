// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/address.hpp"
#include "base/result.hpp"
#include "net/task.hpp"

namespace hairpin::net {

/// The addresses of a DNS name as this host's programs resolve it (hosts file, then DNS: getaddrinfo(3)), without
/// duplicates. It runs in a child process, because getaddrinfo blocks and this process has one thread; the child ends
/// with the limit, and with this process. The error's words are the resolver's own.
Task<Result<std::vector<IpAddress>>> resolve(std::string name, std::chrono::steady_clock::duration limit);

}  // namespace hairpin::net

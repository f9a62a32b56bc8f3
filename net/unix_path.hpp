// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/un.h>

#include <string>

#include "base/result.hpp"

namespace hairpin::net {

/// The kernel's form of a path; over 107 bytes (sun_path, unix(7)) it is an error.
Result<sockaddr_un> to_unix_address(const std::string& path);

}  // namespace hairpin::net

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/clock.hpp"
#include "net/stream.hpp"
#include "net/tls.hpp"

namespace hairpin::responder {

/// A connection of which somebody else heard the beginning: it is served from its request on.
struct Heard {
  net::StreamPtr stream;
  const net::TlsStream* tls = nullptr;  ///< `stream`, when it speaks TLS
  WallTime accepted{};
  std::string bytes;                    ///< of the request, read already
};

}  // namespace hairpin::responder

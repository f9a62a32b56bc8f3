// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/stream.hpp"

namespace hairpin::net {

/// Reads until the peer ends, and forgets what comes.
Task<Result<>> read_to_the_end(Stream& stream);

/// Says that nothing more comes and reads until the peer says so too: closing a socket with bytes unread
/// makes the kernel send a RST (RFC 9293 §3.6.1), which somebody would have to explain. To be limited by the
/// caller.
Task<Result<>> close_in_order(Stream& stream);

}  // namespace hairpin::net

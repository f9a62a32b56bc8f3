// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/lab/site.hpp"

namespace hairpin::lab {

/// Connects to the endpoints in turn, one attempt each interval, waits at most 500 ms for the handshake and
/// closes. Does not return. What happens to a connection does not matter to it.
[[noreturn]] void run_connector(const Connector& connector);

}  // namespace hairpin::lab

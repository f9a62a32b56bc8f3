// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/stream.hpp"

namespace hairpin {

/// Standard input and output as one stream: the control channel of an agent that ssh started. From now on
/// descriptor 0 is /dev/null and 1 is standard error, so that nothing else of this process can read or write
/// what is the channel's. Refuses a terminal: nobody types frames.
Result<net::StreamPtr> take_standard_streams(const net::Executor& executor);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hairpin/bigip/line.hpp"

namespace hairpin::bigip {

/// Each question is one `ssh DESTINATION "tmsh -q -c '…'"`.
std::unique_ptr<Line> make_ssh_line(std::string destination);

}  // namespace hairpin::bigip

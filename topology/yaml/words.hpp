// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hairpin::yaml {

/// A word of the file in a message: "in quotes", cut at 60 bytes, printable.
std::string in_quotes(std::string_view text);

/// "a", "a or b", "a, b or c"
std::string either(const std::vector<std::string_view>& words);

}  // namespace hairpin::yaml

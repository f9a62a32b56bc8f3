// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hairpin {

std::string to_base64(std::string_view bytes);
/// RFC 4648 §4, with or without the padding; nothing: another letter is in it.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace hairpin

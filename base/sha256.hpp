// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace hairpin {

/// SHA-256 (FIPS 180-4), to name a file by its content. Here and not from OpenSSL, which belongs to net/
/// alone; nothing that needs a secret uses it.
std::array<std::uint8_t, 32> sha256(std::string_view bytes);

}  // namespace hairpin

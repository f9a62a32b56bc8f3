// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace hairpin::net {

/// The alert's name in RFC 8446 §6 (and RFC 5246 §7.2 for those that TLS 1.3 dropped); "alert 200" for
/// others.
std::string alert_name(std::uint8_t code);

}  // namespace hairpin::net

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/tls_facts.hpp"

namespace hairpin::net {

/// The alert's name in RFC 8446 §6 (and RFC 5246 §7.2 for those that TLS 1.3 dropped); "alert 200" for
/// others.
std::string alert_name(std::uint8_t code);

/// The fatal alert at the beginning of these bytes, where no TLS was expected (RFC 8446 §5.1, §6).
inline constexpr std::size_t kAlertBytes = 7;
std::optional<TlsAlert> alert_in(std::string_view bytes);

}  // namespace hairpin::net

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace hairpin::f5 {

/// What a stanza of tmsh begins with …
inline constexpr std::array<std::string_view, 17> kModules = {"ltm", "net", "sys", "cm",  "auth", "apm", "gtm",       "security", "cli",
                                                              "pem", "asm", "wom", "ilx", "vcmp", "mgmt", "analytics", "api-protection"};
/// … and one of bigpipe.
inline constexpr std::array<std::string_view, 24> kBigpipeStanzas = {
    "virtual", "pool",  "node",   "monitor",   "self",    "vlan",  "vlangroup", "route",     "profile", "rule",    "snat",  "snatpool",
    "nat",     "class", "shell",  "partition", "persist", "trunk", "stp",       "provision", "user",    "system",  "mgmt",  "failover"};

inline bool is_module(std::string_view word) { return std::ranges::find(kModules, word) != kModules.end(); }
inline bool is_bigpipe_stanza(std::string_view word) { return std::ranges::find(kBigpipeStanzas, word) != kBigpipeStanzas.end(); }

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "base/handle.hpp"
#include "base/result.hpp"

namespace hairpin::capture {

inline constexpr std::uint16_t kCanaryType =
    0x88b5;  ///< IEEE 802 "local experimental 1": no switch acts on it
using CanaryToken = std::array<std::uint8_t, 16>;

bool is_canary(std::span<const std::uint8_t> ethernet_frame);
/// Whether it is the canary with this token: others on the same wire send theirs.
bool is_canary(std::span<const std::uint8_t> ethernet_frame, const CanaryToken& token);

/// Sends canaries on one interface, from its MAC to its MAC: no other station takes them, no switch learns
/// anything.
class CanarySender {
 public:
  static Result<CanarySender> open(const std::string& interface);
  Result<> send(const CanaryToken& token) const;

 private:
  CanarySender(Descriptor socket, std::string interface, int index, const std::array<std::uint8_t, 6>& mac);
  Descriptor socket_;
  std::string interface_;
  int index_;
  std::array<std::uint8_t, 6> mac_;
};

/// "run as root, or …": what gives a process the right to capture.
extern const char* const kMendPrivilege;

}  // namespace hairpin::capture

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hairpin {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

/// A moment in UTC, for reports and for the order of packets of one host; durations come from steady clocks.
using WallTime = std::chrono::sys_time<nanoseconds>;

/// Where the time comes from; tests bring their own.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
  virtual SteadyTime steady() const = 0;
};

/// The clocks of this machine.
const Clock& system_clock();

/// 2026-11-22T10:00:00.123456789Z; `decimals` of the second: 0…9.
std::string iso8601(WallTime time, int decimals = 6);
std::optional<WallTime> parse_iso8601(std::string_view text);

/// 2026-11-22 11:00:00 CET (+0100): whole seconds in the time zone of this machine (TZ, /etc/localtime), for a person
/// who compares with the logs of a machine that does not write UTC.
std::string local_time(WallTime time);

}  // namespace hairpin

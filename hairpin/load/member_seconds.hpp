// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/load.hpp"

namespace hairpin {

/// What one member served in each second of a load, of what it says several times a second that it has served until then: where a second
/// ends between two answers, both are reckoned with by their distance from it.
class MemberSeconds {
 public:
  /// In the order of time, which is counted from the agreed start and may be before it.
  void put(nanoseconds since_start, const LoadCounts& counts);
  /// From the first one until the last answer; their sums are all that was served between the first and the last.
  std::vector<ServedSecond> all() const;
  /// As much of it as is known by now.
  ServedSecond second(std::uint32_t number) const;

 private:
  struct Moment {
    nanoseconds at{};
    double connections = 0, answered = 0, body_bytes = 0, open = 0;
  };
  static Moment between(const Moment& before, const Moment& after, nanoseconds at);

  std::vector<Moment> ends_;  ///< of seconds; the first is the start
  std::optional<Moment> last_;
};

/// Who answered how much of it, for the line of a second: "oc01 49 %, oc02 51 %", of many the least and the most. Empty: nobody did.
std::string shares_text(const std::vector<MemberShare>& shares);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "base/clock.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace hairpin {
namespace {

class SystemClock final : public Clock {
 public:
  WallTime wall() const override {
    return std::chrono::time_point_cast<nanoseconds>(std::chrono::system_clock::now());
  }
  SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::string iso8601(WallTime time, int decimals) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                          clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (decimals > 0) {
    const auto fraction = fmt::format("{:09}", clock.subseconds().count());
    text += "." + fraction.substr(0, static_cast<std::size_t>(decimals));
  }
  return text + "Z";
}

std::optional<WallTime> parse_iso8601(std::string_view text) {
  using namespace std::chrono;
  int year_number = 0, used = 0;
  unsigned month_number = 0, day_number = 0, hour = 0, minute = 0, second = 0;
  const std::string copy(text);
  if (std::sscanf(copy.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u%n", &year_number, &month_number, &day_number, &hour, &minute,
                  &second, &used) != 6)
    return {};
  const year_month_day date{year(year_number), month(month_number), day(day_number)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return {};
  std::int64_t fraction = 0, unit = 100'000'000;
  auto at = static_cast<std::size_t>(used);
  if (at < copy.size() && copy[at] == '.')
    for (++at; at < copy.size() && copy[at] >= '0' && copy[at] <= '9'; ++at, unit /= 10)
      fraction += unit * (copy[at] - '0');
  if (copy.substr(at) != "Z") return {};
  return WallTime(sys_days(date)) + hours(hour) + minutes(minute) + seconds(second) + nanoseconds(fraction);
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "base/clock.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <ctime>

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

std::string local_time(WallTime time) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  std::tm parts{};
  ::tzset();  // localtime_r need not ask for the zone itself (POSIX)
  if (::localtime_r(&seconds, &parts) == nullptr) return iso8601(time, 0);
  std::array<char, 64> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S %Z (%z)", &parts);
  return {text.data(), size};
}

std::optional<WallTime> parse_iso8601(std::string_view text) {
  using namespace std::chrono;
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";
  constexpr std::size_t kMostDecimals = 9;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() <= kShape.size() || text.back() != 'Z') return {};
  for (std::size_t i = 0; i < kShape.size(); ++i)
    if (kShape[i] == 'd' ? !is_digit(text[i]) : text[i] != kShape[i]) return {};
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (const char digit : text.substr(at, digits)) value = value * 10 + (digit - '0');
    return value;
  };
  const year_month_day date{year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                            day(static_cast<unsigned>(number(8, 2)))};
  // 64 bits of nanoseconds since 1970 hold these years whole.
  if (date.year() < year(1678) || date.year() > year(2261)) return {};
  if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 60) return {};
  const auto fraction = text.substr(kShape.size(), text.size() - kShape.size() - 1);
  std::int64_t parts = 0, unit = 100'000'000;
  if (!fraction.empty() &&
      (fraction[0] != '.' || fraction.size() == 1 || fraction.size() > kMostDecimals + 1))
    return {};
  for (std::size_t i = 1; i < fraction.size(); ++i, unit /= 10) {
    if (!is_digit(fraction[i])) return {};
    parts += unit * (fraction[i] - '0');
  }
  return WallTime(sys_days(date)) + hours(number(11, 2)) + minutes(number(14, 2)) + seconds(number(17, 2)) +
         nanoseconds(parts);
}

}  // namespace hairpin

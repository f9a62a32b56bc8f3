// SPDX-License-Identifier: Apache-2.0
#include "base/identifier.hpp"

#include <sys/random.h>

#include <chrono>
#include <stdexcept>

namespace hairpin {
namespace {

void fill_random(std::uint8_t* bytes, std::size_t count) {
  if (::getrandom(bytes, count, 0) != static_cast<ssize_t>(count)) throw std::runtime_error("getrandom failed");
}

int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

}  // namespace

TripId TripId::random() {
  TripId id;
  fill_random(id.bytes.data(), id.bytes.size());
  return id;
}

std::string hex(const std::uint8_t* bytes, std::size_t count) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(count * 2);
  for (std::size_t i = 0; i < count; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

bool parse_hex(std::string_view text, std::uint8_t* bytes, std::size_t count) {
  if (text.size() != count * 2) return false;
  for (std::size_t i = 0; i < count; ++i) {
    const int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

std::optional<TripId> parse_trip_id(std::string_view text) {
  TripId id;
  if (!parse_hex(text, id.bytes.data(), id.bytes.size())) return {};
  return id;
}

std::string new_run_id() {
  using namespace std::chrono;
  constexpr char kCrockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  auto time = static_cast<std::uint64_t>(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
  std::string text(26, '0');
  for (std::size_t i = 10; i-- > 0; time >>= 5) text[i] = kCrockford[time & 31];
  std::array<std::uint8_t, 16> noise;
  fill_random(noise.data(), noise.size());
  for (std::size_t i = 0; i < 16; ++i) text[10 + i] = kCrockford[noise[i] & 31];
  return text;
}

}  // namespace hairpin

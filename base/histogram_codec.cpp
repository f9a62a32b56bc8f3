// SPDX-License-Identifier: Apache-2.0
#include "base/histogram_codec.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <utility>
#include <vector>

#include "base/base64.hpp"

namespace hairpin {
namespace {

// Version 2, words of up to 64 bits (0x10).
constexpr std::uint32_t kCookie = 0x1c849303 | 0x10;
constexpr std::uint32_t kCompressedCookie = 0x1c849304 | 0x10;
constexpr std::uint32_t kDigits = 3;
constexpr std::size_t kHeaderBytes = 40;
constexpr std::size_t kMostBytes = 256 * 1024;  // 17,408 counters of 9 bytes fit

Error unreadable(const char* why) { return refusal(std::string("read a histogram: ") + why); }

void put_big_endian(std::string& bytes, std::uint64_t value, int size) {
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) bytes += static_cast<char>((value >> shift) & 0xff);
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

/// Seven bits a byte, the lowest first; the ninth byte has eight.
void put_number(std::string& bytes, std::int64_t number) {
  auto rest = static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63);
  for (int count = 1; count < 9; ++count, rest >>= 7) {
    if (rest < 0x80) break;
    bytes += static_cast<char>((rest & 0x7f) | 0x80);
  }
  bytes += static_cast<char>(rest);
}

std::string header(std::size_t payload_bytes, std::int64_t highest_us) {
  std::string bytes;
  put_big_endian(bytes, kCookie, 4);
  put_big_endian(bytes, payload_bytes, 4);
  put_big_endian(bytes, 0, 4);  // normalizing index offset
  put_big_endian(bytes, kDigits, 4);
  put_big_endian(bytes, 1, 8);  // lowest discernible value
  put_big_endian(bytes, static_cast<std::uint64_t>(highest_us), 8);
  put_big_endian(bytes, std::bit_cast<std::uint64_t>(1.0), 8);  // integer to double conversion
  return bytes;
}

std::string numbers_of(std::span<const std::uint64_t> counts) {
  std::string bytes;
  std::int64_t zeros = 0;
  for (const auto count : counts) {
    if (count == 0) {
      ++zeros;
      continue;
    }
    if (zeros > 0) put_number(bytes, -zeros);
    zeros = 0;
    put_number(bytes, static_cast<std::int64_t>(std::min<std::uint64_t>(count, INT64_MAX)));
  }
  return bytes;  // the zeros at the end are understood
}

Result<std::string> inflate(std::string_view packed) {
  std::string bytes(kMostBytes, '\0');
  auto size = static_cast<uLongf>(bytes.size());
  const int done = ::uncompress(reinterpret_cast<Bytef*>(bytes.data()), &size,
                                reinterpret_cast<const Bytef*>(packed.data()), static_cast<uLong>(packed.size()));
  if (done != Z_OK) return unreadable("it does not decompress");
  bytes.resize(size);
  return bytes;
}

/// Reads the numbers that `put_number` wrote.
class Numbers {
 public:
  explicit Numbers(std::string_view bytes) : bytes_(bytes) {}
  bool is_at_end() const { return bytes_.empty(); }
  /// False when the last number is cut off.
  bool next(std::int64_t& number) {
    std::uint64_t value = 0;
    for (int count = 0; count < 9; ++count) {
      if (bytes_.empty()) return false;
      const auto byte = static_cast<std::uint8_t>(bytes_.front());
      bytes_.remove_prefix(1);
      const bool is_last = count == 8 || byte < 0x80;
      value |= static_cast<std::uint64_t>(count == 8 ? byte : byte & 0x7f) << 7 * count;
      if (is_last) break;
    }
    number = static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
    return true;
  }

 private:
  std::string_view bytes_;
};

Result<> fill(std::string_view payload, std::span<std::uint64_t> counts) {
  std::size_t index = 0;
  for (Numbers numbers(payload); !numbers.is_at_end();) {
    std::int64_t number = 0;
    if (!numbers.next(number)) return unreadable("a count is cut off");
    const bool is_run = number < 0;
    const auto step = is_run ? 0 - static_cast<std::uint64_t>(number) : 1;
    if (step > counts.size() - index) return unreadable("it has more counters than its range");
    if (!is_run) counts[index] = static_cast<std::uint64_t>(number);
    index += static_cast<std::size_t>(step);
  }
  return {};
}

}  // namespace

std::string encode_counts(std::span<const std::uint64_t> counts, std::int64_t highest_us) {
  const auto numbers = numbers_of(counts);
  const auto plain = header(numbers.size(), highest_us) + numbers;
  auto size = ::compressBound(static_cast<uLong>(plain.size()));
  std::string packed(size, '\0');
  ::compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(plain.data()),
             static_cast<uLong>(plain.size()));
  packed.resize(size);
  std::string bytes;
  put_big_endian(bytes, kCompressedCookie, 4);
  put_big_endian(bytes, packed.size(), 4);
  return to_base64(bytes + packed);
}

Result<> decode_counts(std::string_view text, std::int64_t highest_us, std::span<std::uint64_t> counts) {
  if (text.size() > 2 * kMostBytes) return unreadable("it is too long");
  const auto bytes = from_base64(text);
  if (!bytes) return unreadable("it is no base64");
  const std::string_view outer(*bytes);
  if (outer.size() < 8 || big_endian(outer.substr(0, 4)) != kCompressedCookie) return unreadable("it is no HdrHistogram V2");
  if (big_endian(outer.substr(4, 4)) != outer.size() - 8) return unreadable("its length is wrong");
  const auto plain = inflate(outer.substr(8));
  if (!plain) return plain.error();
  if (plain->size() < kHeaderBytes) return unreadable("it is cut off");
  const std::string_view inner(*plain);
  const auto payload = inner.substr(kHeaderBytes);
  // Without what the libraries write differently and none of them reads: the offset and the conversion.
  const auto wanted = header(payload.size(), highest_us);
  for (const auto& [at, size] : {std::pair<std::size_t, std::size_t>{0, 8}, {12, 20}})
    if (inner.substr(at, size) != std::string_view(wanted).substr(at, size)) return unreadable("it has another range");
  return fill(payload, counts);
}

}  // namespace hairpin

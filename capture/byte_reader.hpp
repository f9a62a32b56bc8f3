// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace hairpin::capture {

/// Reads big-endian fields from the front of some bytes. The first read beyond the end fails, and every later
/// one; failed reads give zero, so that a decoder reads a whole header and asks `ok()` once.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool ok() const { return is_ok_; }
  std::size_t left() const { return bytes_.size(); }
  std::span<const std::uint8_t> rest() const { return bytes_; }

  /// The next `count` bytes; empty after a failure.
  std::span<const std::uint8_t> take(std::size_t count) {
    if (count > bytes_.size()) {
      is_ok_ = false;
      bytes_ = {};
      return {};
    }
    const auto taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }
  void skip(std::size_t count) { take(count); }
  /// Forgets what follows the first `count` bytes: padding, or the next layer's neighbour.
  void limit(std::size_t count) {
    if (count < bytes_.size()) bytes_ = bytes_.first(count);
  }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u24() { return number(3); }
  std::uint32_t u32() { return number(4); }

 private:
  std::uint32_t number(std::size_t size) {
    std::uint32_t value = 0;
    for (const auto byte : take(size)) value = value << 8 | byte;
    return value;
  }

  std::span<const std::uint8_t> bytes_;
  bool is_ok_ = true;
};

}  // namespace hairpin::capture

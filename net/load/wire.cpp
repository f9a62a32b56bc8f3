// SPDX-License-Identifier: Apache-2.0
#include "net/load/wire.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace hairpin::net {
namespace {

/// Sixteen TLS records at once; more would leave the second-level cache.
constexpr std::size_t kInBytes = 256 * 1024;
constexpr std::size_t kOutBytes = 64 * 1024;

}  // namespace

Wire::Wire() : in_(std::make_unique_for_overwrite<char[]>(kInBytes)) { out_.reserve(kOutBytes); }

Wire::Outcome Wire::fill() {
  if (is_drained_ || filled_ >= kMostAtOnce) return Outcome::none_yet;
  for (;;) {
    const auto count = ::recv(descriptor_, in_.get(), kInBytes, 0);
    if (count > 0) {
      begin_ = 0;
      end_ = static_cast<std::size_t>(count);
      filled_ += end_;
      is_drained_ = !ends_ && end_ < kInBytes;
      return Outcome::some;
    }
    if (count == 0) return Outcome::ended;
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return Outcome::failed;
    is_drained_ = true;
    return Outcome::none_yet;
  }
}

Wire::Outcome Wire::send(std::string_view bytes, std::string& waiting) {
  while (!bytes.empty()) {
    const auto count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EAGAIN) return Outcome::failed;
    if (count < 0) {
      waiting.assign(bytes);
      return Outcome::none_yet;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return Outcome::some;
}

Wire::Outcome Wire::flush(std::string& waiting) {
  if (!waiting.empty()) [[unlikely]] {
    const auto rest = std::move(waiting) + out_;
    waiting.clear();
    out_.clear();
    return send(rest, waiting);
  }
  if (out_.empty()) return Outcome::some;
  const auto outcome = send(out_, waiting);
  out_.clear();
  return outcome;
}

}  // namespace hairpin::net

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/handle.hpp"
#include "net/load_proof.hpp"

namespace hairpin::responder {

inline constexpr std::size_t kRecordBytes = 16 * 1024;  ///< of plaintext in a TLS record (RFC 8446 §5.1)

/// The answers to requests for load. Bodies are views of one static text, whatever their size: lines of 64 characters,
/// so that a body's byte depends on its place alone. Only the head, and what shares a record with it, is copied.
class Objects {
 public:
  explicit Objects(std::string_view member, std::optional<net::LoadKey> key = {});

  /// An answer on its way: what was asked, and how much of it went out, head included.
  struct Answer {
    net::LoadRequest request;
    std::uint64_t sent = 0;
    std::uint32_t head_bytes = 0;
    std::uint64_t body_bytes() const { return request.is_head ? 0 : request.object_bytes; }
    std::uint64_t left() const { return head_bytes + body_bytes() - sent; }
    std::uint64_t body_sent() const { return sent > head_bytes ? sent - head_bytes : 0; }
  };
  Answer answer_to(const net::LoadRequest& request) const;

  /// What comes next, at most one record; the same bytes again as long as `sent` is the same.
  std::span<const char> next_record(const Answer& answer);
  /// Sends what comes next to a socket without TLS, as much as it takes; as send(2) it says how much, or -1.
  ssize_t send(const Answer& answer, int socket);

 private:
  std::size_t write_head(const Answer& answer, std::span<char> into) const;
  static std::span<const char> body(std::uint64_t from, std::uint64_t most);

  std::optional<net::LoadKey> key_;
  std::string head_;         ///< up to the nonce
  std::string after_nonce_;  ///< up to the object's size
  std::array<char, kRecordBytes> record_{};
  Descriptor text_;          ///< the text as a file, for sendfile(2); none where the kernel has no memfd
};

}  // namespace hairpin::responder

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace hairpin::probe::load {

/// As much of HTTP/1.1 (RFC 9112) as tells where an answer ends, what its status is and who gave it. Bodies are counted, not
/// kept. Nothing is allocated while heads arrive whole.
class Response {
 public:
  enum class State { needs_more, whole, garbled };

  void begin();  ///< the answer to a new request (never HEAD)
  /// Takes from the front of `bytes` up to the end of the answer.
  State put(std::string_view& bytes);
  State end();  ///< the peer ended: whole where the body was to last until then

  bool has_head() const { return part_ != Part::head; }
  std::uint32_t status() const { return status_; }
  bool is_last() const { return is_last_; }  ///< the connection ends with this answer
  std::uint64_t body_bytes() const { return body_bytes_; }
  std::uint64_t bytes() const { return bytes_; }  ///< with heads
  /// What a body whose length is known still lacks; 0 where nobody knows.
  std::uint64_t lacks() const { return part_ == Part::counted ? left_ : 0; }
  std::string_view member() const { return {member_.data(), member_size_}; }  ///< field Hairpin-Member, cut at 64
  std::string_view nonce() const { return {nonce_.data(), nonce_size_}; }     ///< field Hairpin-Nonce

 private:
  enum class Part { head, counted, until_end, chunk_size, chunk, chunk_end, trailer, over };
  enum class Framing { none, length, chunked };

  State take_head(std::string_view& bytes);
  bool read_head(std::string_view head);
  bool read_status(std::string_view line);
  bool read_field(std::string_view name, std::string_view value);
  bool read_length(std::string_view value);
  void choose_body();
  void skip_body(std::string_view& bytes);
  State take_line(std::string_view& bytes);
  State end_line();
  static void keep(std::string_view value, std::array<char, 64>& into, std::size_t& size);

  Part part_ = Part::head;
  Framing framing_ = Framing::none;
  bool is_last_ = false, is_old_ = false;
  std::uint32_t status_ = 0;
  std::uint64_t left_ = 0, body_bytes_ = 0, bytes_ = 0;
  std::size_t member_size_ = 0, nonce_size_ = 0;
  std::array<char, 64> member_{}, nonce_{};
  std::string partial_;  ///< a head or a line that came in pieces
};

}  // namespace hairpin::probe::load

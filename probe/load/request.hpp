// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hairpin::probe::load {

/// Built once: of each request only the nonce is written anew.
class Request {
 public:
  struct Wanted {
    std::string host;           ///< field Host
    std::string path = "/";     ///< of the virtual server; the prefix where an object is asked for
    std::uint64_t object_bytes = 0;
    bool asks_responder = false;  ///< for an object of a hairpin responder, with a nonce; otherwise for the path itself
    std::string agent = "hairpin";  ///< field User-Agent, so that who sees the load knows whose it is
  };

  explicit Request(const Wanted& wanted);
  /// The bytes to be sent; valid until the next call. `is_last`: says "Connection: close".
  std::string_view next(bool is_last);
  /// What a responder repeats in its answer; empty where none is asked.
  std::string_view nonce() const;

 private:
  std::string lasting_, last_;
  const std::string* given_ = &lasting_;
  std::size_t nonce_at_ = 0;  ///< 0: there is none
  std::uint64_t count_ = 0;
};

}  // namespace hairpin::probe::load

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/load.hpp"

namespace hairpin::probe::load {

/// Built once: of each request only the nonce is written anew.
class Request {
 public:
  struct Wanted {
    std::string host;           ///< field Host
    std::string path = "/";     ///< of the virtual server; the prefix where an object is asked for
    std::vector<LoadObject> objects;  ///< of a responder, by chance with these weights; empty: of no bytes
    bool asks_responder = false;  ///< for an object of a hairpin responder, with a nonce; otherwise for the path itself
    std::string agent = "hairpin";  ///< field User-Agent, so that who sees the load knows whose it is
  };

  explicit Request(const Wanted& wanted);
  /// The bytes to be sent; valid until the next call. `is_last`: says "Connection: close".
  std::string_view next(bool is_last);
  /// What a responder repeats in its answer; empty where none is asked.
  std::string_view nonce() const;
  std::uint64_t object_bytes() const { return variants_[given_].object.bytes; }  ///< that the last one asked for

 private:
  struct Variant {
    LoadObject object;
    std::string lasting, last;
    std::size_t nonce_at = 0;  ///< 0: there is none
  };
  std::size_t draw() const;

  std::vector<Variant> variants_;
  std::uint64_t weights_ = 0;  ///< of all variants together
  std::size_t given_ = 0;
  bool is_last_given_ = false;
  std::uint64_t count_ = 0;
};

}  // namespace hairpin::probe::load

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace hairpin::net {

/// How the connections of one thread read and write: in few, large system calls, through buffers that they share. It
/// serves one connection at a time, from `attach` until everything that came was taken and everything was flushed.
class Wire {
 public:
  enum class Outcome { some, none_yet, ended, failed };  ///< failed: errno says why

  Wire();
  /// `ends`: the loop said that the peer ended or that there is an error, so a short read is not the last one.
  void attach(int descriptor, bool ends) {
    descriptor_ = descriptor;
    ends_ = ends;
    is_drained_ = false;
    filled_ = 0;
    begin_ = end_ = 0;
    out_.clear();
  }

  /// What has come and was not taken, at least one byte for `some`; valid until the next call. Reads only when
  /// everything was taken, and not again after a read that did not fill the buffer: readiness is told once (EPOLLET).
  Outcome look(std::string_view& bytes) {
    if (begin_ == end_)
      if (const auto outcome = fill(); outcome != Outcome::some) return outcome;
    bytes = {in_.get() + begin_, end_ - begin_};
    return Outcome::some;
  }
  void take(std::size_t count) { begin_ += count; }
  bool has_untaken() const { return begin_ < end_; }
  /// `none_yet` was said though more may be there: one connection takes no more than that before others have their turn. The
  /// loop has to be asked to tell of it again.
  bool was_cut() const { return filled_ >= kMostAtOnce && !is_drained_; }

  void write(std::string_view bytes) { out_.append(bytes); }
  std::size_t unsent() const { return out_.size(); }
  /// Sends what was written, after `waiting` of an earlier flush; what the kernel has no room for is left there.
  Outcome flush(std::string& waiting);

 private:
  static constexpr std::size_t kMostAtOnce = 1024 * 1024;
  Outcome fill();
  Outcome send(std::string_view bytes, std::string& waiting);

  int descriptor_ = -1;
  bool ends_ = false, is_drained_ = false;
  std::unique_ptr<char[]> in_;
  std::size_t begin_ = 0, end_ = 0, filled_ = 0;
  std::string out_;
};

}  // namespace hairpin::net

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.hpp"
#include "probe/load/order.hpp"

namespace hairpin::probe::load {

/// What a closed loop may begin now, so that no second of it exceeds what its host lends: three buckets of tokens, which hold what
/// comes in a twentieth of a second, at least one connection. One of N threads has an N-th of the bounds.
class Gate {
 public:
  Gate(const Bounds& bounds, std::uint32_t threads) : connections_(bounds.connections_per_second / threads),
                                                      bytes_(bounds.bytes_per_second / threads), transactions_(bounds.transactions_per_second / threads) {}

  bool is_open(SteadyTime now, bool is_new_connection) {
    return bytes_.has_some(now, 0) && transactions_.has_some(now, 1) && (!is_new_connection || connections_.has_some(now, 1));
  }
  void took_connection() { connections_.take(1); }
  /// An object was asked for: bytes may become a debt, which has to be paid off before the next one.
  void took(std::uint64_t bytes) {
    bytes_.take(static_cast<double>(bytes));
    transactions_.take(1);
  }

 private:
  class Bucket {
   public:
    explicit Bucket(double per_second) : per_second_(per_second), tokens_(room()) {}
    bool has_some(SteadyTime now, double least) {
      if (per_second_ <= 0) return true;
      if (filled_ != SteadyTime()) tokens_ = std::min(room(), tokens_ + per_second_ * std::chrono::duration<double>(now - filled_).count());
      filled_ = now;
      return least > 0 ? tokens_ >= least : tokens_ > 0;
    }
    void take(double tokens) { tokens_ -= tokens; }

   private:
    double room() const { return std::max(1.0, per_second_ / 20); }
    double per_second_, tokens_;
    SteadyTime filled_{};
  };
  Bucket connections_, bytes_, transactions_;
};

}  // namespace hairpin::probe::load

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/handle.hpp"
#include "base/result.hpp"

namespace hairpin {

/// The right of one run to make loads from a host. `hairpin agent --stdio` is a process for each session, each of which
/// would lend the whole ceiling of the host: so the kernel gives the turn to one of them, and takes it back when that ends.
class LoadTurn {
 public:
  /// Refused while another process of this network namespace has the turn of a host of that name.
  static Result<LoadTurn> take(const std::string& host);

 private:
  explicit LoadTurn(Descriptor name) : name_(std::move(name)) {}
  Descriptor name_;
};

}  // namespace hairpin

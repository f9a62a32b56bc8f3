// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/handle.hpp"
#include "tests/lab/site/lab_under_test.hpp"

namespace hairpin::lab {

/// Watches every interface of the namespace that the process is in.
class Sniffer {
 public:
  Sniffer();
  std::vector<Frame>
  drain();  ///< what has arrived until now, in order; frames sent by this host are left out

 private:
  Descriptor socket_;
};

}  // namespace hairpin::lab

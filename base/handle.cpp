// SPDX-License-Identifier: Apache-2.0
#include "base/handle.hpp"

#include <unistd.h>

namespace hairpin {

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace hairpin

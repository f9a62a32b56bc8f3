// SPDX-License-Identifier: Apache-2.0
#include "base/version.hpp"

namespace hairpin {

const char* const kVersion = HAIRPIN_VERSION;

}  // namespace hairpin

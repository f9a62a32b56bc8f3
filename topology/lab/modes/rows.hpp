// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/lab/catalogue.hpp"

namespace hairpin::lab {

extern const Mode kFastL4, kStandard, kTerminate, kReencrypt, kNPath;

}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace hairpin {

/// Of this program, as the build declares it: "0.1.0".
extern const char* const kVersion;

}  // namespace hairpin

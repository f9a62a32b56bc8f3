// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/lint/lint.hpp"

namespace hairpin::f5 {

/// Mends are written in the words of tmsh since 11.3. Where the object stands in a file of an older version, of bigpipe or in a
/// declaration of AS3, they are said in those words, or as what they are in tmsh.
void fit_mends(const Config& config, LintFinding& finding);

}  // namespace hairpin::f5

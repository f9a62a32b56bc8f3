// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "topology/predicted.hpp"

namespace hairpin {

/// A bundle keeps what followed from the configuration, not the configuration with its secrets: predicted.json, so that
/// `hairpin judge` finds the same again. No file where nothing was predicted.
Result<> write_predicted(const std::string& bundle, const std::vector<PredictedPath>& predicted);
Result<std::vector<PredictedPath>> read_predicted(const std::string& bundle);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/model.hpp"
#include "topology/predict/predict.hpp"
#include "topology/predicted.hpp"

namespace hairpin::f5 {

/// Hosts that may open connections, and the gateways of their networks.
Known known_of(const Topology& topology);

/// What the configuration says of the topology's own paths: virtual servers are found by `f5: { virtual: … }`, else by
/// their address and port, hosts by their addresses. A path that it does not have is not in the result.
std::vector<PredictedPath> predicted_paths(const Config& config, const Topology& topology);

}  // namespace hairpin::f5

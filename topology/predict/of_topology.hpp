// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/model.hpp"
#include "topology/predict/predict.hpp"
#include "topology/predicted.hpp"

namespace hairpin::f5 {

/// Hosts that may open connections, and the gateways of their networks.
Known known_of(const Topology& topology);

/// What the configuration says of the topology's own paths, one row for each virtual server, source and member. Virtual servers
/// are found by their address and port, as the BIG-IP would (of several that take TCP the most specific by source and port;
/// `f5: { virtual: … }` breaks ties), hosts by their addresses. What it has no path for is a row that says so.
std::vector<PredictedPath> predicted_paths(const Config& config, const Topology& topology);

}  // namespace hairpin::f5

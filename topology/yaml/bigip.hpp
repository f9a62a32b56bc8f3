// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/yaml/scalars.hpp"

namespace hairpin::yaml {

/// `state` of a load balancer. What may be a password in a URL is not repeated in a message.
std::optional<BigipState> read_bigip_state(const Value& node, const std::string& path, Reading& reading);

/// `f5: { config: … }` of a load balancer.
std::optional<std::vector<std::string>> read_configuration(const Value& node, const std::string& path, Reading& reading);

}  // namespace hairpin::yaml

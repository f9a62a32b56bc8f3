// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/yaml/tree.hpp"

namespace hairpin::yaml {

/// What `hairpin import` writes where a configuration says nothing: "<fill in: WHAT>".
inline constexpr std::string_view kPlaceholder = "<fill in: ";

/// A problem for each value that is still to be filled in, with what it is.
std::vector<TopologyProblem> placeholders(const Value& root);

}  // namespace hairpin::yaml

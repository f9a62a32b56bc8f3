// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "topology/f5/input.hpp"

/// What was read becomes objects, whatever it is.
inline void make_objects(hairpin::f5::Tree tree) {
  for (const auto& node : tree.nodes) hairpin::f5::tmsh_form(node);
  std::vector<hairpin::f5::Tree> trees;
  trees.push_back(std::move(tree));
  hairpin::f5::make_config(std::move(trees));
}

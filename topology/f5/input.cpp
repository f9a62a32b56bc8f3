// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/input.hpp"

namespace hairpin::f5 {

Result<Config> read_config_text(std::string file, std::string text) {
  auto trees = read_trees(std::move(file), std::move(text));
  if (!trees) return trees.error();
  return make_config(std::move(*trees));
}

Result<std::vector<Tree>> read_trees(std::string file, std::string text) {
  auto tree = read_tmsh(std::move(file), std::move(text));
  if (!tree) return tree.error();
  std::vector<Tree> trees;
  trees.push_back(std::move(*tree));
  return trees;
}

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/f5/tree.hpp"

namespace hairpin::f5 {

/// A tree while it is read: nodes and words wait on two stacks until their block ends, then move to the arena in one piece,
/// so that a block costs no allocation of its own.
class Growing {
 public:
  Growing(std::string file, std::string text, Grammar grammar, const TreeLimits& limits);
  Growing(Tree tree, const TreeLimits& limits) : tree_(std::move(tree)), limits_(limits) {}  ///< says it anew

  std::string_view text() const { return *tree_.text; }
  const std::string& file() const { return tree_.file; }
  const TreeLimits& limits() const { return limits_; }

  std::string_view keep(std::string_view bytes);  ///< a copy in the arena
  void push_word(std::string_view word) { words_.push_back(word); }
  std::size_t words_waiting() const { return words_.size(); }
  std::span<const std::string_view> take_words(std::size_t from);
  void push_node(const Node& node) { nodes_.push_back(node); }
  std::size_t nodes_waiting() const { return nodes_.size(); }
  std::span<const Node> take_nodes(std::size_t from);
  std::span<const std::string_view> words_of(std::initializer_list<std::string_view> words);
  std::span<const Node> nodes_of(std::span<const Node> nodes);

  bool is_full() const { return taken_ + nodes_.size() > limits_.nodes; }
  void note(std::uint32_t line, std::string what);
  Tree finish(std::size_t from = 0);

 private:
  Tree tree_;
  TreeLimits limits_;
  std::vector<std::string_view> words_;
  std::vector<Node> nodes_;
  std::size_t taken_ = 0;
};

}  // namespace hairpin::f5

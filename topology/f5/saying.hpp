// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/f5/growing.hpp"
#include "topology/f5/json_lines.hpp"

namespace hairpin::f5 {

/// Says JSON in the words of tmsh: nodes with the line of what they say.
class Saying {
 public:
  Saying(std::string file, std::string text, Grammar grammar, const TreeLimits& limits)
      : tree_(std::move(file), std::move(text), grammar, limits) {}

  Growing& tree() { return tree_; }

  Node statement(std::uint32_t line, std::initializer_list<std::string_view> words) {
    return {.words = kept(words), .block = {}, .text = {}, .line = line};
  }
  Node block(std::uint32_t line, std::initializer_list<std::string_view> words, const std::vector<Node>& children) {
    return {.words = kept(words), .block = tree_.nodes_of(children), .text = {}, .line = line, .kind = NodeKind::block};
  }
  /// Bare words, one a line, in a block.
  Node list(std::uint32_t line, std::string_view key, const std::vector<std::string>& words) {
    std::vector<Node> children;
    for (const auto& word : words) children.push_back(statement(line, {word}));
    return block(line, {key}, children);
  }
  Node raw(std::uint32_t line, std::initializer_list<std::string_view> words, std::string_view body) {
    const auto text = tree_.keep(body);
    return {.words = kept(words), .block = {}, .text = text, .line = line,
            .raw_bytes = static_cast<std::uint32_t>(text.size()), .kind = NodeKind::raw};
  }
  void stanza(Node node) {
    // JSON has no stanza of this text; two files that say the same have the same words.
    tree_.push_node(node);
  }

 private:
  std::span<const std::string_view> kept(std::initializer_list<std::string_view> words) {
    const auto from = tree_.words_waiting();
    for (const auto word : words) tree_.push_word(tree_.keep(word));
    return tree_.take_words(from);
  }

  Growing tree_;
};

/// "sourceAddressTranslation" is "source-address-translation" in tmsh.
std::string tmsh_key(std::string_view camel_case);

}  // namespace hairpin::f5

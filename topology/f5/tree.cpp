// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/tree.hpp"

#include <algorithm>

namespace hairpin::f5 {
namespace {

/// Copies what stands between nodes, and the nodes: whatever is missing in the tree is missing in the copy.
class Stitcher {
 public:
  Stitcher(std::string_view text, const Node* replaced, std::string_view by)
      : text_(text), replaced_(replaced), by_(by) {
    copy_.reserve(text.size());
  }

  std::string all(std::span<const Node> nodes) {
    stitch(nodes);
    copy_to(text_.size());
    return std::move(copy_);
  }

 private:
  void copy_to(std::size_t end) {
    copy_ += text_.substr(done_, end - done_);
    done_ = end;
  }
  std::size_t offset(std::string_view part) const { return static_cast<std::size_t>(part.data() - text_.data()); }

  void stitch(std::span<const Node> nodes) {
    for (const auto& node : nodes) {
      copy_to(offset(node.text));
      if (&node == replaced_) {
        copy_ += by_;
        done_ = offset(node.text) + node.text.size();
      } else {
        stitch(node.block);
        copy_to(offset(node.text) + node.text.size());
      }
    }
  }

  std::string_view text_;
  const Node* replaced_;
  std::string_view by_;
  std::string copy_;
  std::size_t done_ = 0;
};

bool needs_quotes(std::string_view word) {
  return word.empty() || word == "{" || word == "}" || word == "{}" || word.front() == '#' || word.front() == '"' ||
         word.find_first_of(" \t\r\n\\\"") != word.npos;
}

void append_word(std::string& form, std::string_view word) {
  if (!needs_quotes(word)) {
    form += word;
    return;
  }
  form += '"';
  for (const char c : word) {
    if (c == '"' || c == '\\') form += '\\';
    form += c;
  }
  form += '"';
}

}  // namespace

std::string tmsh_word(std::string_view word) {
  std::string form;
  append_word(form, word);
  return form;
}

const Node* Node::child(std::string_view key) const {
  const auto found = std::find_if(block.rbegin(), block.rend(), [&](const Node& node) {
    return node.kind != NodeKind::comment && node.key() == key;
  });
  return found == block.rend() ? nullptr : &*found;
}

std::string write(const Tree& tree) {
  if (tree.grammar != Grammar::tmsh) return *tree.text;  // their nodes are said in other words than the file's
  return Stitcher(*tree.text, nullptr, {}).all(tree.nodes);
}

std::string write_with(const Tree& tree, const Node& replaced, std::string_view by) {
  return Stitcher(*tree.text, &replaced, by).all(tree.nodes);
}

std::string tmsh_form(const Node& node, std::size_t level) {
  std::string form(level * 4, ' ');
  if (node.kind == NodeKind::comment) return form + "#" + std::string(node.raw()) + "\n";
  if (node.kind == NodeKind::foreign) return std::string(node.raw());
  for (std::size_t i = 0; i < node.words.size(); ++i) {
    if (i > 0) form += ' ';
    append_word(form, node.words[i]);
  }
  if (node.kind == NodeKind::raw) return form + " {" + std::string(node.raw()) + "}\n";
  if (node.kind == NodeKind::statement) return form + "\n";
  if (!node.words.empty()) form += ' ';
  if (node.block.empty()) return form + "{ }\n";
  form += "{\n";
  for (const auto& child : node.block) form += tmsh_form(child, level + 1);
  return form + std::string(level * 4, ' ') + "}\n";
}

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

/// F5 configuration, layer one: a lossless tree of what a file says, whatever the words mean. Layer two is model.hpp.
namespace hairpin::f5 {

enum class NodeKind : std::uint8_t {
  statement,  ///< words: "destination /Common/10.0.0.1:443", a flag is one word
  block,      ///< words { … }; `block` may be empty
  raw,        ///< words { Tcl }, kept as it is (`ltm rule`)
  comment,    ///< `#` first on its line
  foreign     ///< everything from the first line of another language on (imish)
};

/// One statement, in 64 bytes: a configuration of 20 MB has a million of them. Views are into the tree.
struct Node {
  std::span<const std::string_view> words;  ///< without quotes and escapes
  std::span<const Node> block;
  std::string_view text;          ///< the bytes in the file, from the first word to the end of the value or block
  std::uint32_t line = 0;         ///< from 1
  std::uint32_t raw_offset = 0;   ///< in `text`
  std::uint32_t raw_bytes = 0;
  NodeKind kind = NodeKind::statement;

  std::string_view word(std::size_t index) const { return index < words.size() ? words[index] : std::string_view(); }
  std::string_view key() const { return word(0); }
  std::string_view raw() const { return text.substr(raw_offset, raw_bytes); }  ///< of raw, comment and foreign nodes
  bool is_block() const { return kind == NodeKind::block; }
  const Node* child(std::string_view key) const;  ///< the last of that key, as the BIG-IP takes it; null: none
};

/// What a text is written in.
enum class Grammar : std::uint8_t { tmsh, bigpipe, as3, rest };

/// Something odd that did not stop the reading.
struct TreeNotice {
  std::uint32_t line = 0;
  std::string what;
};

/// One text and its nodes. Moving it keeps every view.
struct Tree {
  std::string file;                                        ///< as the user named it; a member: ARCHIVE:PATH
  Grammar grammar = Grammar::tmsh;
  std::unique_ptr<const std::string> text;
  std::unique_ptr<std::pmr::monotonic_buffer_resource> arena;
  std::span<const Node> nodes;
  std::vector<TreeNotice> notices;
};

/// Memory and time stay bounded whatever the input is.
struct TreeLimits {
  std::size_t bytes = 256u << 20;
  std::size_t nodes = 5'000'000;
  std::uint32_t levels = 64;
};

/// Reads tmsh grammar (v11 and later): saved files, SCF, `tmsh list` in all its forms. An error names FILE:LINE and the
/// stanza that was open. Source: F5's saved files; the rules are in docs/f5.md.
Result<Tree> read_tmsh(std::string file, std::string text, const TreeLimits& limits = {});

/// Reads bigpipe grammar (v9, v10) and says it in the words of tmsh: "lb method rr" is "load-balancing-mode round-robin".
/// `text` and `line` of a node are still the file's.
Result<Tree> read_bigpipe(std::string file, std::string text, const TreeLimits& limits = {});

/// The file again, stitched from the nodes and what stands between them: byte for byte what was read.
std::string write(const Tree& tree);

/// The same with one stanza in other words; everything else keeps its bytes.
std::string write_with(const Tree& tree, const Node& replaced, std::string_view by);

/// A word as tmsh takes it: in quotes where it needs them.
std::string tmsh_word(std::string_view word);

/// A node as tmsh saves it: four blanks a level, one statement a line, quotes where they are needed.
std::string tmsh_form(const Node& node, std::size_t level = 0);

}  // namespace hairpin::f5

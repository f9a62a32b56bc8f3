// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "topology/f5/bigpipe_words.hpp"
#include "topology/f5/growing.hpp"
#include "topology/f5/value.hpp"

namespace hairpin::f5 {
namespace {

using Words = std::span<const std::string_view>;

std::string joined(Words words, std::string_view between = " ") {
  std::string text;
  for (const auto word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

/// One stanza after the other, in the words of tmsh.
class Modern {
 public:
  Modern(Tree tree, const TreeLimits& limits) : old_(tree.nodes), tree_(std::move(tree), limits) {}

  Tree all() {
    for (const auto& node : old_) stanza(node);
    return tree_.finish();
  }

 private:
  // --- making nodes that stand where the old one stood

  std::string_view keep(std::string_view text) { return tree_.keep(text); }
  Node like(const Node& at, std::initializer_list<std::string_view> words) {
    Node node{.words = tree_.words_of(words), .block = {}, .text = at.text, .line = at.line};
    return node;
  }
  Node block(const Node& at, std::initializer_list<std::string_view> words, const std::vector<Node>& children) {
    auto node = like(at, words);
    node.block = tree_.nodes_of(children);
    node.kind = NodeKind::block;
    return node;
  }
  Node list(const Node& at, std::string_view key, Words words) {
    std::vector<Node> children;
    for (const auto word : words) children.push_back(like(at, {name(word)}));
    return block(at, {key}, children);
  }
  /// A name in the partition that `shell write partition` has chosen.
  std::string_view name(std::string_view word) {
    return word.starts_with('/') || word == "none" ? word : keep(fmt::format("/{}/{}", partition_, word));
  }
  void put(const Node& at, std::initializer_list<std::string_view> words, const std::vector<Node>& children) {
    tree_.push_node(block(at, words, children));
  }

  // --- stanzas

  void stanza(const Node& node) {
    if (node.kind == NodeKind::comment || node.kind == NodeKind::foreign) return tree_.push_node(node);
    const auto kind = node.key();
    const auto second = node.word(1);
    if (node.words.size() >= 4 && kind == "shell" && second == "write") {
      partition_ = node.words.back();
    } else if (kind == "virtual" && second == "address") {
      put(node, {"ltm", "virtual-address", name(node.word(2))}, with_address(node, node.word(2)));
    } else if (kind == "virtual") {
      put(node, {"ltm", "virtual", name(second)}, body(node, false));
    } else if (kind == "pool") {
      put(node, {"ltm", "pool", name(second)}, pool(node));
    } else if (kind == "node") {
      put(node, {"ltm", "node", name(second)}, with_address(node, second));
    } else if (kind == "snat" && second == "translation") {
      put(node, {"ltm", "snat-translation", name(node.word(2))}, with_address(node, node.word(2)));
    } else if (kind == "snat") {
      put(node, {"ltm", "snat", name(second)}, body(node, true));
    } else if (kind == "snatpool") {
      put(node, {"ltm", "snatpool", name(second)}, snat_pool(node));
    } else if (kind == "nat") {
      nat(node);
    } else if (kind == "self") {
      put(node, {"net", "self", name(second)}, with_address(node, second));
    } else if (kind == "vlan") {
      put(node, {"net", "vlan", name(second)}, body(node, false));
    } else if (kind == "route") {
      route(node);
    } else {
      others(node);
    }
  }

  void others(const Node& node) {
    const auto kind = node.key();
    if (kind == "profile" && node.words.size() > 2) {
      const bool persists = node.word(1) == "persist";
      const auto type = persists ? persistence_type(node) : said_as(kTypes, node.word(1), node.word(1));
      put(node, {"ltm", persists ? "persistence" : "profile", type, name(node.word(2))}, body(node, false));
    } else if (kind == "monitor") {
      const auto* parent = find(node, "defaults from");
      put(node, {"ltm", "monitor", parent ? parent->word(2) : node.word(1), name(node.word(1))}, body(node, false));
    } else if (kind == "rule" && node.kind == NodeKind::raw) {
      auto rule = node;
      rule.words = tree_.words_of({"ltm", "rule", name(node.word(1))});
      tree_.push_node(rule);
    } else if (kind == "partition") {
      put(node, {"auth", "partition", node.word(1)}, body(node, false));
    } else {
      tree_.push_node(node);  // no part of a path; counted as what it is
    }
  }

  const Node* find(const Node& node, std::string_view phrase) {
    for (const auto& child : node.block)
      if (joined(child.words.first(std::min<std::size_t>(child.words.size(), 2))) == phrase) return &child;
    return nullptr;
  }

  std::string_view persistence_type(const Node& node) {
    for (const auto& child : node.block)
      if (child.key() == "mode") return keep(joined(child.words.subspan(1), "-"));
    return node.word(2);
  }

  /// Self IPs, nodes and the like are named by their address.
  std::vector<Node> with_address(const Node& node, std::string_view address) {
    auto nodes = body(node, false);
    nodes.insert(nodes.begin(), like(node, {"address", address}));
    return nodes;
  }

  std::vector<Node> pool(const Node& node) {
    std::vector<Node> nodes;
    std::vector<Node> members;
    for (const auto& child : node.block) {
      const bool is_member = child.key() == "members" || child.key() == "member";
      if (is_member && child.is_block() && child.words.size() == 1) {
        for (const auto& entry : child.block)
          if (entry.kind != NodeKind::comment) members.push_back(member(entry, entry.key()));
      } else if (is_member) {
        for (std::size_t i = 1; i < child.words.size(); ++i) members.push_back(member(child, child.words[i]));
      } else if (parse_written_endpoint(child.key()).port && child.key().find_first_of(":.") != Text::npos) {
        members.push_back(member(child, child.key()));  // on a line of its own, below `members`
      } else {
        say(nodes, child, Where::pool);
      }
    }
    if (!members.empty()) nodes.push_back(block(node, {"members"}, members));
    return nodes;
  }

  Node member(const Node& at, std::string_view word) {
    std::vector<Node> nodes;
    for (const auto& child : at.block) say(nodes, child, Where::member);
    return block(at, {name(word)}, nodes);
  }

  std::vector<Node> snat_pool(const Node& node) {
    std::vector<Node> members;
    for (const auto& child : node.block) {
      for (std::size_t i = 1; i < child.words.size(); ++i) members.push_back(like(child, {name(child.words[i])}));
      for (const auto& entry : child.block) members.push_back(like(entry, {name(entry.key())}));
      const bool is_bare = child.words.size() == 1 && child.block.empty() && child.key().find_first_of(".:") != Text::npos;
      if (is_bare) members.push_back(like(child, {name(child.key())}));
    }
    return {block(node, {"members"}, members)};
  }

  void nat(const Node& node) {
    auto nodes = body(node, false);
    nodes.push_back(like(node, {"originating-address", node.word(1)}));
    if (node.word(2) == "to") nodes.push_back(like(node, {"translation-address", node.word(3)}));
    put(node, {"ltm", "nat", name(node.word(1))}, nodes);
  }

  /// route default inet {…}, route 10.0.0.0/8 {…}, route 10.0.0.0 netmask 255.0.0.0 {…}
  void route(const Node& node) {
    auto nodes = body(node, false);
    std::string network(node.word(1));
    if (node.word(1) == "default" && node.word(2) == "inet6") network = "default-inet6";
    if (node.word(2) == "netmask" || node.word(2) == "mask") network += "/" + std::string(node.word(3));
    nodes.push_back(like(node, {"network", keep(network)}));
    put(node, {"net", "route", name(node.word(1))}, nodes);
  }

  // --- statements

  enum class Where { anywhere, pool, member, snat };

  std::vector<Node> body(const Node& node, bool is_snat) {
    std::vector<Node> nodes;
    for (const auto& child : node.block) say(nodes, child, is_snat ? Where::snat : Where::anywhere);
    return nodes;
  }

  void say(std::vector<Node>& nodes, const Node& node, Where where) {
    if (node.kind == NodeKind::comment || node.words.empty()) return;
    const auto values = node.words.subspan(1);
    const auto key = node.key();
    if (key == "lb" && node.word(1) == "method") {
      const auto method = joined(node.words.subspan(2));
      nodes.push_back(like(node, {"load-balancing-mode", said_as(kMethods, method, keep(method))}));
    } else if (key == "monitor") {
      monitors(nodes, node);
    } else if (key == "vlans" || (key == "vlan" && where == Where::snat)) {
      vlans(nodes, node);
    } else if (key == "profiles" || key == "profile") {
      profiles(nodes, node);
    } else if (key == "session") {
      const bool is_off = node.word(1) == "disable" || (node.word(1) == "user" && node.word(2) == "disabled");
      nodes.push_back(like(node, {"session", is_off ? "user-disabled" : "user-enabled"}));
    } else if (key == "state" || (key == "down" && where == Where::member)) {
      const bool is_down = joined(node.words).find("down") != std::string::npos;
      nodes.push_back(like(node, {"state", is_down ? "user-down" : "user-up"}));
    } else if (where == Where::pool && (key == "snat" || key == "nat")) {
      nodes.push_back(like(node, {key == "snat" ? "allow-snat" : "allow-nat", node.word(1)}));
    } else if (key == "snat" || (key == "snatpool" && where != Where::snat)) {
      nodes.push_back(like(node, {"snat", node.word(1) == "automap" || node.word(1) == "none" ? node.word(1) : name(node.word(1))}));
    } else if (key == "snatpool") {
      nodes.push_back(like(node, {"snatpool", name(node.word(1))}));
    } else if (key == "origins" || key == "origin") {
      origins(nodes, node);
    } else if (key == "interfaces") {
      interfaces(nodes, node);
    } else if (key == "persist" || key == "rules" || key == "rule") {
      nodes.push_back(node.is_block() ? named_block(node, key == "persist" ? "persist" : "rules")
                                      : list(node, key == "persist" ? "persist" : "rules", values));
    } else {
      phrase(nodes, node);
    }
  }

  Node named_block(const Node& node, std::string_view key) {
    std::vector<Node> children;
    for (const auto& child : node.block)
      if (child.kind != NodeKind::comment) children.push_back(like(child, {name(child.key())}));
    return block(node, {key}, children);
  }

  /// The longest phrase of the table that the words begin with; a node without one stays as it is.
  void phrase(std::vector<Node>& nodes, const Node& node) {
    constexpr std::array<std::string_view, 7> kNames = {"pool", "vlan", "defaults-from", "last-hop-pool", "fallback-persistence",
                                                        "translation", "rules"};
    for (auto count = std::min<std::size_t>(node.words.size(), 3); count > 0; --count) {
      const auto key = said_as(kPhrases, joined(node.words.first(count)), {});
      if (key.empty()) continue;
      const auto value = count < node.words.size() ? node.words[count] : std::string_view();
      const bool is_name = std::ranges::find(kNames, key) != kNames.end();
      if (key == "disabled" || value.empty()) nodes.push_back(like(node, {key}));
      else nodes.push_back(like(node, {key, is_name ? name(value) : value}));
      return;
    }
    nodes.push_back(node);
  }

  void monitors(std::vector<Node>& nodes, const Node& node) {
    std::vector<std::string_view> words = {"monitor"};
    for (const auto word : node.words.subspan(1))
      if (word != "all") words.push_back(word == "and" ? word : name(word));
    const auto from = tree_.words_waiting();
    for (const auto word : words) tree_.push_word(word);
    nodes.push_back({.words = tree_.take_words(from), .block = {}, .text = node.text, .line = node.line});
  }

  /// vlans internal external enable
  void vlans(std::vector<Node>& nodes, const Node& node) {
    auto words = node.words.subspan(1);
    const bool is_only = !words.empty() && words.back() == "enable";
    if (!words.empty() && (is_only || words.back() == "disable")) words = words.first(words.size() - 1);
    if (words.size() == 1 && words[0] == "none") words = {};
    nodes.push_back(node.is_block() ? named_block(node, "vlans") : list(node, "vlans", words));
    nodes.push_back(like(node, {is_only ? "vlans-enabled" : "vlans-disabled"}));
  }

  void profiles(std::vector<Node>& nodes, const Node& node) {
    std::vector<Node> uses;
    for (const auto word : node.words.subspan(1)) uses.push_back(block(node, {name(word)}, {}));
    for (const auto& child : node.block) {
      if (child.kind == NodeKind::comment) continue;
      std::vector<Node> side;
      for (const auto& flag : child.block)
        if (flag.key() == "clientside" || flag.key() == "serverside") side.push_back(like(flag, {"context", flag.key()}));
      uses.push_back(block(child, {name(child.key())}, side));
    }
    nodes.push_back(block(node, {"profiles"}, uses));
  }

  void origins(std::vector<Node>& nodes, const Node& node) {
    std::vector<Node> all;
    const auto words = node.words.subspan(1);
    for (std::size_t i = 0; i < words.size(); ++i) {
      std::string origin(words[i]);
      const auto next = i + 1 < words.size() ? words[i + 1] : std::string_view();
      if (next == "inet" || next == "inet6") {
        if (next == "inet6") origin += "-inet6";
        ++i;
      } else if ((next == "mask" || next == "netmask") && i + 2 < words.size()) {
        origin += "/" + std::string(words[i + 2]);
        i += 2;
      }
      all.push_back(like(node, {keep(origin)}));
    }
    for (const auto& child : node.block)
      if (child.kind != NodeKind::comment) all.push_back(like(child, {child.key(), child.word(1)}));
    nodes.push_back(block(node, {"origins"}, all));
  }

  void interfaces(std::vector<Node>& nodes, const Node& node) {
    std::vector<Node> all;
    for (const auto word : node.words.subspan(1))
      if (word != "tagged" && word != "untagged") all.push_back(like(node, {word}));
    for (const auto& child : node.block) all.push_back(child);
    nodes.push_back(block(node, {"interfaces"}, all));
  }

  std::span<const Node> old_;
  Growing tree_;
  std::string_view partition_ = "Common";
};

}  // namespace

Result<Tree> read_bigpipe(std::string file, std::string text, const TreeLimits& limits) {
  auto tree = read_tmsh(std::move(file), std::move(text), limits);
  if (!tree) return tree.error();
  tree->grammar = Grammar::bigpipe;
  return Modern(std::move(*tree), limits).all();
}

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "topology/f5/input.hpp"
#include "topology/f5/model.hpp"
#include "topology/f5/saying.hpp"

namespace hairpin::f5 {
namespace {

// Keys of iControl REST's own, which say nothing about the object.
constexpr std::array<std::string_view, 9> kOwnKeys = {"kind",     "name",      "fullPath", "generation",      "selfLink",
                                                      "partition", "subPath", "isSubcollection", "apiRawValues"};
// Keys that tmsh writes as one word: true says it, false leaves it out.
constexpr std::array<std::string_view, 13> kFlags = {"enabled",   "disabled",   "vlansEnabled", "vlansDisabled", "ipForward",
                                                     "l2Forward", "internal",   "reject",       "dhcpRelay",     "stateless",
                                                     "tagged",    "untagged",   "automap"};

/// "tm:ltm:profile:client-ssl:client-sslstate" → "ltm", "profile", "client-ssl"; empty: no kind of tmsh.
std::vector<std::string> words_of_kind(std::string_view kind) {
  std::vector<std::string> words;
  if (!kind.starts_with("tm:")) return words;
  kind.remove_prefix(3);
  for (auto colon = kind.find(':'); colon != kind.npos; colon = kind.find(':')) {
    words.emplace_back(kind.substr(0, colon));
    kind.remove_prefix(colon + 1);
  }
  return words;
}

std::string name_of(const Json& item) {
  if (const auto full = item.word("fullPath"); !full.empty()) return std::string(full);
  const auto partition = item.word("partition");
  const auto folder = item.word("subPath");
  std::string name;
  if (!partition.empty()) name = "/" + std::string(partition) + "/";
  if (!folder.empty()) name += std::string(folder) + "/";
  return name + std::string(item.word("name"));
}

class RestReader {
 public:
  RestReader(std::string file, std::string text, const TreeLimits& limits)
      : say_(std::move(file), std::move(text), Grammar::rest, limits) {}

  Result<Tree> read() {
    const auto root = parse_json_lines(say_.tree().text(), say_.tree().file());
    if (!root) return root.error();
    collect(*root);
    if (say_.tree().is_full())
      return refusal(fmt::format("read {}: more than {} statements", say_.tree().file(), say_.tree().limits().nodes));
    if (objects_ == 0)
      return refusal(fmt::format("read {}: no object of iControl REST in it", say_.tree().file()),
                     "GET /mgmt/tm/ltm/virtual?expandSubcollections=true and its like say \"kind\": \"tm:…\"");
    return say_.tree().finish();
  }

 private:
  /// Collections, objects, and whatever somebody wrapped them in.
  void collect(const Json& value) {
    const auto words = words_of_kind(value.word("kind"));
    const auto* items = value.find("items");
    if (!words.empty() && !items && value.find("name")) return object(value, words);
    for (const auto& child : value.children)
      if (child.is_object() || child.is_array()) collect(child);
  }

  void object(const Json& value, const std::vector<std::string>& kind) {
    ++objects_;
    const auto from = say_.tree().words_waiting();
    for (const auto& word : kind) say_.tree().push_word(say_.tree().keep(word));
    say_.tree().push_word(say_.tree().keep(name_of(value)));
    const auto words = say_.tree().take_words(from);
    Node node{.words = words, .block = {}, .text = {}, .line = value.line, .kind = NodeKind::block};
    if (const auto* body = value.find("apiAnonymous"); body && body->is_string()) {
      node = say_.raw(body->line, {}, body->text);
      node.words = words;
    } else {
      node.block = say_.tree().nodes_of(members(value));
    }
    say_.stanza(node);
  }

  std::vector<Node> members(const Json& value) {
    std::vector<Node> nodes;
    for (const auto& member : value.children)
      if (std::ranges::find(kOwnKeys, member.key) == kOwnKeys.end()) say_member(nodes, member);
    return nodes;
  }

  void say_member(std::vector<Node>& nodes, const Json& member) {
    if (const auto* items = member.find("items")) {
      const auto key = std::string_view(member.key);
      const auto name = key.ends_with("Reference") ? key.substr(0, key.size() - 9) : key;
      nodes.push_back(say_.block(member.line, {tmsh_key(name)}, each(*items)));
    } else if (const auto* is_sub = member.find("isSubcollection"); is_sub && is_sub->is_true()) {
      not_expanded(nodes, member);
    } else if (member.key.ends_with("Reference")) {
      return;  // a link to what another key names
    } else if (member.is_object()) {
      nodes.push_back(say_.block(member.line, {tmsh_key(member.key)}, members(member)));
    } else if (member.is_array()) {
      nodes.push_back(say_.block(member.line, {tmsh_key(member.key)}, each(member)));
    } else if (std::ranges::find(kFlags, member.key) != kFlags.end() && member.kind == Json::Kind::boolean) {
      if (member.is_true()) nodes.push_back(say_.statement(member.line, {tmsh_key(member.key)}));
    } else if (member.key == "monitor") {
      nodes.push_back(words(member));
    } else if (member.kind != Json::Kind::null) {
      nodes.push_back(say_.statement(member.line, {tmsh_key(member.key), member.text}));
    }
  }

  /// Only the link of a subcollection: what is in it is in another answer.
  void not_expanded(std::vector<Node>& nodes, const Json& member) {
    const auto name = tmsh_key(std::string_view(member.key).substr(0, member.key.size() - (member.key.ends_with("Reference") ? 9 : 0)));
    nodes.push_back(say_.statement(member.line, {kNotExpanded, name}));
    if (said_.insert(name).second)
      say_.tree().note(member.line, fmt::format("the {} of this object are not in the answer, nor perhaps those of others: ask with expandSubcollections=true", name));
  }

  std::vector<Node> each(const Json& list) {
    std::vector<Node> nodes;
    for (const auto& item : list.children) {
      if (item.is_object())
        nodes.push_back(say_.block(item.line, {name_of(item)}, members(item)));
      else
        nodes.push_back(say_.statement(item.line, {item.text}));
    }
    return nodes;
  }

  /// "/Common/http and /Common/tcp ", "min 1 of { /Common/http }": words of tmsh in one string.
  Node words(const Json& member) {
    const auto from = say_.tree().words_waiting();
    say_.tree().push_word("monitor");
    std::string_view rest = member.text;
    while (!rest.empty()) {
      const auto end = std::min(rest.find(' '), rest.size());
      const auto word = rest.substr(0, end);
      if (!word.empty() && word != "{" && word != "}" && word != "min" && word != "of" &&
          word.find_first_not_of("0123456789") != word.npos)
        say_.tree().push_word(say_.tree().keep(word));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {.words = say_.tree().take_words(from), .block = {}, .text = {}, .line = member.line};
  }

  Saying say_;
  std::size_t objects_ = 0;
  std::set<std::string> said_;  ///< kinds of subcollections that are missing
};

}  // namespace

std::string tmsh_key(std::string_view camel_case) {
  // Names that are taken in REST have "tm" in front: tmInterface, tmDefault.
  if (camel_case.size() > 2 && camel_case.starts_with("tm") && camel_case[2] >= 'A' && camel_case[2] <= 'Z')
    camel_case.remove_prefix(2);
  std::string key;
  for (std::size_t i = 0; i < camel_case.size(); ++i) {
    const char c = camel_case[i];
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (is_upper && i > 0) key += '-';
    key += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return key;
}

Result<Tree> read_rest(std::string file, std::string text, const TreeLimits& limits) {
  return RestReader(std::move(file), std::move(text), limits).read();
}

}  // namespace hairpin::f5

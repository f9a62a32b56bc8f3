// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/secrets.hpp"

#include <unordered_map>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

struct Secrets {
  std::size_t count = 0;
  std::uint32_t first_line = 0;
};

/// What is asked of each key once: a configuration has a million lines and a thousand keys.
class Keys {
 public:
  bool is_secret(Text key) {
    const auto [place, is_new] = known_.try_emplace(key, false);
    if (is_new) place->second = is_secret_key(key);
    return place->second;
  }

 private:
  std::unordered_map<Text, bool> known_;
};

/// Every form of secret has one of these.
bool may_be_secret(Text word) { return word.find('$') != Text::npos || word.find("-----") != Text::npos; }

/// `none` and an empty value keep no secret.
bool says_a_secret(const Node& node, Keys& keys) {
  if (node.words.size() < 2 || node.is_block()) return false;
  const auto value = node.words[1];
  if (value.empty() || value == "none") return false;
  for (std::size_t i = 1; i < node.words.size(); ++i)
    if (may_be_secret(node.words[i]) && is_secret_value(node.words[i])) return true;
  return keys.is_secret(node.words[0]);
}

void count(const Node& node, Keys& keys, Secrets& found) {
  if (says_a_secret(node, keys)) {
    ++found.count;
    if (found.first_line == 0) found.first_line = node.line;
  }
  for (const auto& child : node.block) count(child, keys, found);
}

void judge(const LintCase& c, LintFindings& into) {
  const auto& objects = c.config.objects;
  Keys keys;
  std::vector<Secrets> files(c.config.trees.size());
  std::vector<const Object*> first(files.size(), nullptr);
  for (const auto& object : objects) {
    if (!object.node || object.origin.file >= files.size()) continue;
    auto& found = files[object.origin.file];
    const auto before = found.count;
    for (const auto& child : object.node->block) count(child, keys, found);
    if (before == 0 && found.count > 0) first[object.origin.file] = &object;
  }
  for (std::size_t file = 0; file < files.size(); ++file)
    if (files[file].count > 0)
      into.push_back({{}, Severity::warning, first[file], {static_cast<std::uint32_t>(file), files[file].first_line},
                      fmt::format("{} secret{} in this file, the first here; none of them gets into a report", files[file].count, files[file].count == 1 ? "" : "s"),
                      {"keep the file where only its administrators read it"}, {}});
}

}  // namespace

const LintRule kSecrets001{"SEC-001", "W", "secrets in the file", "Passwords, keys and pass phrases travel with every copy of a configuration.", judge};

}  // namespace hairpin::f5

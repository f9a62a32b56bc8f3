// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "topology/f5/build/reading.hpp"

namespace hairpin::f5 {
namespace {

struct Target {
  Text word;
  Text kind;  ///< of the object that it names; empty: none
};
constexpr std::array<Target, 7> kTargets = {{{"pool", kPoolKind},
                                             {"clone-pool", kPoolKind},
                                             {"snatpool", kSnatPoolKind},
                                             {"virtual", "ltm virtual"},
                                             {"node", ""},
                                             {"member", ""},
                                             {"snat", ""}}};

struct PlacedWord {
  Text word;
  const Node* at;
};

/// tmsh saves `forward select pool P` as three lines, a person writes one: both are a list of words.
std::vector<PlacedWord> words_of(const Node& action) {
  std::vector<PlacedWord> words;
  for (const auto& node : action.block)
    if (node.kind != NodeKind::comment)
      for (const auto word : node.words) words.push_back({word, &node});
  return words;
}

void read_action(Reading& reading, Policy& policy, Text rule, const Node& action) {
  const auto words = words_of(action);
  if (words.empty()) return;
  PolicyAct act{rule, words.front().word, {}, {}, reading.origin(*words.front().at)};
  bool has_target = false;
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    const auto target = std::ranges::find(kTargets, words[i].word, &Target::word);
    if (target == kTargets.end()) continue;
    const auto& name = words[i + 1];
    act.target = target->word;
    act.origin = reading.origin(*words[i].at);
    act.name = target->kind.empty() ? name.word
                                    : reading.reference("policy action", target->kind, name.word, *name.at).value;
    policy.acts.push_back(act);
    has_target = true;
    ++i;
  }
  if (!has_target) policy.acts.push_back(act);
}

}  // namespace

void read_object(Reading& reading, Policy& object) {
  const auto* rules = object.node->child("rules");
  if (!rules) return;
  for (const auto& rule : rules->block)
    if (const auto* actions = rule.child("actions"))
      for (const auto& action : actions->block) read_action(reading, object, rule.key(), action);
}

}  // namespace hairpin::f5

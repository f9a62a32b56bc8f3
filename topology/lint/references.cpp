// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <unordered_set>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

/// A listing without any object of a kind that the BIG-IP makes by itself leaves that kind out as a whole. Translations are
/// SNAT-002's.
bool is_left_out(const Config& config, Text kind) {
  return kind == "ltm snat-translation" || (kind == "ltm node" && config.nodes.empty()) || (kind == "ltm virtual-address" && config.virtual_addresses.empty());
}

void judge_undefined(const LintCase& c, LintFindings& into) {
  for (const auto& use : c.config.references) {
    if (use.name.empty() || use.name == "none" || is_left_out(c.config, use.kind) || c.config.is_defined(use)) continue;
    into.push_back({{}, Severity::warning, use.from, use.origin, fmt::format("{} {}, which `{}` names, is in none of the files", use.kind, shown(use.name), shown(use.key)),
                    {fmt::format("tmsh list {} {}", use.kind, in_command(use.name))}, {}});
  }
}

/// Kinds of which an object that nothing names does nothing. (A virtual server is used by the network.)
constexpr std::array<Text, 6> kUseful{"ltm pool", "ltm rule", "ltm policy", "ltm snatpool", "ltm snat-translation", "ltm node"};

bool is_name_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '/' || letter == '_' ||
         letter == '-' || letter == '.' || letter == ':';
}

/// Every word of every iRule: a name in one may be a use, whatever Tcl makes of it.
void add_words(Text body, std::unordered_set<Text>& into) {
  for (std::size_t start = 0; start < body.size(); ++start) {
    if (!is_name_letter(body[start])) continue;
    auto end = start;
    while (end < body.size() && is_name_letter(body[end])) ++end;
    const auto word = body.substr(start, end - start);
    into.insert(word);
    if (const auto colons = word.find("::"); colons != Text::npos && colons > 0) into.insert(word.substr(0, colons));  // call RULE::PROC
    start = end;
  }
}

struct Uses {
  std::unordered_set<Name> names;      ///< full names
  std::unordered_set<Text> words;      ///< of iRules, data groups, and what is not understood
  bool has_all_words = true;           ///< false: a rule or a data group is in another file, and may name anything
};

/// Every word of a data group, in which iRules look names up, or of an object without a typed form may be a use.
void add_data(const Node& node, Uses& uses) {
  for (const auto word : node.words) add_words(word, uses.words);
  add_words(node.raw(), uses.words);
  for (const auto& child : node.block) add_data(child, uses);
}

/// `sys log-config`, `ltm message-routing`, …: nobody here knows which of its words name something.
bool is_not_understood(const Config& config, const Object& object) {
  return config.not_understood.kinds.contains(shown(object.kind.substr(0, 100)));
}

bool is_data_elsewhere(const Object& object) { return object.kind == "ltm data-group external"; }

Uses uses_of(const Config& config) {
  Uses uses;
  for (const auto& use : config.references) uses.names.insert(use.name);
  for (const auto& pool : config.pools)
    for (const auto& member : pool.members) uses.names.insert(member.node);
  for (const auto& policy : config.policies)
    for (const auto& act : policy.acts) uses.names.insert(act.name);
  for (const auto& rule : config.rules) {
    add_words(rule.body, uses.words);
    uses.has_all_words &= !rule.is_elsewhere;
  }
  for (const auto& object : config.objects) {
    if (object.kind == "ltm data-group internal" || is_not_understood(config, object)) add_data(*object.node, uses);
    uses.has_all_words &= !is_data_elsewhere(object);
  }
  uses.has_all_words &= config.not_understood.kinds.size() < NotUnderstood::kMostNames;
  return uses;
}

bool is_useful(Text kind) {
  for (const auto each : kUseful)
    if (each == kind) return true;
  return false;
}

void judge_unused(const LintCase& c, LintFindings& into) {
  const auto uses = uses_of(c.config);
  for (const auto& object : c.config.objects) {
    if (!is_useful(object.kind) || object.name.empty()) continue;
    const bool is_only_configured = object.kind == "ltm snat-translation" || object.kind == "ltm policy";
    if (!uses.has_all_words && !is_only_configured) continue;
    if (uses.names.contains(object.name) || uses.words.contains(object.name) || uses.words.contains(object.short_name())) continue;
    into.push_back({{}, Severity::warning, &object, {}, "nothing in these files uses it", {fmt::format("tmsh delete {} {}", object.kind, in_command(object.name))}, {}});
  }
}

void judge(const LintCase& c, LintFindings& into) {
  judge_undefined(c, into);
  judge_unused(c, into);
}

}  // namespace

const LintRule kReference001{"REF-001", "W", "names without an object, and objects that nothing names",
                             "What is missing does not act; what nobody uses is what somebody forgot, or a file that is missing here.", judge};

}  // namespace hairpin::f5

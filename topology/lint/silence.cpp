// SPDX-License-Identifier: Apache-2.0
#include "topology/lint/silence.hpp"

#include <fmt/format.h>

#include "base/spelling.hpp"
#include "topology/yaml/guard.hpp"
#include "topology/yaml/reading.hpp"
#include "topology/yaml/scalars.hpp"

namespace hairpin::f5 {
namespace {

constexpr yaml::Key kFile[] = {{"silence", "list of silences", yaml::kRequired, "rules that are silent about an object"}};
constexpr yaml::Key kSilence[] = {{"rule", "id of a rule", yaml::kRequired, "`hairpin lint --rules` lists them"},
                                  {"object", "full name", yaml::kRequired, "/Common/vs1, or \"*\""},
                                  {"reason", "text", yaml::kRequired, "why that is right there"}};
constexpr std::size_t kMostSilences = 10'000;

std::optional<std::string> read_rule(const yaml::Value& node, const std::string& path, yaml::Reading& reading) {
  if (node.kind == yaml::Kind::scalar && find_lint_rule(node.text)) return node.text;
  std::vector<std::string_view> ids;
  for (const auto* rule : lint_rules()) ids.push_back(rule->id);
  auto mend = did_you_mean(node.text, ids);
  if (mend.empty()) mend = "hairpin lint --rules lists them";
  reading.wrong(node, path, "the id of a rule", std::move(mend));
  return {};
}

void read_list(const yaml::Value& root, yaml::Reading& reading, std::vector<Silence>& into) {
  const yaml::Section file(root, "", kFile, reading);
  const auto* list = file.require("silence");
  if (!list) return;
  std::size_t count = 0;
  yaml::each_item(*list, "silence", "a list of silences", kMostSilences, false, reading, [&](const yaml::Value& item) {
    const yaml::Section section(item, fmt::format("silence[{}]", count++), kSilence, reading);
    const auto rule = section.need("rule", read_rule);
    const auto object = section.need("object", yaml::read_text);
    const auto reason = section.need("reason", yaml::read_text);
    if (rule && object && reason) into.push_back({*rule, *object, *reason, item.line});
  });
}

}  // namespace

SilenceReading read_silences(std::string_view bytes) {
  SilenceReading result;
  const auto text = yaml::without_byte_order_mark(bytes);
  if (auto problem = yaml::refused_bytes(text)) {
    result.problems.push_back(std::move(*problem));
    return result;
  }
  auto tree = yaml::parse_tree(text);
  result.problems = std::move(tree.problems);
  if (!tree.root) return result;
  yaml::Reading reading;
  read_list(*tree.root, reading, result.silences);
  const auto found = reading.take();
  result.problems.insert(result.problems.end(), found.begin(), found.end());
  return result;
}

std::vector<const Silence*> apply(const std::vector<Silence>& silences, LintFindings& findings) {
  std::vector<bool> is_used(silences.size(), false);
  for (auto& finding : findings)
    for (std::size_t i = 0; i < silences.size(); ++i) {
      const auto& silence = silences[i];
      const bool is_object = silence.object == "*" || (finding.object && finding.object->name == silence.object);
      if (silence.rule != finding.rule || !is_object) continue;
      finding.silenced = silence.reason;
      is_used[i] = true;
    }
  std::vector<const Silence*> idle;
  for (std::size_t i = 0; i < silences.size(); ++i)
    if (!is_used[i]) idle.push_back(&silences[i]);
  return idle;
}

}  // namespace hairpin::f5

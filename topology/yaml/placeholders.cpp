// SPDX-License-Identifier: Apache-2.0
#include "topology/yaml/placeholders.hpp"

#include "base/text.hpp"

namespace hairpin::yaml {
namespace {

void walk(const Value& value, const std::string& path, std::vector<TopologyProblem>& into) {
  if (value.kind == Kind::scalar && value.text.starts_with(kPlaceholder)) {
    auto what = value.text.substr(kPlaceholder.size());
    if (what.ends_with('>')) what.pop_back();
    into.push_back({value.line, value.column, path + " is not filled in", printable(what)});
  }
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const auto key = value.kind == Kind::map ? (path.empty() ? "" : ".") + printable(value.keys[i].text) : "[" + std::to_string(i) + "]";
    walk(value.items[i], path + key, into);
  }
}

}  // namespace

std::vector<TopologyProblem> placeholders(const Value& root) {
  std::vector<TopologyProblem> problems;
  walk(root, "", problems);
  return problems;
}

}  // namespace hairpin::yaml

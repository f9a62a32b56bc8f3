// SPDX-License-Identifier: Apache-2.0
#include "topology/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/identifier.hpp"
#include "base/sha256.hpp"
#include "topology/yaml/draft.hpp"
#include "topology/yaml/guard.hpp"
#include "topology/yaml/placeholders.hpp"
#include "topology/yaml/scalars.hpp"

namespace hairpin {
namespace {

using namespace yaml;

void read_version(const Section& file, Reading& reading) {
  const auto* version = file.require("hairpin");
  const bool is_known = version && version->kind == Kind::scalar && version->text == "1";
  if (version && !is_known) reading.wrong(*version, "hairpin", "1", "this version reads format 1");
}

Draft read_draft(const Value& root, Reading& reading) {
  Draft draft;
  const Section file(root, "", kFileKeys, reading);
  if (root.kind != Kind::map) return draft;
  read_version(file, reading);
  draft.topology.name = file.need("name", read_name).value_or("");
  read_hosts(file, draft, reading);
  read_networks(file, draft, reading);
  read_pools(file, draft, reading);
  read_waivers(file, draft, reading);
  complete(draft);
  check_names(draft, reading);
  check_addresses(draft, reading);
  check_pools(draft, reading);
  return draft;
}

/// The lines of a text, found once: problems are many, lines are long.
std::string_view line_of(std::string_view text, std::size_t line) {
  std::size_t start = 0;
  for (; line > 1 && start < text.size(); --line) start = std::min(text.size(), text.find('\n', start)) + 1;
  return start < text.size() ? text.substr(start, text.find('\n', start) - start) : std::string_view{};
}

void finish(std::vector<TopologyProblem>& problems, std::string_view text) {
  std::stable_sort(problems.begin(), problems.end(), [](const auto& left, const auto& right) {
    return std::pair(left.line, left.column) < std::pair(right.line, right.column);
  });
  for (auto& problem : problems) count_characters(problem, line_of(text, problem.line));
}

}  // namespace

std::string describe(const TopologyProblem& problem, const std::string& file) {
  auto text = fmt::format("{}:{}:{}: {}", file, problem.line, problem.column, problem.what);
  if (!problem.mend.empty()) text += "; " + problem.mend;
  return text;
}

TopologyReading read_topology(std::string_view bytes) {
  TopologyReading result;
  const auto text = without_byte_order_mark(bytes);
  if (auto problem = refused_bytes(text)) {
    result.problems.push_back(std::move(*problem));
    finish(result.problems, text.substr(0, kMostBytes));
    return result;
  }
  auto tree = parse_tree(text);
  result.problems = std::move(tree.problems);
  const auto open = tree.root ? placeholders(*tree.root) : std::vector<TopologyProblem>();
  result.problems.insert(result.problems.end(), open.begin(), open.end());
  if (tree.root && open.empty()) {  // what is not filled in yet is not an address of the wrong form as well
    Reading reading;
    auto draft = read_draft(*tree.root, reading);
    const auto found = reading.take();
    result.problems.insert(result.problems.end(), found.begin(), found.end());
    if (result.problems.empty()) result.topology = std::move(draft.topology);
  }
  finish(result.problems, text);
  if (!result.topology) return result;
  const auto digest = sha256(bytes);
  result.topology->sha256 = hex(digest.data(), digest.size());
  result.topology->text = std::string(bytes);
  return result;
}

}  // namespace hairpin

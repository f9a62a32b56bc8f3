// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "tests/unit/topology/files.hpp"
#include "topology/yaml/keys.hpp"

namespace hairpin::yaml {
namespace {

std::string document() {
  return bytes_of(std::filesystem::path(HAIRPIN_SOURCE_DIR) / "docs" / "topology.md");
}

/// The text under `## TITLE` up to the next heading.
std::string section(const std::string& text, std::string_view title) {
  const auto heading = fmt::format("\n## {}\n", title);
  const auto start = text.find(heading);
  if (start == text.npos) return "";
  return text.substr(start, text.find("\n## ", start + 1) - start);
}

TEST(Documentation, HasOneRowForEachKeyThatTheReaderKnows) {
  const auto text = document();
  for (const auto& [title, keys] : kKeyTables) {
    const auto part = section(text, title);
    ASSERT_FALSE(part.empty()) << "docs/topology.md has no section \"" << title << "\"";
    for (const auto& key : keys) {
      const auto row =
          fmt::format("| `{}` | {} | {} | {} |\n", key.name, key.value, key.fallback, key.meaning);
      EXPECT_NE(part.find(row), part.npos) << title << " lacks the row\n" << row;
    }
  }
}

TEST(Documentation, HasNoKeyThatTheReaderDoesNotKnow) {
  std::size_t rows = 0, keys = 0;
  const auto text = document();
  for (auto at = text.find("\n| `"); at != text.npos; at = text.find("\n| `", at + 1)) ++rows;
  for (const auto& table : kKeyTables) keys += table.keys.size();
  EXPECT_EQ(rows, keys);
}

TEST(Documentation, HasExamplesThatCanBeRead) {
  const auto text = document();
  std::size_t count = 0;
  for (auto at = text.find("```yaml\n"); at != text.npos; at = text.find("```yaml\n", at + 1), ++count) {
    const auto start = at + 8;
    const auto example = text.substr(start, text.find("```", start) - start);
    const auto reading = read_topology(example);
    EXPECT_TRUE(reading.topology) << problems_of(reading, "docs/topology.md") << example;
  }
  EXPECT_GE(count, 1u);
}

}  // namespace
}  // namespace hairpin::yaml

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "checks/causes.hpp"
#include "checks/check.hpp"
#include "hairpin/caller/topology_file.hpp"
#include "hairpin/commands/catalogue_text.hpp"

namespace hairpin {
namespace {

constexpr const char* kMark =
    "<!-- Written by scripts/docs from the catalogue in checks/: change it there. -->\n";

std::string page(const checks::Check& check) {
  auto text = fmt::format("{}# {}\n\n{}.\n\n- Source: {}\n- Needs: {}\n\n## How it is judged\n\n{}\n", kMark,
                          check.id, check.claim, check.source, check.needs, check.explanation);
  text += "\n## Causes\n";
  for (const auto& cause : checks::causes()) {
    if (cause.check != check.id) continue;
    text += fmt::format("\n### `{}`\n\n{} (verdict `{}`, owner: {})\n\n{}\n\nWhat mends it: {}\n", cause.id,
                        cause.title, boost::describe::enum_to_string(cause.verdict, "?"),
                        to_string(cause.owner), cause.meaning, cause.mend);
  }
  return text;
}

std::string list() {
  auto text = fmt::format("{}# Checks\n\n| check | claim |\n|---|---|\n", kMark);
  for (const auto& check : checks::catalogue())
    text += fmt::format("| [{0}]({0}.md) | {1} |\n", check.id, check.claim);
  return text;
}

Result<> write(const std::filesystem::path& path, const std::string& text) {
  const auto present = read_file(path.string());
  if (present && *present == text) return {};
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) return last_system_error("write " + path.string());
  return {};
}

}  // namespace

Result<> write_pages(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return Error{error, "make " + directory, {}};
  const std::filesystem::path root(directory);
  for (const auto& check : checks::catalogue())
    if (auto written = write(root / (std::string(check.id) + ".md"), page(check)); !written) return written;
  return write(root / "README.md", list());
}

}  // namespace hairpin

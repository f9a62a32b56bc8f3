// SPDX-License-Identifier: Apache-2.0
#include "hairpin/topology_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/handle.hpp"
#include "topology/yaml.hpp"

namespace hairpin {
namespace {
void close_file(std::FILE* file) { static_cast<void>(std::fclose(file)); }
}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t most_bytes) {
  const std::string doing = "read " + path;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    errno = EISDIR;
    return last_system_error(doing);
  }
  const Handle<std::FILE, close_file> file(std::fopen(path.c_str(), "rb"));
  if (!file) return last_system_error(doing);
  std::string bytes;
  char chunk[16'384];
  while (const auto count = std::fread(chunk, 1, sizeof chunk, file.get())) {
    bytes.append(chunk, count);
    if (bytes.size() > most_bytes)
      return refusal(doing, fmt::format("it is larger than {} bytes", most_bytes));
  }
  if (std::ferror(file.get()) != 0) return last_system_error(doing);
  return bytes;
}

std::optional<Topology> load_topology(const std::string& path) {
  const auto text = read_file(path);
  if (!text) {
    fmt::print(stderr, "hairpin: {}\n", describe(text.error()));
    return {};
  }
  auto reading = read_topology(*text);
  for (const auto& problem : reading.problems) fmt::print(stderr, "{}\n", describe(problem, path));
  return std::move(reading.topology);
}

}  // namespace hairpin

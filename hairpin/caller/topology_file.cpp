// SPDX-License-Identifier: Apache-2.0
#include "hairpin/caller/topology_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/complain.hpp"
#include "base/handle.hpp"
#include "base/spelling.hpp"
#include "base/text.hpp"
#include "checks/check.hpp"
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

bool are_waivers_known(const Topology& topology, const std::string& path) {
  bool are_known = true;
  for (const auto& waiver : topology.waivers) {
    if (checks::find_check(waiver.check)) continue;
    are_known = false;
    std::vector<std::string_view> ids;
    for (const auto& check : checks::catalogue()) ids.push_back(check.id);
    const auto near = nearest_spelling(waiver.check, ids);
    complain("{}: accept: there is no check \"{}\"; {}\n", path, printable(waiver.check),
               near.empty() ? "hairpin checks lists all" : fmt::format("did you mean \"{}\"?", near));
  }
  return are_known;
}

/// Files that a topology names are beside it.
void find_files_beside(Topology& topology, const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  const auto find = [&](std::string& file) {
    if (!file.empty()) file = (folder / file).string();  // an absolute name stays what it is
  };
  for (auto& host : topology.hosts) {
    if (host.state) {
      find(host.state->authority);
      find(host.state->credentials);
    }
    for (auto& file : host.f5_config) find(file);
    if (!host.tls) continue;
    find(host.tls->certificate);
    find(host.tls->key);
    find(host.tls->trusted);
    find(host.tls->ticket_key);
  }
}

std::optional<Topology> load_topology(const std::string& path) {
  const auto text = read_file(path);
  if (!text) {
    complain("hairpin: {}\n", describe(text.error()));
    return {};
  }
  auto reading = read_topology(*text);
  for (const auto& problem : reading.problems) complain("{}\n", describe(problem, path));
  if (reading.topology && !are_waivers_known(*reading.topology, path)) return {};
  if (reading.topology) find_files_beside(*reading.topology, path);
  return std::move(reading.topology);
}

}  // namespace hairpin

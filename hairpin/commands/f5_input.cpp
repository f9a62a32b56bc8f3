// SPDX-License-Identifier: Apache-2.0
#include "hairpin/commands/f5_input.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "base/complain.hpp"
#include "base/text.hpp"
#include "hairpin/caller/topology_file.hpp"
#include "topology/predict/of_topology.hpp"

namespace hairpin {
namespace {

constexpr std::size_t kMostFiles = 1000;

bool is_configuration(const std::filesystem::path& path) { return path.extension() == ".conf" || path.extension() == ".json"; }

/// bigip_base.conf stands before bigip.conf by name; partitions follow.
std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code failed;
  std::filesystem::recursive_directory_iterator each(folder, failed), end;
  for (; !failed && each != end && files.size() < kMostFiles; each.increment(failed))
    if (each->is_regular_file(failed) && is_configuration(each->path())) files.push_back(each->path().string());
  std::sort(files.begin(), files.end());
  return files;
}

Result<std::vector<std::string>> expanded(const std::vector<std::string>& names) {
  std::vector<std::string> files;
  for (const auto& name : names) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(name, ignored)) {
      files.push_back(name);
      continue;
    }
    const auto found = files_in(name);
    if (found.empty()) return refusal("read " + printable(name), "no *.conf and no *.json is in that folder");
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

Prefix prefix_of(const std::string& text) {
  auto prefix = parse_prefix(text);
  if (const auto address = prefix ? std::nullopt : parse_address(text)) prefix = Prefix{*address, static_cast<std::uint8_t>(address->size() * 8)};
  if (prefix && prefix->network.is_link_local())
    throw CLI::ValidationError("--source", fmt::format("\"{}\" is link-local, which every link has: name an address that is routed", printable(text)));
  if (prefix) return *prefix;
  throw CLI::ValidationError("--source", fmt::format("\"{}\" is no address and no prefix such as 10.1.2.0/24", printable(text)));
}

/// Whether some virtual server can have connections from addresses of that family; true where addresses are not known.
bool serves(const f5::Config& config, Family family) {
  return std::any_of(config.virtuals.begin(), config.virtuals.end(), [&](const f5::Virtual& server) {
    const auto& destination = server.destination.value;
    return !destination || destination->network.prefix.network.family == family;
  });
}

/// The first source that meets nobody; null: none.
const f5::PathSource* unserved(const std::vector<f5::PathSource>& sources, const f5::Config& config, const f5::Config* beside) {
  if (config.virtuals.empty() && (!beside || beside->virtuals.empty())) return nullptr;
  for (const auto& source : sources) {
    const auto family = source.network.network.family;
    if (!serves(config, family) && !(beside && serves(*beside, family))) return &source;
  }
  return nullptr;
}

}  // namespace

void complain_without_self_ips(const f5::Config& config) {
  if (config.selfs.empty()) complain("hairpin: no file has self IPs (bigip_base.conf has them): every path by it stays unknown\n");
}

void add_f5_output_options(CLI::App& command, F5Options& options) {
  command.add_flag("--json", options.wants_json, "JSON on stdout");
  command.add_flag("-v,--verbose", options.is_verbose, "Every reason, and everything that was not understood");
}

void add_f5_files(CLI::App& command, F5Options& options) {
  command
      .add_option("FILE", options.files,
                  "bigip.conf and bigip_base.conf, SCF, `tmsh list` output, UCS, qkview, AS3 or iControl REST JSON, or a folder of them; - is stdin")
      ->required();
}

void add_f5_sources(CLI::App& command, F5Options& options) {
  command.add_option("--source", options.sources, "Who opens connections: a network or a host; may be repeated")
      ->type_name("ADDRESS|PREFIX")
      ->allow_extra_args(false);
  command.add_option("-t,--topology", options.topology_file, "A topology file: its hosts, gateways and expectations")->type_name("FILE");
}

void add_f5_options(CLI::App& command, F5Options& options) {
  add_f5_files(command, options);
  add_f5_sources(command, options);
  add_f5_output_options(command, options);
}

std::optional<f5::Config> read_f5_config(const std::vector<std::string>& names) {
  const auto files = expanded(names);
  if (!files) {
    complain("hairpin: {}\n", describe(files.error()));
    return {};
  }
  auto config = f5::read_config(*files);
  if (config) return std::move(*config);
  complain("hairpin: {}\n", describe(config.error()));
  return {};
}

std::optional<F5Input> read_f5_input(const F5Options& options, const f5::Config* beside) {
  std::vector<f5::PathSource> sources;
  for (const auto& text : options.sources) {
    const auto prefix = prefix_of(text);
    sources.push_back({text, prefix});
  }
  auto config = read_f5_config(options.files);
  if (!config) return {};
  if (const auto* source = unserved(sources, *config, beside)) {
    complain("hairpin: --source {}: no virtual server of the configuration has an {} address\n", printable(source->name),
             source->network.network.family == Family::ipv6 ? "IPv6" : "IPv4");
    return {};
  }
  F5Input input{std::move(*config), {}, {}};
  if (!options.topology_file.empty()) {
    input.topology = load_topology(options.topology_file);
    if (!input.topology) return {};
    input.known = f5::known_of(*input.topology);
  }
  input.known.sources.insert(input.known.sources.end(), sources.begin(), sources.end());
  return input;
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "topology/f5/input.hpp"
#include "topology/model.hpp"
#include "topology/predict/predict.hpp"

namespace CLI {
class App;
}

/// What the commands about F5 configuration read: files of any kind, and what no configuration says.
namespace hairpin {

struct F5Options {
  std::vector<std::string> files;    ///< files and folders; "-" is standard input
  std::vector<std::string> sources;  ///< ADDRESS or PREFIX
  std::string topology_file;         ///< hosts, gateways and intentions; empty: none
  bool wants_json = false;
  bool is_verbose = false;
};

/// FILE…, --source, -t, --json and -v.
void add_f5_options(CLI::App& command, F5Options& options);
void add_f5_files(CLI::App& command, F5Options& options);           ///< FILE… alone
void add_f5_sources(CLI::App& command, F5Options& options);         ///< --source and -t
void add_f5_output_options(CLI::App& command, F5Options& options);  ///< --json and -v

struct F5Input {
  f5::Config config;
  f5::Known known;
  std::optional<Topology> topology;
};

/// Everything that was asked for; says on stderr what cannot be read, and returns nothing then (exit status 2), also for a
/// --source of a family of which no virtual server has an address, here or in the configuration `beside`. Throws
/// CLI::ValidationError for a --source that is no address, or none that a load balancer can meet.
std::optional<F5Input> read_f5_input(const F5Options& options, const f5::Config* beside = nullptr);

/// Says on stderr that no file has self IPs, without which every path stays unknown.
void complain_without_self_ips(const f5::Config& config);

/// One configuration of files and folders; a folder means its *.conf and *.json, those below it as well.
std::optional<f5::Config> read_f5_config(const std::vector<std::string>& files);

}  // namespace hairpin

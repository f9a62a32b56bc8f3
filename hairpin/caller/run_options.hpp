// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "topology/model.hpp"
#include "topology/predicted.hpp"

namespace hairpin {

/// How `hairpin run` (and `hairpin lab run`) executes and what it leaves and prints.
struct RunOptions {
  std::optional<Family> only_family;  ///< -4, -6
  std::string pki_directory;          ///< for TCP agents: ca.crt, operator.crt, operator.key
  std::string remote_hairpin = "hairpin";  ///< --remote-hairpin: what agents at ssh:HOST are started from
  std::uint64_t seed = 1;             ///< of our own choices: order, source ports, pauses
  std::string bundle_directory;       ///< --out; empty: hairpin-runs/NAME-TIME-VERDICT
  bool wants_json = false;            ///< --json on stdout
  std::string format = "text";        ///< text, json, junit, nagios
  std::vector<std::string> f5_files;  ///< --f5: the load balancer's configuration, for the check `config`
  std::vector<PredictedPath> predicted;  ///< what follows from it for this topology
  std::string junit_file;             ///< --junit FILE, beside the format on stdout
  bool is_quiet = false, is_verbose = false, is_strict = false;
  bool is_dry_run = false;          ///< --dry-run: print the plan and send nothing
  bool listens = true;              ///< false: no responder of ours anywhere, the service itself has its ports
  bool is_for_load = false;         ///< hairpin load: captures of sampled trips alone, and responders that serve objects
  bool resumes_sessions = false;    ///< of TLS, where it is for load
  bool prepare_only = false;        ///< --prepare-only: stop when every agent is ready or named
  std::chrono::seconds limit{300};  ///< --limit: probing stops after that, what is open is inconclusive
  std::chrono::milliseconds member_wait{
      6000};  ///< --member-wait: for a balancer that has not marked its members up
};

}  // namespace hairpin

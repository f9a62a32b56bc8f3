// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.hpp"
#include "evidence/finding.hpp"
#include "evidence/observation.hpp"

/// The directory that a run leaves: run.json, topology.yaml, observations.jsonl, captures/HOST-INTERFACE.pcap,
/// report.txt, junit.xml, versions.json. Judging it again gives the same findings.
namespace hairpin::reports {

/// NAME-20261122T100000Z-fail, made of safe characters only.
std::string bundle_name(const Run& run);

/// Writes everything but the captures, each file whole or not at all (temporary name, then rename).
Result<> write_bundle(const std::string& directory, const Run& run, const std::string& topology_text,
                      const Observations& observations);

struct Bundle {
  Run run;
  std::string topology_text;
  Observations observations;
};
/// Errors name file and line. Files of other versions are refused with a clear message.
Result<Bundle> read_bundle(const std::string& directory);

std::string to_json_lines(const Observations& observations);
Result<Observations> observations_from_json_lines(std::string_view text);

}  // namespace hairpin::reports

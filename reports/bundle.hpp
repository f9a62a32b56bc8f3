// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "base/json.hpp"
#include "base/result.hpp"
#include "evidence/finding.hpp"
#include "evidence/observation.hpp"

/// The directory that a run leaves: run.json, topology.yaml, observations.jsonl, captures/HOST-INTERFACE.pcap,
/// report.txt, junit.xml, versions.json; for-f5.txt where somebody else has to act (reports/for_f5.hpp). Judging it again
/// gives the same findings; that needs neither the texts nor junit.xml.
namespace hairpin::reports {

/// NAME-20261122T100000Z-fail, made of safe characters only.
std::string bundle_name(const Run& run);

/// Writes the captures of a bundle below its directory.
using WriteCaptures = std::function<Result<>(const std::string& directory)>;

/// Each file whole or not at all (temporary name, then rename); `write_captures`, unless it is empty, writes
/// the captures. run.json comes last: whatever is interrupted or does not fit leaves nothing that reads as a bundle.
Result<> write_bundle(const std::string& directory, const Run& run, const std::string& topology_text,
                      const Observations& observations, const WriteCaptures& write_captures = {});

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

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "evidence/load.hpp"

/// What a load measured, for a person and as files of the bundle. No verdict: that is the Run's.
namespace hairpin::reports {

/// One load of a search.
struct LoadTrialRow {
  double rate = 0;
  std::string outcome;  ///< "kept", or why it was not
  double p99_ms = 0;
};
BOOST_DESCRIBE_STRUCT(LoadTrialRow, (), (rate, outcome, p99_ms))

struct LoadReportData {
  std::string method;                     ///< "RFC 9411 §7.6, TCP connections per second with HTTPS"
  bool is_quick = false;
  std::vector<LoadTrialRow> trials;
  std::optional<double> knee;
  std::optional<LoadObservation> load;    ///< of all sources together
  std::vector<LoadObservation> sources;
  std::vector<ServedLoad> served;         ///< by the members, of `load`
  std::optional<LoadObservation> direct;  ///< past the balancer
  std::vector<std::string> deviations;
};
BOOST_DESCRIBE_STRUCT(LoadReportData, (), (method, is_quick, trials, knee, load, sources, served, direct, deviations))

/// The KPIs of RFC 9411 §6.3, distributions, shares, what the balancer costs, deviations.
std::string load_text(const LoadReportData& data);
/// load.json: everything above, and the shape; schema hairpin.load/1.
std::string load_json(const LoadReportData& data);
/// load-seconds.csv: a line for each second and source.
std::string load_seconds_csv(const LoadReportData& data);

}  // namespace hairpin::reports

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
  std::optional<double> p99_ms;  ///< absent: too few transactions
};
BOOST_DESCRIBE_STRUCT(LoadTrialRow, (), (rate, outcome, p99_ms))

/// What a search found, beside its trials.
struct LoadSearchEnd {
  double highest_kept = 0;
  std::optional<double> knee;
  std::string knee_unknown;  ///< why nobody can tell; empty: `knee` does
  std::string limit;         ///< how the generator or a responder held it back: what was found is a lower bound. Empty: it did not
};
BOOST_DESCRIBE_STRUCT(LoadSearchEnd, (), (highest_kept, knee, knee_unknown, limit))

/// One of several equal loads.
struct LoadRepeatRow {
  double rate = 0;      ///< completed transactions a second
  std::optional<double> p50_ms, p99_ms;  ///< absent: too few transactions
  std::uint64_t failed = 0;
  std::string verdict;
};
BOOST_DESCRIBE_STRUCT(LoadRepeatRow, (), (rate, p50_ms, p99_ms, failed, verdict))

struct LoadReportData {
  std::string method;                     ///< "RFC 9411 §7.6, TCP connections per second with HTTPS"
  bool is_quick = false;
  bool is_strict = false;                 ///< nothing may fail
  std::string not_made;                   ///< why there is no `load`
  std::vector<LoadTrialRow> trials;
  LoadSearchEnd search;
  std::string not_repeated;               ///< why there are fewer than were asked for; empty: there are not
  std::vector<LoadRepeatRow> repeats;     ///< `load` among them, which is the worst; empty: it was made once
  std::optional<LoadObservation> load;    ///< of all sources together
  std::vector<LoadObservation> sources;
  std::vector<ServedLoad> served;         ///< by the members, of `load`
  std::optional<SampledTrips> sampled;    ///< beside `load`
  std::optional<LoadObservation> direct;  ///< past the balancer
  std::vector<std::string> deviations;
};
BOOST_DESCRIBE_STRUCT(LoadReportData, (), (method, is_quick, is_strict, not_made, trials, search, not_repeated, repeats, load, sources, served, sampled, direct, deviations))

LoadRepeatRow repeat_row(const LoadObservation& load, std::string verdict);


/// The KPIs of RFC 9411 §6.3, distributions, shares, what the balancer costs, deviations.
std::string load_text(const LoadReportData& data);
/// load.json: everything above, and the shape; schema hairpin.load/1.
std::string load_json(const LoadReportData& data);
inline constexpr const char* kLoadJson = "load.json";  ///< its name in a bundle
/// What load_json wrote. An error for another schema, and for what is no such file.
Result<LoadReportData> read_load_json(std::string_view text);
/// load-seconds.csv: a line for each second and source.
std::string load_seconds_csv(const LoadReportData& data);
/// load-members.csv: a line for each second and member, by the members' own accounts.
std::string load_members_csv(const LoadReportData& data);

}  // namespace hairpin::reports

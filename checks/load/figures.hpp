// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "evidence/load.hpp"

namespace hairpin::checks {

/// What a load measured, in few numbers: of the whole seconds of the sustain phase, and times from when transactions were due.
struct LoadFigures {
  double transactions_per_second = 0;  ///< completed
  double connections_per_second = 0;   ///< established
  double megabits_per_second = 0;      ///< of objects
  double open_connections = 0;         ///< on average
  std::optional<double> half_ms, p99_ms;  ///< absent: too few transactions
};
LoadFigures figures_of(const LoadObservation& load);

/// "transactions_per_second=28.0 …", each followed by `after`; what is not known is left out. For JSON and as perfdata.
std::string figures_text(const LoadFigures& figures, const std::string& after = {});

}  // namespace hairpin::checks

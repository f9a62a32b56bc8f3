// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "topology/predict/predict.hpp"

namespace hairpin::f5 {

/// One path that another configuration changes.
struct PathChange {
  const Prediction* before = nullptr;  ///< null: the path is new
  const Prediction* after = nullptr;   ///< null: it is gone
  bool is_lost = false;                ///< gone, and no other member takes this source at that address and port
  std::string why;                     ///< why it is lost, where the second configuration says it
};

/// What a change means for those who connect, heaviest first.
BOOST_DEFINE_ENUM_CLASS(Effect, becomes_asymmetric, is_new_and_asymmetric, is_lost, becomes_uncertain, changes, gets_better)
Effect effect_of(const PathChange& change);

struct Difference {
  std::vector<PathChange> changes;  ///< by effect, then in the order of the second configuration
  std::size_t unchanged = 0;
};

/// Paths are the same by destination, port and protocol, member and source, whatever the virtual server is called. A path that an
/// iRule or policy of another text decides is uncertain. Both predictions have to outlive the result.
Difference difference(const Predictions& before, const Predictions& after);

std::string difference_text(const Config& before, const Config& after, const Difference& difference, bool is_verbose);
boost::json::value difference_json(const Config& before, const Config& after, const Difference& difference);  ///< "hairpin.config-diff/1"

}  // namespace hairpin::f5

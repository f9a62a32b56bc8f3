// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "topology/predict/predict.hpp"

/// Predictions to bytes. Everything of the configuration is printed through `shown`: no secret gets here.
namespace hairpin::f5 {

/// A table for each virtual server, those with the heaviest verdict first, and why, once for each verdict; `is_verbose`:
/// for each path, and all that was left out.
std::string predictions_text(const Config& config, const Predictions& predictions, bool is_verbose);

boost::json::value predictions_json(const Config& config, const Predictions& predictions);  ///< schema "hairpin.predict/1"

/// "none", "automap", "pool /Common/p", "global /Common/s", "unknown"
std::string snat_text(const Config& config, const Prediction& path);
/// What the member sees as the source: "the source itself", "10.0.0.4", "not known"
std::string seen_text(const Prediction& path);
/// "ltm virtual /Common/vs1, bigip.conf:120"; empty: nothing is cited
std::string cited(const Config& config, const Reason& reason);
/// "10.0.0.1:443", "any:80"
std::string destination_text(const Virtual& server);
std::string endpoint_text(const Member& member);

/// What of the input has no meaning here, and what is odd: "3 keys and 1 object were not understood", details with
/// `is_verbose`; empty: nothing.
std::string remarks_text(const Config& config, bool is_verbose);
boost::json::value remarks_json(const Config& config);

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>

#include "topology/f5/view/view.hpp"

/// The same as `show` prints, in the JSON of iControl REST: `entries`, each with `nestedStats`; or tmsh's own text where REST has
/// no form for it (`apiRawValues`).
namespace hairpin::f5 {

View<SeenConnection> rest_connections(const boost::json::value& document);   ///< /mgmt/tm/sys/connection
View<SeenStatus> rest_statuses(const boost::json::value& document);          ///< …/virtual/NAME/stats, …/pool/NAME/members/stats
View<SeenPersistence> rest_persistence(const boost::json::value& document);  ///< /mgmt/tm/ltm/persistence/persist-records
View<SeenResetCause> rest_reset_causes(const boost::json::value& document);  ///< /mgmt/tm/net/rst-cause
FailoverState rest_failover(const boost::json::value& document);             ///< /mgmt/tm/cm/failover-status

}  // namespace hairpin::f5

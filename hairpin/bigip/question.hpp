// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "evidence/observation.hpp"
#include "topology/f5/view/view.hpp"

/// What a BIG-IP is asked: a closed list, read only. Nothing here sends anything.
namespace hairpin::bigip {

enum class What { unit, virtual_server, pool, connections, persistence, resets };

struct Question {
  What what{};
  std::string name{};                        ///< full path of the virtual server or pool
  std::optional<IpAddress> client{};         ///< of connections and persistence records
  std::optional<Endpoint> virtual_server{};  ///< of connections
};

/// "show sys connection cs-client-addr 10.1.2.3 …": words of tmsh, built of typed values. A name with other characters than
/// letters, digits and /._:- makes none.
std::optional<std::string> tmsh_words(const Question& question);
/// "/mgmt/tm/sys/connection?options=…"; the same for iControl REST.
std::optional<std::string> rest_target(const Question& question);

enum class Form { tmsh, json };

/// An answer put into what is known of the balancer. Rows that are not about the question are left out; what was not
/// understood is counted. `known` holds what resets were counted at first, so that the second answer gives what grew.
struct Known {
  BalancerFacts facts{};
  std::vector<ConnectionObservation> connections{};
  std::optional<std::vector<f5::SeenResetCause>> first_resets{};
  std::size_t rows = 0;  ///< that were understood, of all answers
};
/// False: nothing of the answer was understood.
bool understand(Known& known, const Question& question, const std::string& answer, Form form, WallTime now, bool is_before);

}  // namespace hairpin::bigip

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "evidence/finding.hpp"

namespace hairpin::checks {

/// One row of the closed list of causes: forever, never renamed.
struct Cause {
  std::string_view id;           ///< "return-path.bypasses-load-balancer"
  std::string_view check;
  Owner owner;
  Verdict verdict;               ///< of a finding with this cause
  std::string_view title;        ///< one line
  std::string_view meaning;      ///< what happens in the network and what the user sees
  std::string_view mend;         ///< what mends it, worded for a person
};

std::span<const Cause> causes();      ///< all of them
std::span<const Cause> tls_causes();  ///< … those of the checks `tls-…` and `mtls-…`
std::span<const Cause> tls_client_causes();  ///< … of those that behave as a bad client
const Cause* find_cause(std::string_view id);

}  // namespace hairpin::checks

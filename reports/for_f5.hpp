// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "evidence/finding.hpp"
#include "evidence/observation.hpp"

namespace hairpin::reports {

/// for-f5.txt: what to tell the people who run the load balancer or the network, who never heard of hairpin and have
/// their own tools: one section for each diagnosis that they own. Empty when there is none. Times are in UTC, and once
/// in the time zone of this machine.
std::string for_f5(const Run& run, const std::vector<CaptureFacts>& captures);

}  // namespace hairpin::reports

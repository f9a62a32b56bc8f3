// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string& seconds) {
  site.balancer.forgets_after_s = static_cast<unsigned>(std::stoul(seconds));
  site.balancer.forgets_silently = false;
  site.promise.idle_s = kPromisedIdle_s;
}

}  // namespace

const Fault kIdleExpiry{.name = "idle-expiry",
                        .summary = "the balancer forgets what was idle for N seconds, and resets what comes later; 4 s are promised",
                        .value = FaultValue::number,
                        .least = 1,
                        .most = 3600,
                        .group = "idle",
                        .objection = not_with_npath,
                        .apply = apply};

}  // namespace hairpin::lab

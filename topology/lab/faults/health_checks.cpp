// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string&) { site.balancer.checks_health = true; }

}  // namespace

const Fault kHealthChecks{.name = "health-checks",
                          .summary = "the balancer checks every member each second",
                          .is_benign = true,
                          .objection = always_applies,
                          .apply = apply};

}  // namespace hairpin::lab

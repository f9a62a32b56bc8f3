// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string&) { site.balancer.counts_connections = true; }

std::string objection(const LabOptions& options) {
  const bool is_proxy = options.mode != "fastl4" && options.mode != "npath";
  return is_proxy ? "" : "only a full proxy of this lab counts connections";
}

}  // namespace

const Fault kBalance{.name = "balance",
                     .summary = "the balancer chooses the member with the fewest connections",
                     .value = FaultValue::word,
                     .words = "leastconn",
                     .is_benign = true,
                     .objection = objection,
                     .apply = apply};

}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string& seconds) {
  site.balancer.forgets_after_s = static_cast<unsigned>(std::stoul(seconds));
  site.balancer.forgets_silently = true;
  site.promise.idle_s = kPromisedIdle_s;
}

std::string objection(const LabOptions& options) {
  if (options.mode == "fastl4") return "";
  return options.mode == "npath" ? not_with_npath(options) : "HAProxy never drops what it has forgotten";
}

}  // namespace

const Fault kIdleSilent{.name = "idle-silent",
                        .summary = "the same, but it drops what comes later",
                        .value = FaultValue::number,
                        .least = 1,
                        .most = 3600,
                        .group = "idle",
                        .objection = objection,
                        .apply = apply};

}  // namespace hairpin::lab

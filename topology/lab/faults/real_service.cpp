// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"
#include "topology/lab/service.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string& how) {
  for (const auto& member : site.members()) run_service(site.host(member), site.vip.port, how == "mutual");
  site.promise.probe = "hello";
}

std::string objection(const LabOptions& options) {
  const bool ends_tls = options.mode == "terminate" || options.mode == "reencrypt";
  return ends_tls ? "the balancer itself answers the hello there" : "";
}

}  // namespace

const Fault kRealService{.name = "real-service",
                         .summary = "nginx owns the service's port on every member, also requiring client certificates; probes say hello only",
                         .value = FaultValue::word,
                         .default_value = "plain",
                         .words = "plain mutual",
                         .objection = objection,
                         .apply = apply};

}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

std::string objection(const LabOptions& options) {
  if (options.mode == "npath") return "nPath forwards packets as they are";
  const bool has_snat = options.snat != SnatType::none;
  if (options.mode == "standard" && has_snat) return "a full proxy with SNAT chooses its own ports anyway";
  if (options.mode == "fastl4" && !has_snat) return "without SNAT the source stays as it is";
  return "";
}

void apply(Site& site, const std::string&) { site.balancer.keeps_source_port = false; }

}  // namespace

const Fault kSourcePort{.name = "source-port",
                        .summary = "the balancer does not keep the source port",
                        .value = FaultValue::word,
                        .words = "changed",
                        .is_benign = true,
                        .objection = objection,
                        .apply = apply};

}  // namespace hairpin::lab

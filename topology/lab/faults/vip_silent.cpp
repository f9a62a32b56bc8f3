// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string&) { site.balancer.vip = VipState::silent; }

}  // namespace

const Fault kVipSilent{.name = "vip-silent",
                       .summary = "the balancer drops what arrives at the VIP",
                       .group = "vip",
                       .objection = always_applies,
                       .apply = apply};

}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string&) { site.balancer.vip = VipState::refused; }

}  // namespace

const Fault kVipRefused{.name = "vip-refused",
                        .summary = "nothing listens at the VIP: the balancer answers RST",
                        .group = "vip",
                        .objection = always_applies,
                        .apply = apply};

}  // namespace hairpin::lab

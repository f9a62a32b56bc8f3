// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/lab/catalogue.hpp"

namespace hairpin::lab {

extern const Fault kWrongGateway, kRpFilter, kMemberRefused, kMemberSilent, kVipRefused, kVipSilent,
    kSnatWrongAddress, kHidesMember, kNoTimestamps, kSourcePort, kForeignTraffic, kHealthChecks,
    kGatewayOwnMac;

}  // namespace hairpin::lab

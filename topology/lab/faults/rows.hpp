// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "topology/lab/catalogue.hpp"

namespace hairpin::lab {

extern const Fault kClientsInPoolSubnet, kRouterBehindLb, kTwoGateways, kWrongGateway, kRpFilter, kMemberRefused,
    kMemberSilent, kVipRefused, kVipSilent, kFiltered, kReplyLost, kLoss, kSnatWrongAddress, kSnatUnused,
    kSnatMembersOnly, kHidesMember, kForeignMember, kMonitorFails, kPersistence, kBalance, kBalancerLimit, kIdleExpiry, kIdleSilent,
    kNameElsewhere, kTlsMode, kCertificates, kNoAgent, kRealService, kNoTimestamps, kSourcePort, kSnatPorts, kForeignTraffic, kHealthChecks, kGatewayOwnMac;

/// What the topology promises where the lab's balancer forgets idle connections.
inline constexpr unsigned kPromisedIdle_s = 4;

}  // namespace hairpin::lab

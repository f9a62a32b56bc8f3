// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "checks/pairs.hpp"

namespace hairpin::checks {

using Trips = std::vector<const Trip*>;

/// The trips of a pair's source through its VIP that landed on `member`; empty: nobody knows where.
Trips trips_of(const Case& c, const Pair& pair, const std::string& member);

/// A finding of a diagnosis and its connections.
struct Failure {
  const Finding* finding = nullptr;
  const Pair* pair = nullptr;  ///< one of the same source and VIP
  Trips trips;                 ///< the ones that failed, at least one; all of the subject's where nothing tells them apart
  bool is_broken = false;      ///< connections fail; otherwise they are answered and break a promise
};

/// One failure for each subject. Where connections fail, a promise that others break beside it is no failing connection:
/// a client that is answered without SNAT proves that the VIP is alive.
std::vector<Failure> failures_of(const Case& c, const std::vector<Pair>& pairs, const std::vector<Finding>& findings,
                                 const Diagnosis& diagnosis);

}  // namespace hairpin::checks

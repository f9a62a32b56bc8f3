// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/check.hpp"

/// One declaration per check; catalogue.cpp has one line each.
namespace hairpin::checks {

extern const Check coverage;
extern const Check member;
extern const Check reachability;
extern const Check reset;
extern const Check return_path;
extern const Check snat;
extern const Check vantage;

}  // namespace hairpin::checks

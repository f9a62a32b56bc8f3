// SPDX-License-Identifier: Apache-2.0
// And what most of them include of ours: for a build from scratch, since each change to one of these compiles everything again.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "evidence/finding.hpp"
#include "evidence/trip.hpp"
#include "topology/plan.hpp"

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evidence/finding.hpp"
#include "evidence/observation.hpp"
#include "reports/load_text.hpp"
#include "topology/model.hpp"
#include "topology/plan.hpp"

namespace hairpin {

/// Judges what a load measured: at its end, and again from its bundle.
Run judge_load(const Topology& topology, const reports::LoadReportData& data);
/// Adds what the trips show that were made meanwhile.
void judge_samples(Run& run, const Topology& topology, const Plan& plan, const reports::LoadReportData& data,
                   const Observations& observations);

}  // namespace hairpin

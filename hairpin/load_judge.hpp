// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evidence/finding.hpp"
#include "reports/load_text.hpp"
#include "topology/model.hpp"

namespace hairpin {

/// Judges what a load measured: at its end, and again from its bundle.
Run judge_load(const Topology& topology, const reports::LoadReportData& data);

}  // namespace hairpin

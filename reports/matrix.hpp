// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "evidence/finding.hpp"
#include "reports/page.hpp"

namespace hairpin::reports {

/// Sources down, members across, the worst verdict of each pair in the cell: one matrix for each virtual
/// server and family among the findings about pairs. Sources that reach every member share one line when
/// there are many. What is wider than the page is written as a list of the pairs that did not pass.
void write_matrices(Page& page, std::size_t indent, const std::vector<const Finding*>& findings);

}  // namespace hairpin::reports

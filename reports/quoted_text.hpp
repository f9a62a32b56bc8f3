// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "evidence/finding.hpp"
#include "reports/page.hpp"

/// The connections that a diagnosis quotes, in words: what the text report and for-f5.txt share.
namespace hairpin::reports {

/// "oc01 → oc02"; "oc01" when nobody knows the member.
std::string who(const QuotedPair& pair);

/// "4 of 4 failed, confirmed", "1 of 6 failed, intermittent", "1 of 1 failed, seen once".
std::string failures(const QuotedPair& pair);

/// "client1 → oc01, oc02 (6 of 6)": every source that reached somebody through the same VIP; empty when none did.
std::string works(const Diagnosis& diagnosis);

/// Whether there is a command that repeats one of the failing pairs.
bool has_repeat(const Diagnosis& diagnosis);

/// The commands that repeat each failing pair, each under the host on which to type them.
void write_repeat(Page& page, std::size_t indent, const Diagnosis& diagnosis, std::size_t most_pairs);

}  // namespace hairpin::reports

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "evidence/finding.hpp"

/// Findings in words: what the text report and JUnit share.
namespace hairpin::reports {

/// "oc01 → oc02", "from oc01", "to oc02", "host oc01", "pool01/mcu-factory".
std::string who(const Subject& subject);
/// "pool01/mcu-factory 10.137.2.11:444 ipv4"; empty for a finding about a host.
std::string where(const Subject& subject);

/// "4 of 4 attempts failed, confirmed, grade violated"; empty when nothing was attempted.
std::string tally(const Finding& finding);

/// "captures/oc01-eth0.pcap #12", where somebody finds a packet with his own tools; "oc01/probe" for what is none.
std::string place_of(const Evidence& evidence);

/// "captures/oc01-eth0.pcap #12  10:00:01.123456Z  10.137.2.22.444 > …: Flags [S.] …", with the match key when asked for.
std::string evidence_line(const Evidence& evidence, bool names_match);

/// "FAIL", "ok", "?", "warn", "info", "skip".
std::string_view tag(Verdict verdict);

/// "11 passed, 2 failed, 0 warnings, 3 info, 0 inconclusive, 1 skipped".
std::string to_string(const Counts& counts);

/// The findings of a diagnosis, in the order of the run; ids that the run does not have are left out.
std::vector<const Finding*> findings_of(const Run& run, const Diagnosis& diagnosis);

/// The findings whose symptom this finding's cause explains.
std::vector<const Finding*> explained_by(const Run& run, const Finding& finding);

}  // namespace hairpin::reports

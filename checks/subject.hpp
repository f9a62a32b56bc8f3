// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "evidence/finding.hpp"
#include "evidence/observation.hpp"

namespace hairpin::checks {

/// Whom a finding about connections of this source to this target is about: the virtual server, and the member where it was asked
/// itself, past the VIP.
Subject subject_of(const std::string& source, const Target& target);

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "topology/f5/value.hpp"

namespace hairpin::f5 {

/// What BIG-IP brings along: names that are defined though no file defines them, and some defaults. A small table of facts
/// (15.1.8's profile_base.conf, AS3's schema, 13.1's sys db), not a copy: what it lacks is "not stated", never guessed.
struct ShippedProfile {
  Text type;
  Text parent;  ///< the name of a shipped profile; empty: none
};
std::optional<ShippedProfile> shipped_profile(Name name);
std::optional<Text> shipped_setting(Name profile, Text key);  ///< with those of its parents, where they are known
std::optional<Text> shipped_db(Text variable);

}  // namespace hairpin::f5

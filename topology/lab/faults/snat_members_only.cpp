// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string&) {
  site.balancer.translates_members_only = true;
  site.promise.snat = "[ { from: [members], type: automap }, { from: [any], type: none } ]";
}

std::string objection(const LabOptions& options) {
  return options.snat == SnatType::automap ? "" : "it needs --snat automap";
}

}  // namespace

const Fault kSnatMembersOnly{.name = "snat-members-only",
                             .summary = "SNAT automap for connections of members, none for others, and promised so",
                             .is_benign = true,
                             .objection = objection,
                             .apply = apply};

}  // namespace hairpin::lab

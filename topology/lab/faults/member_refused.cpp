// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string& member) {
  site.host(member).nft_tables.push_back(
      fmt::format("table inet fault {{\n"
                  "  chain in {{\n"
                  "    type filter hook input priority filter\n"
                  "    tcp dport {} reject with tcp reset\n"
                  "  }}\n"
                  "}}\n",
                  site.vip.port));
}

}  // namespace

const Fault kMemberRefused{.name = "member-refused",
                           .summary = "nothing listens on the member: it answers RST",
                           .value = FaultValue::member,
                           .default_value = "oc02",
                           .group = "member",
                           .objection = always_applies,
                           .apply = apply};

}  // namespace hairpin::lab

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
                  "    tcp dport {} drop\n"
                  "  }}\n"
                  "}}\n",
                  site.vip.port));
}

}  // namespace

const Fault kMemberSilent{.name = "member-silent",
                          .summary = "the member drops what arrives at the service's port",
                          .value = FaultValue::member,
                          .default_value = "oc02",
                          .group = "member",
                          .objection = always_applies,
                          .apply = apply};

}  // namespace hairpin::lab

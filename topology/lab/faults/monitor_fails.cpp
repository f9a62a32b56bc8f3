// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "topology/lab/faults/rows.hpp"
#include "topology/lab/rules.hpp"

namespace hairpin::lab {
namespace {

/// Refuses the balancer's own addresses only: its monitor fails, whatever else works.
void refuse_monitor(Site& site, const std::string& member) {
  const auto word = family_word(site.family);
  site.host(member).nft_tables.push_back(
      fmt::format("table inet fails_monitor {{\n"
                  "  chain in {{\n"
                  "    type filter hook input priority filter\n"
                  "    {} saddr {{ {}, {} }} tcp dport {} reject with tcp reset\n"
                  "  }}\n"
                  "}}\n",
                  word, text_of(server_address(site.family, 4)), text_of(server_address(site.family, 5)), site.vip.port));
}

void apply(Site& site, const std::string& wanted) {
  auto& balancer = site.balancer;
  balancer.checks_health = true;
  // HAProxy decides for itself; the others have no monitor of their own, and are told what it would find.
  const bool is_proxy = site.options.mode != "fastl4" && site.options.mode != "npath";
  for (const auto& member : site.members()) {
    if (wanted != "all" && wanted != member) continue;
    balancer.down.insert(member);
    refuse_monitor(site, member);
    if (!is_proxy) std::erase(balancer.selectable, member);
  }
}

}  // namespace

const Fault kMonitorFails{.name = "monitor-fails",
                          .summary = "the balancer checks its members and finds the member down",
                          .value = FaultValue::member,
                          .default_value = "oc02",
                          .words = "all",
                          .group = "monitor",
                          .objection = always_applies,
                          .apply = apply};

}  // namespace hairpin::lab

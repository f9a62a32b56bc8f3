// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "topology/lab/modes/rows.hpp"
#include "topology/lab/rules.hpp"

namespace hairpin::lab {
namespace {

std::string translation(const Site& site) {
  std::vector<std::string> members;
  for (const auto& member : site.balancer.selectable)
    members.push_back(text_of(site.member_endpoint(member).address));
  auto table = fmt::format(
      "table inet lb {{\n"
      "  chain pre {{\n"
      "    type nat hook prerouting priority dstnat\n"
      "    {} dnat {} to {}\n"
      "  }}\n",
      to_vip(site), family_word(site.family), choice("numgen inc", members));
  // `ct status dnat`: the direct control to a member is routed through as it is.
  if (site.balancer.snat != SnatType::none)
    table += fmt::format(
        "  chain post {{\n"
        "    type nat hook postrouting priority srcnat\n"
        "    ct status dnat tcp dport {} {}\n"
        "  }}\n",
        site.vip.port, snat_statement(site));
  return table + "}\n";
}

void configure(Site& site) {
  own_service_addresses(site);
  auto& bigip = site.bigip();
  if (site.balancer.vip == VipState::silent) bigip.nft_tables.push_back(silent_vip_table(site));
  // Without the translation nothing listens at the VIP: the balancer's kernel refuses.
  if (site.balancer.vip == VipState::serving) bigip.nft_tables.push_back(translation(site));
  if (site.balancer.checks_health) add_monitor(site);
}

}  // namespace

const Mode kFastL4{.name = "fastl4",
                   .summary = "packets are translated one by one (F5: Performance Layer 4); nftables",
                   .lay_out = [](Site&) {},
                   .configure = configure};

}  // namespace hairpin::lab

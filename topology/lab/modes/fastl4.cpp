// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "topology/lab/modes/rows.hpp"
#include "topology/lab/rules.hpp"

namespace hairpin::lab {
namespace {

std::string translation(const Site& site) {
  const auto word = family_word(site.family);
  std::string rules;
  for (const auto& [source, member] : site.balancer.bindings)
    rules += fmt::format("    {} saddr {} {} dnat {} to {}\n", word, text_of(source), to_vip(site), word,
                         text_of(site.member_endpoint(member).address));
  std::vector<std::string> members;
  for (const auto& member : site.balancer.selectable)
    members.push_back(text_of(site.member_endpoint(member).address));
  auto table = fmt::format(
      "table inet lb {{\n"
      "  chain pre {{\n"
      "    type nat hook prerouting priority dstnat\n"
      "{}"
      "    {} dnat {} to {}\n"
      "  }}\n",
      rules, to_vip(site), word, choice("numgen inc", members));
  // `ct status dnat`: the direct control to a member is routed through as it is.
  if (site.balancer.snat != SnatType::none)
    table += fmt::format(
        "  chain post {{\n"
        "    type nat hook postrouting priority srcnat\n"
        "    ct status dnat {}tcp dport {} {}\n"
        "  }}\n",
        translated_sources(site), site.vip.port, snat_statement(site));
  return table + "}\n";
}

/// A connection that was forgotten is not picked up again: its next packet meets the balancer's own kernel, which
/// answers RST, or a rule that drops it.
void forget_idle(Site& site) {
  auto& bigip = site.bigip();
  bigip.sysctls.push_back({"net/netfilter/nf_conntrack_tcp_loose", "0", false});
  bigip.sysctls.push_back({"net/netfilter/nf_conntrack_tcp_timeout_established",
                           std::to_string(site.balancer.forgets_after_s), false});
  if (!site.balancer.forgets_silently) return;
  bigip.nft_tables.push_back(
      fmt::format("table inet forgotten {{\n"
                  "  chain in {{\n"
                  "    type filter hook input priority filter\n"
                  "    {} ct state invalid drop\n"
                  "  }}\n"
                  "  chain through {{\n"
                  "    type filter hook forward priority filter\n"
                  "    tcp sport {} ct state invalid drop\n"
                  "  }}\n"
                  "}}\n",
                  to_vip(site), site.vip.port));
}

void configure(Site& site) {
  own_service_addresses(site);
  auto& bigip = site.bigip();
  if (site.balancer.vip == VipState::silent) bigip.nft_tables.push_back(silent_vip_table(site));
  // Without the translation nothing listens at the VIP: the balancer's kernel refuses.
  if (is_serving(site)) bigip.nft_tables.push_back(translation(site));
  if (site.balancer.forgets_after_s > 0) forget_idle(site);
  if (site.balancer.checks_health) add_monitor(site);
}

}  // namespace

const Mode kFastL4{.name = "fastl4",
                   .summary = "packets are translated one by one (F5: Performance Layer 4); nftables",
                   .lay_out = [](Site&) {},
                   .configure = configure};

}  // namespace hairpin::lab

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "topology/lab/modes/rows.hpp"
#include "topology/lab/rules.hpp"

namespace hairpin::lab {
namespace {

/// Members hold the VIP themselves, keep quiet about it, and answer clients by way of another router.
void lay_out(Site& site) {
  site.return_path = ReturnPath::direct;
  add_second_router(site);
  for (const auto& name : site.members()) {
    auto& member = site.host(name);
    member.loopback.push_back(single(site.vip.address));
    member.sysctls.push_back({"net/ipv4/conf/all/arp_ignore", "1", false});
    member.sysctls.push_back({"net/ipv4/conf/all/arp_announce", "2", false});
    set_default_route(member, server_address(site.family, 1), "eth0");
  }
  for (auto& network : site.networks)
    if (network.name == "servers") network.gateway = server_address(site.family, 1);
}

/// The balancer answers ARP and ND for the VIP without having it: with the VIP local, a member's reply that
/// comes by would be a martian.
void attract_vip(Site& site) {
  auto& bigip = site.bigip();
  bigip.proxied.push_back(single(site.vip.address));
  bigip.proxy_interface = "srv";
  const auto bits = static_cast<std::uint8_t>(site.vip.address.size() * 8);
  bigip.routes.push_back({.to = {site.vip.address, bits}, .via = {}, .interface = "lo"});
  const auto* ip = site.family == Family::ipv4 ? "ipv4" : "ipv6";
  if (site.family == Family::ipv6) bigip.sysctls.push_back({"net/ipv6/conf/srv/proxy_ndp", "1", false});
  bigip.sysctls.push_back({fmt::format("net/{}/neigh/srv/proxy_delay", ip), "0", false});
}

std::string forwarding(const Site& site) {
  std::vector<std::string> macs;
  for (const auto& member : site.balancer.selectable)
    macs.push_back(to_string(site.host(member).interface("eth0").mac));
  const auto hash = fmt::format("jhash {} saddr . tcp sport", family_word(site.family));
  const auto own = to_string(site.bigip().interface("srv").mac);
  std::string rules;
  for (const auto& [source, member] : site.balancer.bindings)
    rules += fmt::format("    {} saddr {} {} ether saddr set {} ether daddr set {} fwd to \"srv\"\n", family_word(site.family),
                         text_of(source), to_vip(site), own, to_string(site.host(member).interface("eth0").mac));
  return fmt::format(
      "table netdev npath {{\n"
      "  chain in {{\n"
      "    type filter hook ingress devices = {{ cli, srv }} priority 0\n"
      "{}"
      "    {} ether saddr set {} ether daddr set {} fwd to \"srv\"\n"
      "  }}\n"
      "}}\n",
      rules, to_vip(site), own, choice(hash, macs));
}

void configure(Site& site) {
  auto& bigip = site.bigip();
  if (is_serving(site)) {
    attract_vip(site);
    bigip.nft_tables.push_back(forwarding(site));
  } else {
    own_service_addresses(site);  // refused: the balancer's own kernel answers
    if (site.balancer.vip == VipState::silent) bigip.nft_tables.push_back(silent_vip_table(site));
  }
  if (site.balancer.checks_health) add_monitor(site);
}

}  // namespace

const Mode kNPath{.name = "npath",
                  .summary = "members answer clients themselves (F5: nPath, direct server return); nftables",
                  .translates = false,
                  .lay_out = lay_out,
                  .configure = configure};

}  // namespace hairpin::lab

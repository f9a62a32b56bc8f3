// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "topology/lab/faults/rows.hpp"

namespace hairpin::lab {
namespace {

/// 02:01:…: the router's own MAC, where 02:00:… is the one that the hosts know.
std::string chain(const Interface& leg) {
  auto own = leg.mac;
  own.bytes[1] = 1;
  return fmt::format(
      "  chain {0} {{\n"
      "    type filter hook egress device \"{0}\" priority 0\n"
      "    ether saddr set {1}\n"
      "  }}\n",
      leg.name, to_string(own));
}

void apply(Site& site, const std::string&) {
  auto& bigip = site.bigip();
  bigip.nft_tables.push_back("table netdev own_mac {\n" + chain(bigip.interface("cli")) +
                             chain(bigip.interface("srv")) + "}\n");
}

}  // namespace

const Fault kGatewayOwnMac{
    .name = "gateway-own-mac",
    .summary = "the balancer sends from other MACs than it answers ARP and ND with (VRRP)",
    .is_benign = true,
    .objection = always_applies,
    .apply = apply};

}  // namespace hairpin::lab

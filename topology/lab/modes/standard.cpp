// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "topology/lab/modes/rows.hpp"
#include "topology/lab/rules.hpp"

namespace hairpin::lab {
namespace {

constexpr std::uint32_t kTransparentMark = 1;
constexpr std::uint32_t kTransparentTable = 100;

/// HAProxy takes the last group of a bare IPv6 address for a port.
std::string bracketed(const IpAddress& address) {
  return address.family == Family::ipv4 ? text_of(address) : "[" + text_of(address) + "]";
}

/// Who HAProxy says it is towards members. `client` is F5's preserved source port, `clientip` another port.
std::string source_line(const Site& site) {
  const auto* any = site.family == Family::ipv4 ? "0.0.0.0" : "[::]";
  switch (site.balancer.snat) {
    case SnatType::none:
      return fmt::format("  source {} usesrc {}\n", any,
                         site.balancer.keeps_source_port ? "client" : "clientip");
    case SnatType::automap:
      return fmt::format("  source {}\n", bracketed(site.balancer.snat_addresses.front()));
    case SnatType::pool:
      return "";  // the kernel's choice, which nft translates to the pool
  }
  return "";
}

std::string configuration(const Site& site) {
  auto text = fmt::format(
      "global\n"
      "  nbthread 1\n"
      "  maxconn 4000\n"
      "defaults\n"
      "  mode tcp\n"
      "  retries 0\n"
      "  no option redispatch\n"
      "  timeout connect 1s\n"
      "  timeout client 60s\n"
      "  timeout server 60s\n"
      "  timeout check 1s\n"
      "frontend vip\n"
      "  bind {}\n"
      "  default_backend members\n"
      "backend members\n"
      "  balance roundrobin\n"
      "{}",
      to_string(site.vip), source_line(site));
  const auto* check =
      site.balancer.checks_health ? " check inter 1s fastinter 200ms downinter 200ms rise 1 fall 3" : "";
  for (const auto& member : site.balancer.selectable)
    text += fmt::format("  server {} {}{}\n", member, to_string(site.member_endpoint(member)), check);
  return text;
}

/// Members answer the client's address: what belongs to a socket of HAProxy is delivered here, not forwarded.
void deliver_to_transparent_sockets(SiteHost& bigip, Family family) {
  bigip.nft_tables.push_back(
      fmt::format("table inet lb {{\n"
                  "  chain divert {{\n"
                  "    type filter hook prerouting priority mangle\n"
                  "    meta l4proto tcp socket transparent 1 meta mark set {} accept\n"
                  "  }}\n"
                  "}}\n",
                  kTransparentMark));
  bigip.rules.push_back({kTransparentMark, kTransparentTable});
  bigip.routes.push_back(
      {.to = everywhere(family), .via = {}, .interface = "lo", .table = kTransparentTable, .is_local = true});
}

std::string pool_table(const Site& site) {
  return fmt::format(
      "table inet lb {{\n"
      "  chain post {{\n"
      "    type nat hook postrouting priority srcnat\n"
      "    fib saddr type local tcp dport {} {}\n"
      "  }}\n"
      "}}\n",
      site.vip.port, snat_statement(site));
}

void configure(Site& site) {
  own_service_addresses(site);
  auto& bigip = site.bigip();
  if (site.balancer.vip == VipState::silent) bigip.nft_tables.push_back(silent_vip_table(site));
  if (site.balancer.vip != VipState::serving) return;  // refused: nothing listens
  bigip.haproxy = configuration(site);
  if (site.balancer.snat == SnatType::none) deliver_to_transparent_sockets(bigip, site.family);
  if (site.balancer.snat == SnatType::pool) bigip.nft_tables.push_back(pool_table(site));
}

}  // namespace

const Mode kStandard{.name = "standard",
                     .summary = "a full proxy, TLS passed through (F5: Standard); HAProxy",
                     .lay_out = [](Site&) {},
                     .configure = configure};

}  // namespace hairpin::lab

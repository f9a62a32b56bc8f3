// SPDX-License-Identifier: Apache-2.0
#include "topology/lab/proxy.hpp"

#include <fmt/format.h>

#include "topology/lab/rules.hpp"

namespace hairpin::lab {
namespace {

constexpr std::uint32_t kTransparentMark = 1;
constexpr std::uint32_t kTransparentTable = 100;
constexpr const char* kPoolName = "pool01.example.com";

/// HAProxy takes the last group of a bare IPv6 address for a port.
std::string bracketed(const IpAddress& address) {
  return address.family == Family::ipv4 ? text_of(address) : "[" + text_of(address) + "]";
}

/// Who HAProxy says it is towards members. `client` is F5's preserved source port, `clientip` another port.
std::string source_line(const Site& site, SnatType snat) {
  const auto* any = site.family == Family::ipv4 ? "0.0.0.0" : "[::]";
  switch (snat) {
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

/// HAProxy keeps a range of ports for each server, and knows none for a whole backend.
std::string server_source(const Site& site, SnatType snat) {
  const auto ports = snat_port_range(site);
  if (ports.empty() || snat != SnatType::automap) return "";
  return fmt::format(" source {}{}", bracketed(site.balancer.snat_addresses.front()), ports);
}

std::string certificate_file(const char* name) { return std::string(kFolderMark) + kCertificateFolder + name; }

/// Two units answer at the VIP in turn, where a fault is about what they have in common.
bool has_units(const Site& site) {
  return site.certificates == "tickets-shared" || site.certificates == "tickets-own" || site.certificates == "units-differ";
}

/// How it listens: with the site's certificates it requires one of clients, which it verifies.
std::string client_tls(const Site& site, const ProxyTls& tls, bool is_second_unit = false) {
  if (!tls.from_clients) return {};
  if (site.certificates.empty()) return fmt::format(" ssl crt {}/{}", kFolderMark, kServiceKey);
  const bool is_other = is_second_unit && site.certificates == "units-differ";
  auto shown = " ssl crt " + certificate_file(is_other ? balancer_file::kOtherVip : balancer_file::kVip);
  if (site.certificates == "tickets-shared") shown += " tls-ticket-keys " + certificate_file(balancer_file::kTicketKeys);
  if (site.certificates == "not-asked") return shown;
  return fmt::format("{} ca-file {} verify required", shown, certificate_file(balancer_file::kClientRoots));
}

/// What it does with the field in which it tells members who the client is; empty: it reads no requests at all.
std::string identity_rule(const Site& site) {
  if (site.certificates == "identity-forwarded") return fmt::format("  http-request set-header {} %[ssl_c_s_dn]\n", kIdentityHeader);
  if (site.certificates == "identity-forged") return fmt::format("  http-request add-header {} %[ssl_c_s_dn]\n", kIdentityHeader);
  if (site.certificates == "identity-lost")  // only a whole handshake has a certificate; ssl_c_used knows the session's as well
    return fmt::format("  http-request del-header {0}\n  http-request set-header {0} %[ssl_c_s_dn] if {{ ssl_fc_has_crt }}\n", kIdentityHeader);
  if (site.certificates == "identity-missing") return fmt::format("  http-request del-header {}\n", kIdentityHeader);
  return {};
}

bool reads_requests(const Site& site) { return !identity_rule(site).empty() || site.certificates.starts_with("connections-"); }

/// How it speaks to members: with the site's certificates it verifies theirs and shows its own.
std::string member_tls(const Site& site, const ProxyTls& tls) {
  if (!tls.to_members) return {};
  if (site.certificates.empty()) return " ssl verify none";
  const auto shown = site.certificates == "none-shown" ? "" : " crt " + certificate_file(balancer_file::kOwn);
  if (site.certificates == "members-unverified") return " ssl verify none" + shown;
  return fmt::format(" ssl verify required ca-file {0} sni str({1}) verifyhost {1}{2}", certificate_file(balancer_file::kMemberRoots),
                     kPoolName, shown);
}

/// The members as one backend, towards which HAProxy has the addresses of `snat`.
std::string backend(const Site& site, const ProxyTls& tls, const std::string& name, SnatType snat) {
  const auto& balancer = site.balancer;
  auto text = fmt::format("backend {}\n  balance {}\n{}", name, balancer.counts_connections ? "leastconn" : "roundrobin",
                          source_line(site, snat));
  if (site.certificates == "connections-shared") text += "  http-reuse always\n";
  if (site.certificates == "connections-own") text += "  http-reuse never\n";
  for (const auto& [source, member] : balancer.bindings)
    text += fmt::format("  use-server {} if {{ src {} }}\n", member, text_of(source));
  // A member that is to be found down is found so before anybody calls: HAProxy begins with all of them up.
  const auto* check = !balancer.down.empty()  ? " check inter 50ms rise 1 fall 1"
                      : balancer.checks_health ? " check inter 1s fastinter 200ms downinter 200ms rise 1 fall 3"
                                               : "";
  for (const auto& member : balancer.selectable)
    text += fmt::format("  server {} {}{}{}{}\n", member, to_string(site.member_endpoint(member)), server_source(site, snat),
                        member_tls(site, tls), check);
  return text;
}

/// Where the VIP's connections go, from whichever frontend.
std::string destination(const Site& site) {
  if (!site.balancer.translates_members_only) return "  default_backend members\n";
  return fmt::format("  use_backend translated if {{ src {} }}\n  default_backend members\n", to_string(site.network("servers").prefix));
}

std::string backends(const Site& site, const ProxyTls& tls) {
  if (!site.balancer.translates_members_only) return backend(site, tls, "members", site.balancer.snat);
  return backend(site, tls, "members", SnatType::none) + backend(site, tls, "translated", site.balancer.snat);
}

/// The others wait in the kernel's queue.
std::string limit(const Site& site) {
  const auto most = site.balancer.most_connections_per_second;
  return most > 0 ? fmt::format("  rate-limit sessions {}\n", most) : "";
}

/// The VIP, answered by one listener.
std::string frontend(const Site& site, const ProxyTls& tls) {
  return fmt::format("frontend vip\n  bind {}{}\n{}{}", to_string(site.vip), client_tls(site, tls), limit(site), identity_rule(site)) + destination(site);
}

/// The VIP, answered by each of two listeners in turn, which know the client by the PROXY protocol.
std::string two_units(const Site& site, const ProxyTls& tls) {
  auto text = fmt::format("frontend vip\n  bind {}\n{}  default_backend units\nbackend units\n  balance roundrobin\n", to_string(site.vip), limit(site));
  for (const auto unit : {1, 2}) text += fmt::format("  server unit{0} abns@hairpin-unit{0} send-proxy-v2\n", unit);
  for (const auto unit : {1, 2})
    text += fmt::format("frontend unit{0}\n  bind abns@hairpin-unit{0} accept-proxy{1}\n", unit, client_tls(site, tls, unit == 2)) + destination(site);
  return text;
}

std::string configuration(const Site& site, const ProxyTls& tls) {
  const auto& balancer = site.balancer;
  const auto idle_s = balancer.forgets_after_s > 0 ? balancer.forgets_after_s : 60;
  const auto text = fmt::format(
      "global\n"
      "  nbthread 1\n"
      "  maxconn 4000\n"
      "defaults\n"
      "  mode {1}\n"
      "  retries 0\n"
      "  no option redispatch\n"
      "  timeout connect 1s\n"
      "  timeout client {0}s\n"
      "  timeout server {0}s\n"
      "  timeout check 1s\n",
      idle_s, reads_requests(site) ? "http" : "tcp");
  return text + (tls.from_clients && has_units(site) ? two_units(site, tls) : frontend(site, tls)) + backends(site, tls);
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

/// A monitor comes from a self IP, as BIG-IP's does: to a member that is down goes nothing else.
std::string untranslated(const Site& site) {
  std::string rules;
  for (const auto& member : site.balancer.down)
    rules += fmt::format("    {} daddr {} accept\n", family_word(site.family), text_of(site.member_endpoint(member).address));
  return rules;
}

std::string pool_table(const Site& site) {
  return fmt::format(
      "table inet lb {{\n"
      "  chain post {{\n"
      "    type nat hook postrouting priority srcnat\n"
      "{}"
      "    fib saddr type local tcp dport {} {}\n"
      "  }}\n"
      "}}\n",
      untranslated(site), site.vip.port, snat_statement(site));
}

}  // namespace

void configure_proxy(Site& site, const ProxyTls& tls) {
  own_service_addresses(site);
  auto& bigip = site.bigip();
  const auto& balancer = site.balancer;
  if (balancer.vip == VipState::silent) bigip.nft_tables.push_back(silent_vip_table(site));
  if (balancer.vip != VipState::serving) return;  // refused: nothing listens
  bigip.haproxy = configuration(site, tls);
  const bool is_transparent = balancer.snat == SnatType::none || balancer.translates_members_only;
  if (is_transparent) deliver_to_transparent_sockets(bigip, site.family);
  if (balancer.snat == SnatType::pool) bigip.nft_tables.push_back(pool_table(site));
}

}  // namespace hairpin::lab

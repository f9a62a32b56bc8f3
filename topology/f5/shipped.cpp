// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/shipped.hpp"

#include <algorithm>
#include <array>

#include "topology/f5/config.hpp"

namespace hairpin::f5 {
namespace {

constexpr Text kCommon = "/Common/";

struct ProfileRow {
  Text type;
  Text name;
  Text parent = {};
};
constexpr ProfileRow kProfiles[] = {
    {"analytics", "analytics"},
    {"certificate-authority", "certificateauthority"},
    {"classification", "classification"},
    {"classification", "classification_apm_swg"},
    {"classification", "classification_pem"},
    {"client-ldap", "clientldap"},
    {"client-ssl", "clientssl"},
    {"client-ssl", "clientssl-insecure-compatible", "clientssl"},
    {"client-ssl", "clientssl-quic", "clientssl"},
    {"client-ssl", "clientssl-secure", "clientssl"},
    {"client-ssl", "crypto-server-default-clientssl", "clientssl"},
    {"client-ssl", "splitsession-default-clientssl", "clientssl"},
    {"client-ssl", "wom-default-clientssl", "clientssl"},
    {"connector", "connector"},
    {"connector", "access-logonpage-protection-connector"},
    {"dhcpv4", "dhcpv4"},
    {"dhcpv4", "dhcpv4_fwd"},
    {"dhcpv6", "dhcpv6"},
    {"dhcpv6", "dhcpv6_fwd"},
    {"diameter", "diameter"},
    {"dns", "dns"},
    {"dns-acceleration", "dns-acceleration"},
    {"fasthttp", "fasthttp"},
    {"fastl4", "fastL4"},
    {"fastl4", "apm-forwarding-fastL4", "fastL4"},
    {"fastl4", "full-acceleration"},
    {"fastl4", "security-fastL4"},
    {"fix", "fix"},
    {"ftp", "ftp"},
    {"gtp", "gtp"},
    {"html", "html"},
    {"http", "http"},
    {"http", "http-explicit"},
    {"http", "http-transparent"},
    {"http-compression", "httpcompression"},
    {"http-compression", "wan-optimized-compression"},
    {"http-proxy-connect", "http-proxy-connect"},
    {"http2", "http2"},
    {"http3", "http3"},
    {"httprouter", "httprouter"},
    {"icap", "icap"},
    {"ilx", "ilx"},
    {"imap", "imap"},
    {"ipother", "ipother"},
    {"ipsecalg", "ipsecalg"},
    {"map-t", "mapt"},
    {"mqtt", "mqtt"},
    {"nat-stats", "nat-stats"},
    {"netflow", "netflow"},
    {"one-connect", "oneconnect"},
    {"pcp", "pcp"},
    {"pop3", "pop3"},
    {"pptp", "pptp"},
    {"qoe", "qoe"},
    {"quic", "quic"},
    {"radius", "radiusLB"},
    {"radius", "radiusLB-subscriber-aware"},
    {"request-adapt", "requestadapt"},
    {"request-log", "request-log"},
    {"response-adapt", "responseadapt"},
    {"rewrite", "rewrite"},
    {"rewrite", "rewrite-portal"},
    {"rewrite", "rewrite-uri-translation"},
    {"rtsp", "rtsp"},
    {"sctp", "sctp"},
    {"server-ldap", "serverldap"},
    {"server-ssl", "serverssl"},
    {"server-ssl", "apm-default-serverssl", "serverssl"},
    {"server-ssl", "cloud-service-default-ssl", "serverssl-secure"},
    {"server-ssl", "crypto-client-default-serverssl", "serverssl"},
    {"server-ssl", "f5aas-default-ssl", "serverssl-secure"},
    {"server-ssl", "pcoip-default-serverssl", "serverssl"},
    {"server-ssl", "serverssl-insecure-compatible", "serverssl"},
    {"server-ssl", "serverssl-secure", "serverssl"},
    {"server-ssl", "shape-api-ssl", "serverssl"},
    {"server-ssl", "splitsession-default-serverssl", "serverssl"},
    {"server-ssl", "wom-default-serverssl", "serverssl"},
    {"service", "service"},
    {"service", "access-logonpage-protection-service"},
    {"sip", "sip"},
    {"smtps", "smtps"},
    {"socks", "socks"},
    {"splitsessionclient", "splitsessionclient"},
    {"splitsessionserver", "splitsessionserver"},
    {"statistics", "stats"},
    {"stream", "stream"},
    {"tcp", "tcp"},
    {"tcp", "apm-forwarding-client-tcp", "tcp-legacy"},
    {"tcp", "apm-forwarding-server-tcp", "tcp-legacy"},
    {"tcp", "f5-tcp-lan", "tcp"},
    {"tcp", "f5-tcp-mobile", "tcp"},
    {"tcp", "f5-tcp-progressive", "tcp"},
    {"tcp", "f5-tcp-wan", "tcp"},
    {"tcp", "mptcp-mobile-optimized", "tcp-legacy"},
    {"tcp", "splitsession-default-tcp", "tcp-wan-optimized"},
    {"tcp", "tcp-lan-optimized", "tcp-legacy"},
    {"tcp", "tcp-legacy", "tcp"},
    {"tcp", "tcp-mobile-optimized", "tcp-legacy"},
    {"tcp", "tcp-wan-optimized", "tcp-legacy"},
    {"tcp", "wom-tcp-lan-optimized", "tcp-lan-optimized"},
    {"tcp", "wom-tcp-wan-optimized", "tcp-wan-optimized"},
    {"tcp-analytics", "tcp-analytics"},
    {"tftp", "tftp"},
    {"traffic-acceleration", "traffic-acceleration"},
    {"udp", "udp"},
    {"udp", "udp_decrement_ttl", "udp"},
    {"udp", "udp_gtm_dns", "udp"},
    {"udp", "udp_preserve_ttl", "udp"},
    {"web-acceleration", "apm-enduser-if-cache"},
    {"web-acceleration", "optimized-acceleration"},
    {"web-acceleration", "optimized-caching"},
    {"web-acceleration", "webacceleration"},
    {"web-security", "websecurity"},
    {"websocket", "websocket"},
    {"xml", "xml"},
    // Persistence, in the same name table:
    {"cookie", "cookie"},
    {"dest-addr", "dest_addr"},
    {"hash", "hash"},
    {"host", "host"},
    {"msrdp", "msrdp"},
    {"sip-info", "sip_info"},
    {"source-addr", "source_addr"},
    {"ssl", "ssl"},
    {"universal", "universal"}};

struct SettingRow {
  Text profile;
  Text key;
  Text value;
};
constexpr SettingRow kSettings[] = {
    {"fastL4", "idle-timeout", "300"},
    {"fastL4", "reset-on-timeout", "enabled"},
    {"fastL4", "pva-acceleration", "full"},
    {"fastL4", "mss-override", "0"},
    {"fastL4", "reassemble-fragments", "disabled"},
    {"fastL4", "loose-initialization", "disabled"},
    {"fastL4", "loose-close", "disabled"},
    {"fastL4", "tcp-handshake-timeout", "5"},
    {"fastL4", "tcp-close-timeout", "5"},
    {"apm-forwarding-fastL4", "idle-timeout", "7200"},
    {"security-fastL4", "idle-timeout", "60"},
    {"tcp", "idle-timeout", "300"},
    {"tcp", "keep-alive-interval", "1800"},
    {"tcp", "reset-on-timeout", "enabled"},
    {"tcp", "syn-max-retrans", "3"},
    {"tcp", "max-retrans", "8"},
    {"tcp", "fin-wait-timeout", "5"},
    {"tcp", "close-wait-timeout", "5"},
    {"tcp", "verified-accept", "disabled"},
    {"tcp", "deferred-accept", "disabled"},
    {"apm-forwarding-client-tcp", "keep-alive-interval", "60"},
    {"apm-forwarding-server-tcp", "keep-alive-interval", "60"},
    {"mptcp-mobile-optimized", "reset-on-timeout", "disabled"},
    {"tcp-mobile-optimized", "reset-on-timeout", "disabled"},
    {"wom-tcp-lan-optimized", "idle-timeout", "600"},
    {"wom-tcp-wan-optimized", "idle-timeout", "600"},
    {"splitsession-default-tcp", "idle-timeout", "600"},
    {"sctp", "idle-timeout", "300"},
    {"sctp", "reset-on-timeout", "enabled"},
    {"udp", "idle-timeout", "60"},
    {"udp_gtm_dns", "idle-timeout", "5"},
    {"oneconnect", "source-mask", "any"},
    {"oneconnect", "max-size", "10000"},
    {"oneconnect", "max-age", "86400"},
    {"oneconnect", "max-reuse", "1000"},
    {"oneconnect", "idle-timeout-override", "disabled"},
    {"clientssl", "peer-cert-mode", "ignore"},
    {"clientssl", "authenticate", "once"},
    {"clientssl", "authenticate-depth", "9"},
    {"clientssl", "ca-file", "none"},
    {"clientssl", "client-cert-ca", "none"},
    {"clientssl", "crl-file", "none"},
    {"clientssl", "handshake-timeout", "10"},
    {"clientssl", "secure-renegotiation", "require"},
    {"clientssl", "renegotiation", "enabled"},
    {"clientssl", "options", "dont-insert-empty-fragments no-tlsv1.3"},
    {"clientssl", "alert-timeout", "indefinite"},
    {"clientssl", "ciphers", "DEFAULT"},
    {"serverssl", "peer-cert-mode", "ignore"},
    {"serverssl", "authenticate", "once"},
    {"serverssl", "authenticate-name", "none"},
    {"serverssl", "ca-file", "none"},
    {"serverssl", "cert", "none"},
    {"serverssl", "key", "none"},
    {"serverssl", "secure-renegotiation", "require-strict"},
    {"serverssl", "server-name", "none"},
    {"serverssl", "sni-default", "false"},
    {"apm-default-serverssl", "peer-cert-mode", "require"},
    {"cloud-service-default-ssl", "peer-cert-mode", "require"},
    {"f5aas-default-ssl", "peer-cert-mode", "require"},
    {"cookie", "method", "insert"},
    {"cookie", "expiration", "0"},
    {"source_addr", "timeout", "180"},
    {"source_addr", "mask", "none"},
    {"source_addr", "map-proxies", "enabled"},
    {"ssl", "timeout", "300"},
    {"sip_info", "timeout", "180"},
    {"dest_addr", "timeout", "180"},
    {"hash", "timeout", "180"},
    {"host", "timeout", "180"},
    {"msrdp", "timeout", "300"},
    {"universal", "timeout", "180"}};

// A shipped child's own words are known for these keys only; of others its parent's may not count.
constexpr std::array<Text, 4> kInherited = {"idle-timeout", "reset-on-timeout", "keep-alive-interval", "peer-cert-mode"};

struct DbRow {
  Text variable;
  Text value;
};
constexpr DbRow kDb[] = {{"arp.timeout", "300"},
                         {"connection.autolasthop", "enable"},
                         {"connection.dsrsynfloodprotect", "disable"},
                         {"connection.vlankeyed", "enable"},
                         {"packetfilter.established", "disable"},
                         {"snat.anyipprotocol", "disable"},
                         {"tm.continuematching", "false"},
                         {"tm.fastl4_ack_mirror", "enable"},
                         {"tm.maxrejectrate", "250"},
                         {"tm.portfind.linear", "16"},
                         {"tm.portfind.random", "16"},
                         {"tm.portfind.threshold.timeout", "30"},
                         {"tm.portfind.threshold.trigger", "8"},
                         {"tm.portfind.threshold.warning", "true"},
                         {"tm.rejectunmatched", "true"},
                         {"tm.rstcause.log", "disable"},
                         {"tm.rstcause.pkt", "disable"}};

struct OtherRow {
  Text kind;
  Text name;
};
constexpr OtherRow kOthers[] = {
    {"ltm monitor", "diameter"}, {"ltm monitor", "dns"}, {"ltm monitor", "external"}, {"ltm monitor", "firepass"},
    {"ltm monitor", "ftp"}, {"ltm monitor", "gateway_icmp"}, {"ltm monitor", "http"}, {"ltm monitor", "http2"},
    {"ltm monitor", "http2_head_f5"}, {"ltm monitor", "http_head_f5"}, {"ltm monitor", "https"},
    {"ltm monitor", "https_443"}, {"ltm monitor", "https_head_f5"}, {"ltm monitor", "icmp"}, {"ltm monitor", "imap"},
    {"ltm monitor", "inband"}, {"ltm monitor", "ldap"}, {"ltm monitor", "module_score"}, {"ltm monitor", "mqtt"},
    {"ltm monitor", "mssql"}, {"ltm monitor", "mysql"}, {"ltm monitor", "nntp"}, {"ltm monitor", "none"},
    {"ltm monitor", "oracle"}, {"ltm monitor", "pop3"}, {"ltm monitor", "postgresql"}, {"ltm monitor", "radius"},
    {"ltm monitor", "radius_accounting"}, {"ltm monitor", "real_server"}, {"ltm monitor", "rpc"},
    {"ltm monitor", "sasp"}, {"ltm monitor", "scripted"}, {"ltm monitor", "sip"}, {"ltm monitor", "smb"},
    {"ltm monitor", "smtp"}, {"ltm monitor", "snmp_dca"}, {"ltm monitor", "snmp_dca_base"}, {"ltm monitor", "soap"},
    {"ltm monitor", "tcp"}, {"ltm monitor", "tcp_echo"}, {"ltm monitor", "tcp_half_open"}, {"ltm monitor", "udp"},
    {"ltm monitor", "virtual_location"}, {"ltm monitor", "wap"}, {"ltm monitor", "wmi"},
    {"ltm rule", "_sys_https_redirect"}, {"ltm rule", "_sys_auth_ldap"}, {"ltm rule", "_sys_auth_radius"},
    {"ltm rule", "_sys_auth_tacacs"}, {"ltm rule", "_sys_auth_krbdelegate"}, {"ltm rule", "_sys_auth_ssl_cc_ldap"},
    {"ltm rule", "_sys_auth_ssl_crldp"}, {"ltm rule", "_sys_auth_ssl_ocsp"}, {"ltm rule", "_sys_APM_activesync"},
    {"ltm rule", "_sys_APM_ExchangeSupport_OA_BasicAuth"}, {"ltm rule", "_sys_APM_ExchangeSupport_OA_NtlmAuth"},
    {"ltm rule", "_sys_APM_ExchangeSupport_helper"}, {"ltm rule", "_sys_APM_ExchangeSupport_main"},
    {"ltm rule", "_sys_APM_MS_Office_OFBA_Support"}, {"ltm rule", "_sys_APM_Office365_SAML_BasicAuth"},
    {"cm traffic-group", "traffic-group-1"}, {"cm traffic-group", "traffic-group-local-only"},
    {"net route-domain", "0"}, {"net vlan", "http-tunnel"}, {"net vlan", "socks-tunnel"},
    {"sys file ssl-cert", "ca-bundle.crt"}, {"sys file ssl-cert", "default.crt"},
    {"sys file ssl-cert", "f5-ca-bundle.crt"}, {"sys file ssl-cert", "f5-irule.crt"},
    {"sys file ssl-key", "default.key"}};

const ProfileRow* row_of(Name name) {
  if (!name.starts_with(kCommon)) return nullptr;
  const auto found = std::ranges::find(kProfiles, name.substr(kCommon.size()), &ProfileRow::name);
  return found == std::end(kProfiles) ? nullptr : found;
}

std::optional<Text> own_setting(Text profile, Text key) {
  for (const auto& row : kSettings)
    if (row.profile == profile && row.key == key) return row.value;
  return {};
}

bool is_persistence(Text type) {
  constexpr std::array<Text, 9> kTypes = {"cookie", "dest-addr",   "hash", "host",     "msrdp",
                                          "sip-info", "source-addr", "ssl",  "universal"};
  return std::ranges::find(kTypes, type) != kTypes.end();
}

}  // namespace

std::optional<ShippedProfile> shipped_profile(Name name) {
  const auto* row = row_of(name);
  if (!row) return {};
  return ShippedProfile{row->type, row->parent};
}

std::optional<Text> shipped_setting(Name profile, Text key) {
  const auto* row = row_of(profile);
  if (!row) return {};
  if (const auto own = own_setting(row->name, key)) return own;
  if (std::ranges::find(kInherited, key) == kInherited.end()) return {};
  for (auto parent = row->parent; !parent.empty();) {
    if (const auto inherited = own_setting(parent, key)) return inherited;
    parent = std::ranges::find(kProfiles, parent, &ProfileRow::name)->parent;
  }
  return {};
}

std::optional<Text> shipped_db(Text variable) {
  const auto found = std::ranges::find(kDb, variable, &DbRow::variable);
  if (found == std::end(kDb)) return {};
  return found->value;
}

bool is_shipped(Text kind, Name name) {
  if (const auto* row = row_of(name)) {
    const bool persists = is_persistence(row->type);
    if (kind.starts_with("ltm persistence")) return persists;
    if (kind.starts_with("ltm profile") && !persists) return true;
  }
  if (!name.starts_with(kCommon)) return false;
  const auto short_name = name.substr(kCommon.size());
  return std::ranges::any_of(kOthers, [&](const OtherRow& row) {
    return row.name == short_name && (kind == row.kind || (kind.starts_with(row.kind) && kind[row.kind.size()] == ' '));
  });
}

}  // namespace hairpin::f5

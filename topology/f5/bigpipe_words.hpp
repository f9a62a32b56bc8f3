// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace hairpin::f5 {

/// Words of bigpipe and the key of tmsh that they are; what stands behind them is the value.
struct Phrase {
  std::string_view bigpipe;
  std::string_view tmsh;
};
inline constexpr std::array<Phrase, 56> kPhrases = {{{"action on svcdown", "service-down-action"},
                                              {"address", "address"},
                                              {"arp", "arp"},
                                              {"auto lasthop", "auto-lasthop"},
                                              {"allow", "allow-service"},
                                              {"automap", "automap"},
                                              {"ca file", "ca-file"},
                                              {"cert", "cert"},
                                              {"chain", "chain"},
                                              {"ciphers", "ciphers"},
                                              {"client cert ca", "client-cert-ca"},
                                              {"cmp", "cmp-enabled"},
                                              {"conn limit", "connection-limit"},
                                              {"crl file", "crl-file"},
                                              {"defaults from", "defaults-from"},
                                              {"description", "description"},
                                              {"destination", "destination"},
                                              {"disable", "disabled"},
                                              {"fallback persist", "fallback-persistence"},
                                              {"floating", "floating"},
                                              {"gateway", "gw"},
                                              {"idle timeout", "idle-timeout"},
                                              {"ip forward", "ip-forward"},
                                              {"ip protocol", "ip-protocol"},
                                              {"keep alive interval", "keep-alive-interval"},
                                              {"key", "key"},
                                              {"l2 forward", "l2-forward"},
                                              {"lasthop pool", "last-hop-pool"},
                                              {"limit", "connection-limit"},
                                              {"loose close", "loose-close"},
                                              {"loose initiation", "loose-initialization"},
                                              {"mask", "mask"},
                                              {"max reuse", "max-reuse"},
                                              {"min active members", "min-active-members"},
                                              {"mirror", "mirror"},
                                              {"mtu", "mtu"},
                                              {"netmask", "netmask"},
                                              {"peer cert mode", "peer-cert-mode"},
                                              {"persist", "persist"},
                                              {"pool", "pool"},
                                              {"priority", "priority-group"},
                                              {"ratio", "ratio"},
                                              {"reject", "reject"},
                                              {"reset on timeout", "reset-on-timeout"},
                                              {"rules", "rules"},
                                              {"rule", "rules"},
                                              {"server name", "server-name"},
                                              {"slow ramp time", "slow-ramp-time"},
                                              {"source mask", "source-mask"},
                                              {"tag", "tag"},
                                              {"timeout", "timeout"},
                                              {"translate address", "translate-address"},
                                              {"translate service", "translate-port"},
                                              {"unit", "unit"},
                                              {"vlan", "vlan"},
                                              {"translation", "translation"}}};

inline constexpr std::array<Phrase, 14> kMethods = {{{"rr", "round-robin"},
                                              {"round robin", "round-robin"},
                                              {"ratio", "ratio-node"},
                                              {"member ratio", "ratio-member"},
                                              {"least conn", "least-connections-node"},
                                              {"member least conn", "least-connections-member"},
                                              {"observed", "observed-node"},
                                              {"member observed", "observed-member"},
                                              {"predictive", "predictive-node"},
                                              {"member predictive", "predictive-member"},
                                              {"fastest", "fastest-node"},
                                              {"fastest app resp", "fastest-app-response"},
                                              {"least sessions", "least-sessions"},
                                              {"dynamic ratio", "dynamic-ratio-node"}}};

inline constexpr std::array<Phrase, 6> kTypes = {{{"clientssl", "client-ssl"},
                                           {"serverssl", "server-ssl"},
                                           {"oneconnect", "one-connect"},
                                           {"fastL4", "fastl4"},
                                           {"fasthttp", "fasthttp"},
                                           {"httpclass", "http-class"}}};

template <std::size_t N>
std::string_view said_as(const std::array<Phrase, N>& table, std::string_view words, std::string_view otherwise) {
  const auto found = std::ranges::find(table, words, &Phrase::bigpipe);
  return found == table.end() ? otherwise : found->tmsh;
}

}  // namespace hairpin::f5

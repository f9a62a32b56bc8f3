// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "topology/lab/site.hpp"

/// Pieces of nft's language that several modes and faults say. nft 1.0.6 wants a newline after every rule.
namespace hairpin::lab {

/// "ip" or "ip6": the word before `daddr` and after `snat`.
std::string family_word(Family family);
/// The value itself when there is one, else "GENERATOR mod N map { 0 : a, 1 : b }".
std::string choice(const std::string& generator, const std::vector<std::string>& values);
/// "ip daddr 10.137.2.11 tcp dport 444"
std::string to_vip(const Site& site);
/// "snat ip to …" for the balancer's SNAT addresses. By random: two `inc` rotors run in lock step, and each
/// member would see one address only.
std::string snat_statement(const Site& site);
/// ":40000-40015" where the balancer has so few ports of its own; empty: it has all.
std::string snat_port_range(const Site& site);
/// "ip saddr 10.137.2.0/24 " where only the servers' own network is translated, else empty.
std::string translated_sources(const Site& site);
/// Whether the balancer hands connections to anybody at all.
bool is_serving(const Site& site);
/// Drops what is sent to the VIP before anything else sees it.
std::string silent_vip_table(const Site& site);
/// VIP, and the pool's or other SNAT addresses, on the balancer's server leg.
void own_service_addresses(Site& site);
/// What the network does to frames that a port of the switch takes in: a table of that port.
void on_port(Site& site, const std::string& table, const std::string& port, const std::vector<std::string>& rules);
/// A health monitor of balancers that have none built in: connects to every member each second.
void add_monitor(Site& site);
std::string text_of(const IpAddress& address);

}  // namespace hairpin::lab

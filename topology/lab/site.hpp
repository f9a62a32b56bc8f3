// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "topology/lab/options.hpp"
#include "topology/model.hpp"

/// The description of an emulated site: what there will be, before anything of it exists. Modes and faults
/// edit it, topology/lab/build makes it real. Pure.
namespace hairpin::lab {

struct SiteAddress {
  IpAddress address;
  std::uint8_t prefix_length = 0;
  bool is_preferred = true;  ///< false: never chosen as a source (IPv6: preferred lifetime 0)
};

/// One end of a cable; the other end is the port of a network's bridge.
struct Interface {
  std::string name;     ///< on the host: "eth0"
  std::string network;  ///< name of a SiteNetwork
  std::string port;     ///< on the switch: "p-oc01"
  MacAddress mac;
  std::vector<SiteAddress> addresses;
};

/// A broadcast domain: one bridge, alone with its ports in the namespace `place`.
struct SiteNetwork {
  std::string name;
  std::string place;  ///< "switch", or "mgmt" for the management network
  unsigned number = 0;  ///< the third number of its addresses
  Prefix prefix;
  std::optional<IpAddress> gateway;  ///< as declared in the topology
  std::optional<SiteAddress> bridge_address;
};

struct Route {
  Prefix to;
  std::optional<IpAddress> via;
  std::string interface;
  std::uint32_t table = 0;  ///< 0: main
  bool is_local = false;    ///< type local: what matches is delivered here
};

/// Packets with this mark are routed by that table.
struct MarkRule {
  std::uint32_t mark = 0;
  std::uint32_t table = 0;
};

/// Below /proc/sys of the host's namespace. `…/default/…` is written before the interfaces exist, the rest
/// after.
struct Sysctl {
  std::string path;  ///< "net/ipv4/ip_forward"
  std::string value;
  bool is_optional = false;  ///< a kernel that has or allows no such value is fine
};

/// A small program that connects to each endpoint in turn and closes again.
struct Connector {
  std::string name;  ///< of its process and log: "foreign-traffic"
  std::vector<Endpoint> endpoints;
  milliseconds interval{1000};
};

/// `stranger`: a host that the topology does not know.
enum class Role { client, member, load_balancer, router, stranger };
std::string_view to_string(Role role);

struct SiteHost {
  std::string name;
  Role role = Role::client;
  std::vector<Interface> interfaces;
  std::vector<SiteAddress> loopback;  ///< on `lo`, beside 127.0.0.1
  std::vector<Route> routes;
  std::vector<MarkRule> rules;
  std::vector<SiteAddress> proxied;  ///< answered for by proxy ARP or ND on `proxy_interface`
  std::string proxy_interface;
  std::vector<Sysctl> sysctls;
  std::vector<std::string> nft_tables;  ///< each a complete table in nft's language
  std::string haproxy;                  ///< configuration; empty: no HAProxy
  std::string nginx;                    ///< configuration; empty: no nginx
  std::vector<std::string> names;       ///< lines of /etc/hosts, as its agent sees them
  bool is_without_agent = false;
  std::vector<Connector> connectors;
  std::string agent;  ///< "unix:PATH" or "ADDR:PORT"; empty: none
  std::string tls;    ///< FOLDER/NAME of its .crt, .key and .trusted files, as the topology names them; empty: none

  Interface& interface(std::string_view wanted);
  const Interface& interface(std::string_view wanted) const;
};

/// hairpin's agent runs on it, where agents are wanted at all.
inline bool has_agent(const SiteHost& host) { return host.role != Role::router && host.role != Role::stranger && !host.is_without_agent; }

enum class VipState { serving, refused, silent };

/// What the balancer shall do; faults change it, then the mode turns it into rules and configuration.
struct Balancer {
  std::vector<std::string> selectable;  ///< members that it chooses from
  SnatType snat = SnatType::none;
  std::vector<IpAddress> snat_addresses;  ///< of automap and pool
  VipState vip = VipState::serving;
  bool keeps_source_port = true;
  unsigned snat_ports = 0;               ///< of each SNAT address, towards each member; 0: all that there are
  unsigned most_connections_per_second = 0;  ///< new ones that a proxy accepts; 0: as many as come
  bool checks_health = false;
  bool translates_members_only = false;  ///< SNAT for sources of the servers' network, none for others
  bool counts_connections = false;       ///< least connections
  std::vector<std::pair<IpAddress, std::string>> bindings;  ///< persistence: source → member
  std::set<std::string> down;            ///< members that its monitor finds down
  unsigned forgets_after_s = 0;          ///< idle connections; 0: not while a test lasts
  bool forgets_silently = false;         ///< drops what it no longer knows, instead of a RST
};

/// What the topology file promises beyond what the site itself says.
struct Promise {
  std::string snat;      ///< instead of the one rule, in YAML
  std::string tls_mode;
  std::string mutual;
  std::string tls_policy;
  std::string identity_header;
  bool shares_sessions = false;
  bool has_own_connections = false;
  std::string probe;
  unsigned idle_s = 0;
  bool is_persistent = false;
};

struct Site {
  LabOptions options;
  Family family = Family::ipv4;
  std::vector<SiteNetwork> networks;
  std::vector<SiteHost> hosts;  ///< client1, oc01…, bigip, then extra routers
  Endpoint vip;
  std::vector<IpAddress> pool_addresses;  ///< the SNAT pool as declared
  std::vector<SelfIp> self_ips;           ///< as declared
  Balancer balancer;
  ReturnPath return_path = ReturnPath::through_load_balancer;
  Promise promise;
  std::string certificates;  ///< the site's own, and what is wrong with them: a word of the fault; empty: none
  std::vector<std::string> switch_tables;  ///< nft tables on the switch's ports: what the network does to frames

  SiteHost& host(std::string_view name);  ///< must exist
  const SiteHost& host(std::string_view name) const;
  bool has_host(std::string_view name) const;
  const SiteNetwork& network(std::string_view name) const;  ///< must exist
  std::vector<std::string> members() const;
  bool ends_tls_at_balancer() const;  ///< by its mode
  bool has_ticket_key(const SiteHost& host) const;  ///< its certificates are about sessions, which this host gives
  SiteHost& bigip() { return host("bigip"); }
  const SiteHost& bigip() const { return host("bigip"); }
  Endpoint member_endpoint(std::string_view member) const;
};

/// The seed case before any mode: hosts, legs, addresses and default routes. Fixed names and numbers.
Site seed_site(const LabOptions& options);

IpAddress site_address(Family family, unsigned network, unsigned last);
Prefix network_prefix(Family family, unsigned number);
/// Numbers of the site: 10.137.1.LAST / 2001:db8:137:1::LAST and 10.137.2.LAST / 2001:db8:137:2::LAST.
IpAddress client_address(Family family, unsigned last);
IpAddress server_address(Family family, unsigned last);
/// 02:00:0a:89:NETWORK:LAST, the IPv4 address of that leg in hexadecimal, in IPv6 sites as well.
MacAddress mac_of(unsigned network, unsigned last);

/// A second router, `gw`, with .1 in both networks. Nothing uses it until a route says so. References to hosts end.
void add_second_router(Site& site);
/// A host, with the settings that a namespace would otherwise inherit. References to hosts end.
SiteHost& add_host(Site& site, std::string name, Role role, std::vector<Interface> legs);
/// A host that forwards and sends no redirects. References to hosts end.
SiteHost& add_router(Site& site, std::string name, std::vector<Interface> legs);
/// 10.137.NUMBER.0/24 or 2001:db8:137:NUMBER::/64.
void add_network(Site& site, std::string name, unsigned number, std::optional<IpAddress> gateway);
/// A leg in a network of the site: MAC 02:00:0a:89:NUMBER:LAST.
Interface leg(const Site& site, std::string_view network, std::string name, std::string port, unsigned last);
/// The host's first leg and default route are in another network from now on.
void move_host(Site& site, std::string_view name, std::string_view network, unsigned last, const IpAddress& gateway);
/// Replaces the host's default route.
void set_default_route(SiteHost& host, const IpAddress& via, const std::string& interface);
Prefix everywhere(Family family);
SiteAddress single(const IpAddress& address);  ///< /32 or /128, never a preferred source

/// A readable listing of everything in the site: what `lab up --dry-run` prints and golden tests compare.
std::string describe(const Site& site);

}  // namespace hairpin::lab

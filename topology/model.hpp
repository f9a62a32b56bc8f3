// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/address.hpp"
#include "base/clock.hpp"
#include "base/depth.hpp"
#include "topology/tls_policy.hpp"

/// The declared network (docs/topology.md). A Topology that exists has been checked: names resolve, addresses do not
/// clash, ports are in range. topology/yaml.hpp reads one.
namespace hairpin {

/// How a host's agent is reached; absent: there is none.
struct UnixAgent {
  std::string path;
};
struct TcpAgent {
  Endpoint endpoint;
};
struct SshAgent {
  std::string destination;  ///< as ssh takes it: HOST or USER@HOST
};
using AgentAddress = std::variant<UnixAgent, TcpAgent, SshAgent>;
std::string to_string(const AgentAddress& agent);  ///< "unix:PATH", "ADDR:PORT", "ssh:HOST"

struct SelfIp {
  IpAddress address;
  bool is_floating = false;
};

/// What a host shows and trusts in the service under test: PEM files on the machine of whoever runs hairpin.
struct HostTls {
  std::string certificate;  ///< leaf first, then intermediates; empty: none
  std::string key;
  std::string trusted;      ///< roots; a TRUSTED CERTIFICATE keeps what it is trusted for; empty: none
  std::string ticket_key;   ///< 80 bytes, as nginx reads them: what it seals sessions with; empty: a key of its own
};

/// How a BIG-IP is asked what it says itself, read only: through ssh, or by iControl REST.
struct BigipState {
  std::string ssh;          ///< as ssh takes it: HOST or USER@HOST; empty: by REST
  std::string rest_host;    ///< DNS name or address
  std::uint16_t rest_port = 443;
  std::string authority;    ///< PEM file that its certificate has to chain to; empty: none
  std::string pin;          ///< SHA-256 that its certificate has to have, hexadecimal; empty: any that the authority vouches for
  std::string credentials;  ///< file with the user and the password, or the token; empty: the environment has them
};
std::string to_string(const BigipState& state);  ///< "ssh:USER@HOST", "https://HOST:PORT": no secret

struct Host {
  std::string name;
  std::vector<IpAddress> addresses;
  std::optional<AgentAddress> agent;
  bool is_load_balancer = false;
  std::vector<SelfIp> self_ips;           ///< of a load balancer
  std::optional<std::string> stand_in;    ///< what this host stands in for
  std::optional<std::string> bigip_capture;  ///< USER@HOST of `capture: { bigip: "ssh:…" }`
  std::optional<BigipState> state;        ///< of a load balancer; absent: nobody asks it
  std::vector<std::string> f5_config;     ///< files of a load balancer's configuration, for the check `config`
  std::optional<HostTls> tls;             ///< absent: the run makes certificates of its own, and judges none
  std::optional<IpAddress> address(Family family) const;  ///< the first of that family
};

struct Network {
  std::string name;
  Prefix prefix;
  std::optional<IpAddress> gateway;
  std::vector<MacAddress> gateway_macs;   ///< declared group (VRRP, HSRP); learnt ones are not here
};

enum class ReturnPath { through_load_balancer, direct };
enum class SnatType { none, automap, pool };
std::string_view to_string(ReturnPath path);
std::string_view to_string(SnatType type);

/// What source address members shall see, for sources that match `from`. First match wins.
struct SnatRule {
  std::vector<std::string> from;          ///< "any", "members", a host's name, or a prefix; empty means any
  SnatType type = SnatType::none;
  std::vector<IpAddress> addresses;       ///< of type pool
};

enum class TlsMode { passthrough, terminate, reencrypt };
enum class MutualTls { none, requested, required };

/// What the network shall do for a virtual server. An absent SNAT is reported, not judged; TLS is neither: it steers probes.
struct Expectation {
  ReturnPath return_path = ReturnPath::through_load_balancer;
  std::vector<SnatRule> snat;             ///< empty: report what it is
  std::optional<TlsMode> tls_mode;
  std::optional<MutualTls> mutual_tls;
  std::optional<TlsPolicy> tls_policy;
  bool shares_sessions = false;  ///< what one member gave is resumed by every other; false: not demanded
  bool has_own_connections = false;  ///< a connection to a member carries one client's requests alone; false: not demanded
  std::string identity_header;  ///< in which the balancer names the client by its certificate; empty: not tested
  std::optional<std::chrono::milliseconds> idle;
};

/// What clients speak to a virtual server; the probe goes no deeper.
enum class Protocol { https, http, tls, tcp };

/// What has to be seen before a virtual server counts as covered.
enum class Coverage {
  each_pair,       ///< every source on every member
  each_member,     ///< every member, by whichever source (`coverage: each_member`)
  one_per_source   ///< one member per source (`persistence: source`)
};

struct VirtualServer {
  std::string name;
  std::uint16_t port = 444;
  std::uint16_t member_port = 444;
  std::string path = "/";                 ///< of the request
  Protocol protocol = Protocol::https;
  Depth depth = Depth::http;              ///< of the probe; `hello`: the real service listens, no responder of ours
  std::string f5_virtual;                 ///< "/Common/pool01_444"; empty when not given
  std::string f5_pool;
  Coverage coverage = Coverage::each_pair;
  Expectation expect;
};

struct Pool {
  std::string name;
  std::string fqdn;                       ///< server name (SNI) of probes; empty: none is sent
  std::vector<IpAddress> vips;            ///< at most one of each family per virtual server's endpoint
  std::string load_balancer;              ///< host name
  std::vector<std::string> members;       ///< host names
  std::vector<std::string> sources;       ///< host names that may open connections, in order
  std::map<std::string, std::string> excluded_sources;  ///< host name → reason
  std::vector<std::string> direct_sources;///< additional sources of the direct control (`direct: true`)
  std::vector<VirtualServer> virtual_servers;
  const VirtualServer* virtual_server(const std::string& name) const;
};

/// A finding that is accepted until a date.
struct Waiver {
  std::string check;
  std::string source, member, host;       ///< parts of the subject; empty matches any
  std::chrono::sys_days until;
  std::string reason;
};

struct Topology {
  std::string name;
  std::vector<Host> hosts;
  std::vector<Network> networks;
  std::vector<Pool> pools;
  std::vector<Waiver> waivers;
  std::string sha256;                     ///< of the file's bytes, hex
  std::string text;                       ///< the file's bytes, for the bundle

  const Host* host(const std::string& name) const;
  const Pool* pool(const std::string& name) const;
  const Host* owner_of(const IpAddress& address) const;  ///< host with that address or self IP
  bool are_neighbours(const Host& left, const Host& right, Family family) const;  ///< a declared network holds both
  bool is_member(const Pool& pool, const std::string& host) const;
  /// What is promised of a source's address: the first rule that is for it; null when none is.
  const SnatRule* snat_rule(const Pool& pool, const VirtualServer& server, const std::string& source,
                            Family family) const;
};

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <string_view>

/// Every key of the topology file. The reader knows no other; docs/topology.md has one row for each (a test
/// compares them word by word).
namespace hairpin::yaml {

inline constexpr std::string_view kRequired = "required";

struct Key {
  std::string_view name;
  std::string_view value;     ///< what it must be
  std::string_view fallback;  ///< without it; kRequired
  std::string_view meaning;
};

inline constexpr Key kFileKeys[] = {
    {"hairpin", "`1`", kRequired, "version of this format"},
    {"name", "name", kRequired, "of the topology; reports and bundles carry it"},
    {"hosts", "map of hosts by name", kRequired, "every machine that takes part"},
    {"networks", "map of networks by name", "none", "subnets: who is whose neighbour, and the gateways"},
    {"pools", "map of pools by name", kRequired, "what is tested"},
    {"accept", "list of waivers", "none", "findings that are accepted until a date"},
};

inline constexpr Key kHostKeys[] = {
    {"addresses", "list of IP addresses", "required, but for a load balancer",
     "the host's own addresses; all of them count as the host's, the direct control goes to the first of each family. Never the VIP, not even on a balancer that "
     "owns it"},
    {"agent", "`unix:PATH`, `ADDRESS:PORT` or `ssh:HOST`", "none",
     "how the host's agent is reached, beside the path under test"},
    {"load_balancer", "true or false", "`false`", "the host balances pools; it opens no probes"},
    {"self_ips", "list of self IPs", "none",
     "of a load balancer: what SNAT automap takes its addresses from"},
    {"capture", "capture", "none", "of a load balancer: a capture that hairpin starts without an agent"},
    {"state", "state", "nobody asks it", "of a load balancer: how it is asked, read only, what it says of the run itself"},
    {"f5", "F5 configuration", "none", "of a load balancer: its configuration, for the check `config`"},
    {"direct", "true or false", "`false`",
     "the host also runs the direct control to each member, although it is not in the member's network"},
    {"stand_in", "text", "none", "what this machine stands in for; findings won on it say so"},
    {"tls", "certificates", "the run's own, which are not judged", "what this host shows and trusts in the service under test"},
};

inline constexpr Key kHostTlsKeys[] = {
    {"certificate", "file", "none", "PEM: the host's certificate, then its intermediates; as server and as client"},
    {"key", "file", "required with `certificate`", "PEM, without a pass phrase, readable by its owner alone"},
    {"trusted", "file", "nothing is verified", "PEM: the roots that this host trusts; a TRUSTED CERTIFICATE keeps what it is trusted for"},
    {"ticket_key", "file", "a key of its own", "80 bytes, as nginx's ssl_session_ticket_key: what a member seals TLS sessions with; readable by its owner alone"},
};

inline constexpr Key kSelfIpKeys[] = {
    {"address", "IP address", kRequired, "of the load balancer in a network"},
    {"floating", "true or false", "`false`", "moves with the active unit; SNAT automap prefers it"},
};

inline constexpr Key kCaptureKeys[] = {
    {"bigip", "`ssh:USER@HOST`", kRequired,
     "hairpin runs tcpdump there, with arguments that it builds itself"},
};

inline constexpr Key kStateKeys[] = {
    {"bigip", "`ssh:USER@HOST` or `https://HOST:PORT`", kRequired, "where it is asked: tmsh through ssh, or iControl REST"},
    {"ca", "file", "none", "PEM, of REST: the authority that has signed the BIG-IP's certificate"},
    {"pin", "`sha256:` and 64 hexadecimal digits", "required without `ca`", "of REST: the fingerprint of the BIG-IP's certificate"},
    {"credentials", "file", "the environment", "of REST: `USER:PASSWORD` or `token:TOKEN`, one line, readable by its owner alone"},
};

inline constexpr Key kConfigurationKeys[] = {
    {"config", "file, or list of files", kRequired, "what `hairpin run` without --f5 takes; a folder means its *.conf and *.json"},
};

inline constexpr Key kNetworkKeys[] = {
    {"prefix", "prefix", kRequired, "hosts with an address inside are neighbours"},
    {"gateway", "gateway", "none", "the router that hosts of this network shall use"},
};

inline constexpr Key kGatewayKeys[] = {
    {"address", "IP address", "none", "inside the prefix"},
    {"macs", "list of MAC addresses", "learnt", "all that the gateway may answer with: a VRRP or HSRP group"},
};

inline constexpr Key kPoolKeys[] = {
    {"vip", "list of IP addresses", kRequired, "at most one of each family"},
    {"fqdn", "DNS name", "none: no SNI is sent", "the server name that probes ask for, and what has to lead every source to the VIP"},
    {"load_balancer", "host", kRequired, "which host balances the pool"},
    {"members", "list of hosts", kRequired, "the front ends"},
    {"sources", "list of hosts, or `{ except: { HOST: REASON } }`", "every host that is no load balancer",
     "who may open connections; a host that is left out with a reason gives `skip`"},
    {"expect", "expectation", "nothing but the return path", "default for the pool's virtual servers"},
    {"virtual_servers", "list of virtual servers", kRequired, "one for each port of the VIP"},
};

inline constexpr Key kSourcesKeys[] = {
    {"except", "map from host to reason", kRequired, "hosts that open no connections, and why"},
};

inline constexpr Key kVirtualServerKeys[] = {
    {"name", "name", kRequired, "unique in its pool"},
    {"port", "port", "`444`", "of the VIP"},
    {"member_port", "port", "the same as `port`", "of the members"},
    {"protocol", "`https`, `http`, `tls` or `tcp`", "`https`", "what clients speak"},
    {"probe", "`tcp`, `hello`, `tls` or `http`", "what the protocol allows",
     "how deep a probe goes; `hello` (ClientHello, first flight, close) where the real service listens"},
    {"path", "path", "`/`", "that probes request"},
    {"coverage", "`each_pair` or `each_member`", "`each_pair`",
     "what has to be seen: every source on every member, or every member by whichever source"},
    {"f5", "F5 names", "none", "for the commands in remedies"},
    {"expect", "expectation", "the pool's", "each key that is given replaces the pool's"},
};

inline constexpr Key kF5Keys[] = {
    {"virtual", "full path", "none", "of the virtual server"},
    {"pool", "full path", "none", "of the pool"},
};

inline constexpr Key kExpectKeys[] = {
    {"return_path", "`through_load_balancer` or `direct`", "`through_load_balancer`",
     "how replies come back; `direct` is nPath (DSR)"},
    {"snat", "SNAT rule, or list of them: the first match wins", "reported, not judged",
     "the source address that members see"},
    {"tls", "TLS expectation", "none", "who ends TLS, and who shows a certificate; `mutual` is judged where the balancer ends TLS"},
    {"idle", "duration", "not tested", "a connection that is idle for so long must survive"},
    {"persistence", "`source`", "none",
     "the balancer keeps a source on one member: one member per source is full coverage"},
};

inline constexpr Key kSnatKeys[] = {
    {"type", "`none`, `automap` or `pool`", kRequired,
     "the source's own address, a self IP of the balancer, or one of `addresses`"},
    {"from", "list of `any`, `members`, hosts and prefixes", "`[any]`", "the sources that the rule is for"},
    {"addresses", "list of IP addresses", "required for `pool`", "of the SNAT pool; never the VIP"},
};

inline constexpr Key kTlsKeys[] = {
    {"mode", "`passthrough`, `terminate` or `reencrypt`", "none",
     "what the balancer does with TLS; behind `terminate` the direct controls speak plaintext"},
    {"mutual", "`none`, `requested` or `required`", "`none`",
     "client certificates; but for `none` the responders ask for one"},
    {"identity_header", "name of a header field", "not tested",
     "in which a balancer that ends TLS tells members who the client is; clients that send it themselves must not be believed"},
    {"shared_sessions", "true or false", "`false`", "a TLS session that one member gave is to be resumed by every other one"},
    {"own_connections", "true or false", "`false`",
     "a balancer that ends TLS must not send the requests of different clients over one connection to a member"},
    {"policy", "`modern`, `intermediate` or `legacy`", "nothing is demanded", "what keys, signatures and lifetimes of certificates have to be (docs/tls.md)"},
};

inline constexpr Key kWaiverKeys[] = {
    {"check", "name of a check", kRequired, "`hairpin checks` lists them"},
    {"subject", "subject", "every subject of the check", "whose findings are accepted"},
    {"until", "date", kRequired, "the last day; an ended waiver is not applied, and is no error"},
    {"reason", "text", kRequired, "the change, ticket or person behind it"},
};

inline constexpr Key kSubjectKeys[] = {
    {"source", "host", "any", "that opened the connection"},
    {"member", "host", "any", "that answered it"},
    {"host", "host", "any", "of findings about one machine"},
};

struct KeyTable {
  std::string_view title;  ///< of its section in docs/topology.md, and how messages call it
  std::span<const Key> keys;
};

inline constexpr std::array<KeyTable, 18> kKeyTables{{{"the file", kFileKeys},
                                                      {"a host", kHostKeys},
                                                      {"certificates of a host", kHostTlsKeys},
                                                      {"a self IP", kSelfIpKeys},
                                                      {"a capture", kCaptureKeys},
                                                      {"a state", kStateKeys},
                                                      {"F5 configuration", kConfigurationKeys},
                                                      {"a network", kNetworkKeys},
                                                      {"a gateway", kGatewayKeys},
                                                      {"a pool", kPoolKeys},
                                                      {"sources", kSourcesKeys},
                                                      {"a virtual server", kVirtualServerKeys},
                                                      {"F5 names", kF5Keys},
                                                      {"an expectation", kExpectKeys},
                                                      {"a SNAT rule", kSnatKeys},
                                                      {"a TLS expectation", kTlsKeys},
                                                      {"a waiver", kWaiverKeys},
                                                      {"a subject", kSubjectKeys}}};

}  // namespace hairpin::yaml

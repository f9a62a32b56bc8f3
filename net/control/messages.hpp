// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "base/json.hpp"

/// What coordinator and agents say to each other (docs/protocol.md). The set of actions is closed and their parameters
/// are typed: no message carries a command, a path to run or a filter expression.
namespace hairpin::control {

inline constexpr std::uint32_t kProtocol = 7;
inline constexpr std::size_t kMaximumFrameBytes = 1 << 20;

BOOST_DEFINE_ENUM_CLASS(Action,
                        hello,    ///< who are you; protocol and version
                        clock,    ///< what time is it (four-timestamp offset)
                        prepare,  ///< listen, start captures, prove that they see packets
                        facts,    ///< interfaces, routes, neighbours, counters
                        probe,    ///< one connection attempt
                        served,   ///< what the listeners served under load until now
                        load_prepare,  ///< make everything ready for a load, ask its target for consent
                        load_start,    ///< at the agreed instant
                        load_report,   ///< seconds that are over; the load goes on only while it is asked for them
                        load_end,      ///< stop it if it still runs, and say what was seen
                        show,     ///< how the responders serve from now on: which certificate, and whether sessions and connections last
                        flush,    ///< send every observation that you hold, then answer
                        finish)   ///< prove captures again, stop everything, send the rest

/// One frame: a request (`action`), an answer to one (`answers`), or a notice (neither; only agent → coordinator).
struct Message {
  std::uint64_t id = 0;                   ///< of a request, from 1, rising
  std::optional<Action> action;
  std::optional<std::uint64_t> answers;
  std::optional<std::string> error;       ///< of an answer: why it was refused
  std::optional<std::string> notice;      ///< "frames", "responder": the type of a notice's body
  boost::json::value body;
};
BOOST_DESCRIBE_STRUCT(Message, (), (id, action, answers, error, notice, body))

struct Hello {
  std::uint32_t protocol = kProtocol;
  std::string version;
  std::string run;    ///< run id; empty from an agent
};
BOOST_DESCRIBE_STRUCT(Hello, (), (protocol, version, run))

struct ClockReading {
  WallTime received{};
  WallTime answered{};
};
BOOST_DESCRIBE_STRUCT(ClockReading, (), (received, answered))

struct Listen {
  std::uint16_t port = 0;
  bool requires_client_certificate = false;
  bool requests_client_certificate = false;
  milliseconds idle{};  ///< a connection may say nothing for so long, beside the usual limit
  bool serves_load = false;       ///< objects over connections that stay open (net/load_request.hpp), and counts of them
  bool resumes_sessions = false;  ///< of TLS; only where it serves load
  std::string identity_header;    ///< field whose values are reported; empty: none
};
BOOST_DESCRIBE_STRUCT(Listen, (), (port, requires_client_certificate, requests_client_certificate, idle, serves_load,
                                   resumes_sessions, identity_header))

/// A certificate with its key, and what is trusted; PEM, each may be empty.
struct Credentials {
  std::string certificate_pem;
  std::string key_pem;
  std::string trusted_pem;
  std::string ticket_key;  ///< hex; what sessions are sealed with
};
BOOST_DESCRIBE_STRUCT(Credentials, (), (certificate_pem, key_pem, trusted_pem, ticket_key))

struct Show {
  bool is_site = true;  ///< the site's, where there is one; otherwise the run's own, which nobody else can trust
  bool gives_sessions = false;     ///< to resume; otherwise each connection is a whole handshake
  bool keeps_connections = false;  ///< open for another request; otherwise each has a connection of its own
};
BOOST_DESCRIBE_STRUCT(Show, (), (is_site, gives_sessions, keeps_connections))

struct Watch {
  std::vector<std::uint16_t> ports;       ///< TCP ports of the plan: the agent builds the filter from them
  std::vector<IpAddress> addresses;       ///< of its services: VIPs and members
  std::vector<IpAddress> clients;         ///< who may open connections to services that nobody declared
  std::vector<Endpoint> vips;             ///< to tell a third address
  std::vector<Endpoint> members;
};
BOOST_DESCRIBE_STRUCT(Watch, (), (ports, addresses, clients, vips, members))

struct Prepare {
  std::string host;                       ///< the agent's name in the topology
  std::vector<Listen> listen;
  std::optional<Watch> watch;
  Credentials credentials;                ///< the run's own, made for it: paths are tested with these
  std::optional<Credentials> site;        ///< of the service under test, where the topology names them
  std::vector<IpAddress> routes_to;       ///< addresses for facts
  std::vector<std::string> names;         ///< DNS names for facts
  std::string load_key;                   ///< of the run (net/load_proof.hpp): signs answers under load; empty where none is made
  bool is_for_load = false;               ///< captures of sampled trips alone: the load's packets would take the CPU that is measured
};
BOOST_DESCRIBE_STRUCT(Prepare, (), (host, listen, watch, credentials, site, routes_to, names, load_key, is_for_load))

}  // namespace hairpin::control

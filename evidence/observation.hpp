// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "base/clock.hpp"
#include "base/depth.hpp"
#include "base/describe.hpp"
#include "base/host_facts.hpp"
#include "base/identifier.hpp"
#include "base/tls_details.hpp"
#include "base/tls_facts.hpp"
#include "evidence/tls_question.hpp"

/// What was seen: one fact from one vantage each, without an opinion. Probes, responders, captures and hosts emit
/// these; nothing else in hairpin knows how they were gathered. All of them have JSON by their description.
namespace hairpin {

BOOST_DESCRIBE_STRUCT(Tuple, (), (source, destination))

BOOST_DEFINE_ENUM_CLASS(Phase, connect, tls, request, response, close)      ///< of a connection, in order

/// How the probe's connection ended.
BOOST_DEFINE_ENUM_CLASS(End,
                        answered,   ///< every phase that was asked for succeeded
                        refused,    ///< RST to the SYN (ECONNREFUSED)
                        reset,      ///< RST later (ECONNRESET, EPIPE)
                        closed,     ///< orderly FIN before the answer was complete
                        silent,     ///< the phase's time limit passed
                        alert,      ///< a TLS alert, ours or the peer's
                        garbled,    ///< the peer spoke something else (TLS or HTTP that does not parse)
                        decided,    ///< ended early: the evidence at this host already decides the trip
                        local)      ///< this host could not try (no route, no such source address, no ports)

/// What a hairpin responder says in the body of its answer.
struct ResponderAnswer {
  std::string name;   ///< the responder's host name in the topology
  TripId trip;        ///< echoed from the request
  Endpoint local;     ///< the connection's tuple as the responder saw it
  Endpoint peer;
  std::optional<TlsFacts> tls;  ///< absent when it was asked in plaintext
};
BOOST_DESCRIBE_STRUCT(ResponderAnswer, (), (name, trip, local, peer, tls))

/// What a connection attempt was aimed at. `member` is empty for the way through the VIP; otherwise the attempt is
/// the direct control to that member.
struct Target {
  std::string pool;
  std::string virtual_server;
  std::string member;
  Endpoint endpoint;
  auto operator<=>(const Target&) const = default;
};
BOOST_DESCRIBE_STRUCT(Target, (), (pool, virtual_server, member, endpoint))

struct PhaseTime {
  Phase phase{};
  nanoseconds began{};  ///< after the start of the attempt, steady clock
  nanoseconds took{};
};
BOOST_DESCRIBE_STRUCT(PhaseTime, (), (phase, began, took))

/// The probe's account of one connection attempt.
struct ProbeObservation {
  std::string host;
  TripId trip;
  Target target;
  Depth depth{};
  std::uint32_t attempt = 0;   ///< of this source to this target in this run, from 1
  std::optional<TlsQuestion> question;
  std::optional<milliseconds> idled;  ///< was to say nothing for so long between handshake and request: the idle test
  WallTime started{};          ///< clock of the host
  WallTime ended{};
  std::optional<Endpoint> local;
  std::vector<PhaseTime> phases;  ///< those that began, in order
  End end{};
  Phase ended_in{};            ///< the phase in which `end` happened
  std::string error;           ///< in the words of the system or of OpenSSL, for a person; never compared
  std::optional<std::int32_t> errno_value;
  std::optional<TlsAlert> alert;
  std::optional<TlsFacts> tls;
  std::optional<TlsDetails> details;      ///< of a question
  std::optional<std::uint32_t> http_status;
  std::string http_title;                 ///< of a page that answered a question: "400 No required SSL certificate was sent"
  std::optional<ResponderAnswer> answer;  ///< absent when something else than our responder answered
};
BOOST_DESCRIBE_STRUCT(ProbeObservation, (), (host, trip, target, depth, attempt, question, idled, started, ended, local, phases, end,
                                             ended_in, error, errno_value, alert, tls, details, http_status, http_title,
                                             answer))

/// The responder's account of one connection that it accepted.
struct ResponderObservation {
  std::string host;
  WallTime accepted{};
  Endpoint local;
  Endpoint peer;
  std::optional<TripId> trip;     ///< absent when no request with a trip id came
  bool is_plaintext = false;
  End end{};                      ///< answered; otherwise how it ended, as for a probe
  Phase ended_in{};
  std::string error;
  std::optional<TlsAlert> alert;
  std::optional<TlsFacts> tls;
  /// Values of the field in which a balancer names the client, as they came; absent: nobody asked for them.
  std::optional<std::vector<std::string>> identities;
};
BOOST_DESCRIBE_STRUCT(ResponderObservation, (), (host, accepted, local, peer, trip, is_plaintext, end, ended_in, error,
                                                 alert, tls, identities))

/// What a probe claims to be in that field, itself: whoever passes it on believes every client.
inline constexpr const char* kForgedIdentity = "CN=hairpin-forged";

BOOST_DEFINE_ENUM_CLASS(Direction, in, out, unknown)  ///< seen from the capturing host

/// One TCP segment at one vantage.
struct PacketObservation {
  std::string host;
  std::string interface;
  std::uint64_t frame = 0;     ///< number of the frame in this vantage's capture, from 1 (as Wireshark counts)
  WallTime time{};
  Direction direction = Direction::unknown;
  MacAddress source_mac;       ///< all zero on loopback
  MacAddress destination_mac;
  std::optional<std::uint16_t> vlan;  ///< outermost VLAN id
  Tuple tuple;
  std::uint8_t flags = 0;      ///< TCP flags byte, see kFin … below
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint16_t window = 0;    ///< as on the wire, not scaled
  std::uint8_t hop_limit = 0;  ///< TTL or hop limit
  std::optional<std::uint32_t> timestamp_value;  ///< TCP timestamps option (RFC 7323 §3)
  std::optional<std::uint32_t> timestamp_echo;
  std::uint32_t payload_bytes = 0;               ///< TCP payload by the headers, not by what was captured
  std::optional<ClientRandom> client_random;     ///< when the payload begins a ClientHello
  std::optional<std::string> reset_cause;        ///< in the payload of BIG-IP's RST: "[0x2664c65:2574] No flow found for ACK"

  auto operator<=>(const PacketObservation&) const = default;
  bool has(std::uint8_t wanted) const { return (flags & wanted) == wanted; }
  bool is_syn() const;      ///< SYN without ACK
  bool is_syn_ack() const;
  bool is_reset() const;
  bool is_refusal() const;    ///< the RST that answers a SYN: seq 0 and an acknowledgement (RFC 9293 §3.5.2)
};

inline constexpr std::uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kPsh = 0x08, kAck = 0x10;

/// The segment as tcpdump prints it, with MACs in front when they are known.
std::string tcpdump_form(const PacketObservation& packet);

/// What a capture at one interface can vouch for.
struct CaptureFacts {
  std::string host;
  std::string interface;
  std::string filter;               ///< the BPF expression
  bool is_proven_before = false;    ///< its canary was seen before the first connection
  bool is_proven_after = false;     ///< … and after the last one
  std::uint64_t received = 0;       ///< by the kernel's filter (pcap_stats)
  std::uint64_t dropped = 0;        ///< by the kernel for want of room, plus by the interface
  std::uint64_t kept = 0;           ///< decoded and kept
  std::uint64_t malformed = 0;      ///< matched the filter, but no TCP segment could be read
  std::string error;                ///< why there is no capture; empty when there is one
  bool lacks_privilege = false;
};
BOOST_DESCRIBE_STRUCT(CaptureFacts, (), (host, interface, filter, is_proven_before, is_proven_after, received, dropped,
                                         kept, malformed, error, lacks_privilege))

/// What a host says of itself. Counters (nstat names, "martian_source") support a verdict, they never decide one.
struct HostFacts {
  std::string host;
  bool is_before = false;  ///< taken before the first connection; otherwise after the last
  WallTime time{};
  std::string kernel;
  std::vector<InterfaceFacts> interfaces;
  std::vector<RouteFacts> routes;          ///< to every address of the plan
  std::vector<NeighbourFacts> neighbours;
  std::map<std::string, std::uint64_t> counters;
  std::vector<NameFacts> names;            ///< of the pools, before the run
};
BOOST_DESCRIBE_STRUCT(HostFacts, (), (host, is_before, time, kernel, interfaces, routes, neighbours, counters, names))

BOOST_DEFINE_ENUM_CLASS(AgentState, ready, none, unreachable, no_privilege, lost, refused)

/// What became of the agent of a host in this run.
struct AgentFacts {
  std::string host;
  AgentState state{};
  std::string version;
  std::string detail;               ///< the error, worded; empty when ready
  nanoseconds clock_offset{};       ///< agent's clock minus the coordinator's
  nanoseconds clock_error{};        ///< the offset is known to ± this
};
BOOST_DESCRIBE_STRUCT(AgentFacts, (), (host, state, version, detail, clock_offset, clock_error))

/// One connection as a load balancer's own table shows it.
struct ConnectionObservation {
  std::string host;                 ///< the balancer
  WallTime time{};                  ///< when its table had come, clock of the coordinator
  Endpoint client;                  ///< who opened it
  Endpoint virtual_server;          ///< what it was opened to
  std::optional<Endpoint> as;       ///< as whom the balancer asks the member: the client itself without SNAT
  std::optional<Endpoint> member;   ///< absent, as `as` is: no server side
  std::uint64_t idle_s = 0;         ///< for so long no packet of it had passed
  std::optional<std::uint64_t> from_client, from_member;  ///< packets that the balancer counted; absent: it does not say
};
BOOST_DESCRIBE_STRUCT(ConnectionObservation, (), (host, time, client, virtual_server, as, member, idle_s, from_client, from_member))

BOOST_DEFINE_ENUM_CLASS(UnitState, unknown, active, standby, offline, forced_offline)  ///< of one of a pair of balancers

/// What a load balancer says of one virtual server or pool, or of one member of that pool.
struct ServiceStatus {
  std::string name;
  std::optional<Endpoint> member;   ///< absent: of the virtual server or pool itself
  std::string availability;         ///< "available", "offline", "unknown"
  std::string state;                ///< "enabled", "disabled"
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(ServiceStatus, (), (name, member, availability, state, reason))

/// A persistence record: this source goes to this member.
struct PersistenceRecord {
  IpAddress source;
  std::optional<Endpoint> virtual_server;  ///< absent: any
  Endpoint member;
};
BOOST_DESCRIBE_STRUCT(PersistenceRecord, (), (source, virtual_server, member))

struct ResetCount {
  std::string cause;         ///< "No pool member available"
  std::uint64_t count = 0;   ///< by which it grew in the run; of the whole machine
};
BOOST_DESCRIBE_STRUCT(ResetCount, (), (cause, count))

/// What a load balancer says of itself and of its services, before the first connection and after the last one. The connections
/// that its table had meanwhile are observations of their own.
struct BalancerFacts {
  std::string host;
  std::string through;                   ///< "ssh:netops@bigip-a", "https://bigip-a:443"
  UnitState before = UnitState::unknown;
  UnitState after = UnitState::unknown;
  std::vector<ServiceStatus> services;   ///< as the last look that was answered had them
  std::vector<PersistenceRecord> persistence;  ///< of sources of the topology
  std::vector<ResetCount> resets;
  std::uint32_t asked = 0, answered = 0; ///< questions
  std::uint64_t not_understood = 0;      ///< lines of its answers
  std::vector<std::string> missing;      ///< what it did not say, and why
};
BOOST_DESCRIBE_STRUCT(BalancerFacts, (), (host, through, before, after, services, persistence, resets, asked, answered, not_understood, missing))

/// Everything that was observed in one run.
struct Observations {
  std::vector<ProbeObservation> probes;
  std::vector<ResponderObservation> responders;
  std::vector<PacketObservation> packets;
  std::vector<CaptureFacts> captures;
  std::vector<HostFacts> hosts;
  std::vector<AgentFacts> agents;
  std::vector<BalancerFacts> balancers;
  std::vector<ConnectionObservation> connections;
};

/// Hosts whose captures were proven before and after and lost nothing: what they did not see did not pass there.
std::set<std::string> reliable_hosts(const Observations& observations);

BOOST_DESCRIBE_STRUCT(PacketObservation, (),
                      (host, interface, frame, time, direction, source_mac, destination_mac, vlan, tuple, flags,
                       sequence, acknowledgement, window, hop_limit, timestamp_value, timestamp_echo, payload_bytes,
                       client_random, reset_cause))
}  // namespace hairpin

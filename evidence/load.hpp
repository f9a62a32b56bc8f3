// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/describe.hpp"
#include "base/tls_facts.hpp"
#include "evidence/load_counts.hpp"
#include "evidence/observation.hpp"

/// What was seen of a load: by the host that made it, and by the members that answered. Numbers only, no opinion.
/// A transaction is one request with its whole answer; every one that was due is counted once, as completed, failed
/// or shed: nothing is left out silently.
namespace hairpin {

/// When the next transaction is due. `closed`: when a connection is free, which measures the most that goes and hides how
/// long the others would have waited (coordinated omission); the other two do not wait for anybody.
BOOST_DEFINE_ENUM_CLASS(Arrivals, constant, poisson, closed)

/// The tests of RFC 9411 that we follow: §7.6 (plain: §7.2), §7.7 (§7.3), §7.8 (§7.4), §7.9 (§7.5).
BOOST_DEFINE_ENUM_CLASS(LoadTest, connections, throughput, latency, concurrent)

/// RFC 9411 §4.3.4: only `sustain` is measured. `over`: before and after.
BOOST_DEFINE_ENUM_CLASS(LoadPhase, over, init, ramp_up, sustain, ramp_down)

/// How the server's certificate is checked. `compared`: the first chain is verified in full, every other one has to be the
/// same to the byte, or is verified as well.
BOOST_DEFINE_ENUM_CLASS(CertificateCheck, none, compared, full)

/// Why transactions failed.
struct LoadFailures {
  std::uint64_t refused = 0;        ///< RST to the SYN
  std::uint64_t reset = 0;          ///< RST later
  std::uint64_t closed = 0;         ///< orderly end before the answer was whole
  std::uint64_t tls = 0;            ///< alert, or a handshake that failed otherwise
  std::uint64_t status = 0;         ///< a whole answer that is not 200
  std::uint64_t garbled = 0;        ///< no HTTP/1.1, another length than was asked for, or bytes behind its end
  std::uint64_t foreign = 0;        ///< as it should be, but not signed with the run's key: somebody else answered
  std::uint64_t timed_out = 0;      ///< in the histograms with the limit as their time
  std::uint64_t unreachable = 0;    ///< no route, administratively prohibited
  std::uint64_t no_port = 0;        ///< of ours: EADDRNOTAVAIL
  std::uint64_t no_descriptor = 0;  ///< of ours: EMFILE, ENFILE
  std::uint64_t no_memory = 0;      ///< of ours: ENOBUFS, ENOMEM, ENOSPC (watched descriptors), or OpenSSL had none
  std::uint64_t stopped = 0;        ///< still open when the load was stopped early
  std::uint64_t other = 0;

  std::uint64_t total() const;
  void add(const LoadFailures& more);
  bool operator==(const LoadFailures&) const = default;
};
BOOST_DESCRIBE_STRUCT(LoadFailures, (), (refused, reset, closed, tls, status, garbled, foreign, timed_out, unreachable, no_port,
                                         no_descriptor, no_memory, stopped, other))

struct LoadTally {
  std::uint64_t attempted = 0;      ///< transactions that were due
  std::uint64_t completed = 0;      ///< whole answer with status 200
  std::uint64_t shed = 0;           ///< due while everything was busy and no room was left to wait: never sent
  LoadFailures failed;
  std::uint64_t connections = 0;    ///< SYNs, not their repetitions; none where this host had no port, file, memory or route
  std::uint64_t established = 0;    ///< TCP handshakes
  std::uint64_t repeated_syns = 0;  ///< the kernel sent them again, as each lost SYN or SYN-ACK asks for
  std::uint64_t handshakes = 0;     ///< TLS handshakes, full ones
  std::uint64_t resumed = 0;        ///< … and resumed ones
  std::uint64_t alive = 0;          ///< of `sustained`: established connections that lived in that phase, wherever they began
  std::uint64_t resets = 0;         ///< of those (outside `sustained`: of the others) ended by a RST
  std::uint64_t ended_idle = 0;     ///< connections that the other end closed in order while it was not its turn; a 408 before is part of it
  std::uint64_t unasked = 0;        ///< … on which it sent something else then: bytes that nobody had asked for, an alert, no TLS
  std::uint64_t request_bytes = 0;  ///< HTTP, as it was sent
  std::uint64_t answer_bytes = 0;   ///< HTTP with headers
  std::uint64_t body_bytes = 0;     ///< objects alone

  /// attempted = completed + failed + shed
  bool is_settled() const { return attempted == completed + failed.total() + shed; }
  void add(const LoadTally& more);
  bool operator==(const LoadTally&) const = default;
};
BOOST_DESCRIBE_STRUCT(LoadTally, (), (attempted, completed, shed, failed, connections, established, repeated_syns, handshakes, resumed,
                                       alive, resets, ended_idle, unasked, request_bytes, answer_bytes, body_bytes))

/// What happened in one second, by the clock of what happened: a transaction may be due in one and complete in another.
struct LoadSecond {
  std::uint32_t second = 0;  ///< after the agreed start
  LoadPhase phase{};         ///< at its beginning
  std::uint64_t attempted = 0, completed = 0, failed = 0, shed = 0;
  std::uint64_t foreign = 0;      ///< of the failed
  std::uint64_t connections = 0;  ///< SYNs
  std::uint64_t established = 0;  ///< TCP handshakes
  std::uint64_t handshakes = 0;   ///< of TLS, resumed ones too
  std::uint64_t open = 0;         ///< connections at its end whose handshakes are over
  std::uint64_t body_bytes = 0;   ///< of objects that arrived, whatever became of the answer
  std::int64_t half_us = 0;       ///< response time: median …
  std::int64_t p99_us = 0;
  std::int64_t most_us = 0;
};
BOOST_DESCRIBE_STRUCT(LoadSecond, (), (second, phase, attempted, completed, failed, shed, foreign, connections, established, handshakes, open,
                                       body_bytes,                                       half_us, p99_us, most_us))

/// Distributions over the sustain phase, each as base/histogram.hpp encodes it; empty: nothing to measure.
struct LoadTimes {
  std::string response;    ///< from the moment when a transaction was due until its last byte
  std::string service;     ///< … from when it was begun
  std::string lag;         ///< from due until begun, our own lateness and the wait for a free connection
  std::string connect;     ///< SYN to the end of the TCP handshake
  std::string handshake;   ///< TLS
  std::string first_byte;  ///< RFC 9411 TTFB of connections' first transactions: SYN to the first byte of the answer
  std::string last_byte;   ///< … TTLB: to its last
};
BOOST_DESCRIBE_STRUCT(LoadTimes, (), (response, service, lag, connect, handshake, first_byte, last_byte))

/// Who answered, by the name in the answers.
struct MemberShare {
  std::string member;  ///< empty: answers without a name
  std::uint64_t completed = 0;
  bool operator==(const MemberShare&) const = default;
};
BOOST_DESCRIBE_STRUCT(MemberShare, (), (member, completed))

/// Trips that were made beside a load, to see whether the path is still right.
struct SampledTrips {
  std::uint32_t attempted = 0, answered = 0;
  std::vector<MemberShare> members;  ///< who answered
};
BOOST_DESCRIBE_STRUCT(SampledTrips, (), (attempted, answered, members))

/// Whether the generator itself was the limit.
struct GeneratorHealth {
  std::uint32_t threads = 0;
  nanoseconds sustained{};      ///< length of the sustain phase as it was
  nanoseconds cpu{};            ///< of the load's own threads in the sustain phase
  nanoseconds busiest{};        ///< … of the one that used most; of one CPU, where they have fewer CPUs than there are threads
  std::int64_t lateness_us = -1;  ///< how late the loop looked at due transactions, those of the ramp too; -1: closed loop
  double lateness_percent = 99.9;  ///< … of so many; less where fewer than ten lie beyond: one late look is no verdict
  std::uint64_t no_port = 0, no_descriptor = 0, no_memory = 0;
  std::uint64_t held_back = 0;  ///< times a closed loop waited for the ceiling of its host
  std::string error;            ///< what a thread of it could not do
};
BOOST_DESCRIBE_STRUCT(GeneratorHealth, (), (threads, sustained, cpu, busiest, lateness_us, lateness_percent, no_port, no_descriptor, no_memory, held_back, error))

/// Threads that share fewer CPUs (0: not known) are never busy all the time, and their CPUs are.
void count_cpus(GeneratorHealth& health, std::uint32_t cpus);

/// How long each phase lasts.
struct LoadPhases {
  milliseconds init{};
  milliseconds ramp_up{};
  milliseconds sustain{};
  milliseconds ramp_down{};
};
BOOST_DESCRIBE_STRUCT(LoadPhases, (), (init, ramp_up, sustain, ramp_down))

/// Of the objects that are asked for, those of one size: `weight` of the sum of all weights.
struct LoadObject {
  std::uint64_t bytes = 0;
  std::uint32_t weight = 1;
  bool operator==(const LoadObject&) const = default;
};
BOOST_DESCRIBE_STRUCT(LoadObject, (), (bytes, weight))

/// What a load is to be.
struct LoadShape {
  LoadTest test{};
  Arrivals arrivals{};
  double rate = 0;                       ///< transactions a second in the sustain phase; closed: not used
  std::uint32_t connections = 1;         ///< most that are open at once
  std::uint32_t transactions = 1;        ///< of one connection, then it is closed; 0: as many as the server lets
  std::vector<LoadObject> objects;       ///< asked of a hairpin responder, mixed by weight; empty: whatever the path gives
  milliseconds think{};                  ///< pause of a connection between its transactions
  milliseconds limit{10'000};            ///< of a transaction, from when it was due
  LoadPhases phases;
  bool resumes = false;                  ///< sessions of TLS
  CertificateCheck check{};
  std::uint32_t threads = 1;
  std::uint64_t seed = 1;
  std::uint32_t part = 0, parts = 1;     ///< of `parts` hosts that begin at one instant: `rate` is a part's, arrivals take turns
  std::vector<IpAddress> sources;        ///< empty: as the kernel chooses
  std::uint16_t first_port = 0, last_port = 0;  ///< 0: as the kernel chooses
};
BOOST_DESCRIBE_STRUCT(LoadShape, (), (test, arrivals, rate, connections, transactions, objects, think, limit, phases,
                                      resumes, check, threads, seed, part, parts, sources, first_port, last_port))

/// One host's account of one load.
struct LoadObservation {
  std::string host;
  Target target;
  LoadShape shape;
  std::string purpose;          ///< "trial 3", "final", "direct": what the load was made for
  WallTime started{};           ///< clock of the host; the agreed start
  std::optional<TlsFacts> tls;  ///< of the first connection; absent: plain
  LoadTally counts;            ///< of everything
  LoadTally sustained;         ///< of transactions that were due in the sustain phase, wherever they ended
  LoadTimes times;
  std::vector<LoadSecond> seconds;
  std::vector<MemberShare> members;
  GeneratorHealth health;
  std::string first_failure;    ///< in the words of the system or of OpenSSL, for a person; never compared
  std::string stopped;          ///< why it ended before its time; empty: it did not
  bool is_hopeless = false;     ///< … which was that too much failed: a result, of `counts`
};
BOOST_DESCRIBE_STRUCT(LoadObservation, (), (host, target, shape, purpose, started, tls, counts, sustained, times, seconds,
                                            members, health, first_failure, stopped, is_hopeless))

/// Connections that a member took from one address: whose ports they used.
struct ServedPeer {
  IpAddress address;
  std::uint64_t connections = 0;
};
BOOST_DESCRIBE_STRUCT(ServedPeer, (), (address, connections))

/// What a member served in one second, by its account, which is asked for several times a second.
struct ServedSecond {
  std::uint32_t second = 0;       ///< after the agreed start, by the coordinator's clock
  std::uint64_t connections = 0, answered = 0, body_bytes = 0;
  std::uint64_t open = 0;         ///< connections at its end
};
BOOST_DESCRIBE_STRUCT(ServedSecond, (), (second, connections, answered, body_bytes, open))

/// The other end's account of one load: what a member's responder served from before its first connection until after its
/// last, ramps included: to be held against `LoadObservation::counts`, not `sustained`. Trips are not in it, nor monitors but for
/// those that shake hands and ask for nothing.
struct ServedLoad {
  std::string member;
  std::uint64_t connections = 0;  ///< that asked for an object, or ended before they asked for anything, but not without a byte
  std::uint64_t handshakes = 0, resumed = 0;  ///< of those that asked for an object
  std::uint64_t requests = 0;    ///< of loads, read whole
  std::uint64_t answered = 0;    ///< of them: the answer went out whole
  std::uint64_t body_bytes = 0;
  std::optional<std::uint64_t> refused;        ///< connections, because more were open than may be; absent: not said, by a bundle of before
  std::optional<std::uint64_t> no_descriptor;  ///< times that connections had to wait because its process had no file left; absent: as above
  double cpu_share = -1;         ///< of one CPU, that its thread used in the sustain phase; negative: not known
  std::vector<ServedPeer> peers;   ///< from where connections came that asked for an object
  std::vector<ServedPorts> ports;  ///< connections of this load; ports and how many at once, since the member listens
  std::vector<ServedSecond> seconds;
};
BOOST_DESCRIBE_STRUCT(ServedLoad, (), (member, connections, handshakes, resumed, requests, answered, body_bytes, refused, no_descriptor, cpu_share, peers, ports, seconds))

/// Mean size of the objects that are asked for.
double mean_object_bytes(const LoadShape& shape);
/// "1024 bytes", or "64 bytes (3 of 4), 1024 bytes (1 of 4)".
std::string objects_text(const LoadShape& shape);
/// "ports 20000 to 29999 of 10.137.1.10, 10.137.1.11"; empty: as the kernel chooses.
std::string places_text(const LoadShape& shape);
/// With a comma between.
std::string addresses_text(const std::vector<IpAddress>& addresses);

/// What several hosts saw of one load that they made together: counts and histograms added, seconds by their number.
/// Percentiles of seconds are those of the slowest host: they do not add up. At least one; histograms that cannot be read
/// are left out, and `health.error` says so.
LoadObservation merged(const std::vector<LoadObservation>& parts);
/// The seconds that lie whole in the sustain phase.
std::vector<LoadSecond> sustained_seconds(const LoadObservation& load);
/// The seconds of several hosts, or threads, as one.
void add(LoadSecond& into, const LoadSecond& more);

}  // namespace hairpin

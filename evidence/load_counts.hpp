// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/address.hpp"
#include "base/clock.hpp"
#include "base/describe.hpp"

/// What a responder served under load: the other end's account, to be joined with that of the generator.
namespace hairpin {

/// Of one client: source address as the responder saw it, and the common name of its certificate.
struct ServedClient {
  IpAddress address;
  std::string identity;                  ///< empty: it showed no certificate
  std::uint64_t connections = 0;         ///< whose handshake was complete, or that spoke plaintext
  std::uint64_t asked = 0;               ///< of them: asked for load
  std::uint64_t handshakes_full = 0;
  std::uint64_t handshakes_resumed = 0;
  std::uint64_t requests = 0;            ///< for load, read whole
  std::uint64_t answered = 0;            ///< of them: the answer went out whole
  std::uint64_t body_bytes = 0;          ///< of objects, given to the kernel
  std::uint64_t failed = 0;              ///< connections that ended before a first request was read
  std::uint64_t aborted = 0;             ///< … later, and not in order
};
BOOST_DESCRIBE_STRUCT(ServedClient, (), (address, identity, connections, asked, handshakes_full, handshakes_resumed, requests, answered,
                                         body_bytes, failed, aborted))

/// Source ports of one address from which connections came that asked for load, since the listener listens.
struct ServedPorts {
  IpAddress address;
  std::uint64_t connections = 0;
  std::uint64_t descents = 0;            ///< of them from a port below that of the connection before
  std::uint32_t distinct = 0;            ///< ports
  std::uint16_t first = 0, last = 0;     ///< the lowest and the highest of them
  std::uint32_t most_open = 0;           ///< connections at once
};
BOOST_DESCRIBE_STRUCT(ServedPorts, (), (address, connections, descents, distinct, first, last, most_open))

/// Sums over one listener, since it listens. Every accepted connection is in exactly one of `open`, `closed`, `failed`,
/// `aborted` and `handed_over`.
struct LoadCounts {
  std::string host;
  std::uint16_t port = 0;
  nanoseconds elapsed{};                 ///< since it listens
  nanoseconds cpu{};                     ///< of the thread that serves, in that time, user and system
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;             ///< beside them: more than may be open
  std::uint64_t no_descriptor = 0;       ///< times that connections had to wait because the process had no file for them
  std::uint64_t open = 0;                ///< now
  std::uint64_t most_open = 0;
  std::uint64_t closed = 0;              ///< in order, by either end, between two requests
  std::uint64_t failed = 0;              ///< before a first request was read: handshake, silence, reset, a monitor's close
  std::uint64_t unheard = 0;             ///< of the failed: ended by the peer before a byte came, as monitors do that only connect
  std::uint64_t aborted = 0;             ///< later: reset, silence, or an end within a request or its answer
  std::uint64_t handed_over = 0;         ///< asked for something else than load: served as without load
  std::uint64_t asked = 0;               ///< connections that asked for load, whatever became of them
  std::uint64_t asked_full = 0;          ///< of them: over TLS, after a full handshake
  std::uint64_t asked_resumed = 0;       ///< … after a resumed one
  std::uint64_t plaintext = 0;
  std::uint64_t handshakes_full = 0;
  std::uint64_t handshakes_resumed = 0;
  std::uint64_t requests = 0;            ///< for load, read whole
  std::uint64_t answered = 0;            ///< of them: the answer went out whole
  std::uint64_t body_bytes = 0;          ///< of objects, given to the kernel; without heads and TLS
  std::vector<ServedClient> clients;     ///< by address and identity
  std::uint64_t clients_left_out = 0;    ///< connections of clients beyond those that are listed
  std::uint64_t addresses_left_out = 0;  ///< whose ports are not listed, for want of room in an answer
  std::vector<ServedPorts> ports;        ///< by address, of so many addresses at most

  /// Of loads, as far as it can be told: that asked for it, or broke off before. Trips, monitors that ask for something
  /// else and those that only connect are not in it; one that shakes hands and leaves is.
  std::uint64_t of_loads() const { return asked + failed - unheard; }
};
BOOST_DESCRIBE_STRUCT(LoadCounts, (), (host, port, elapsed, cpu, accepted, refused, no_descriptor, open, most_open, closed,
                                       failed, unheard, aborted, handed_over, asked, asked_full, asked_resumed, plaintext, handshakes_full, handshakes_resumed, requests, answered, body_bytes,
                                       clients, clients_left_out, addresses_left_out, ports))

}  // namespace hairpin

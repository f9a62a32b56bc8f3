// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "evidence/load_counts.hpp"
#include "evidence/observation.hpp"
#include "net/control/messages.hpp"
#include "probe/probe.hpp"

/// The bodies of the control messages that net/control does not know: what an agent is asked and what it
/// answers. docs/protocol.md lists them; every one is read strictly.
namespace hairpin {

/// `prepare` is answered with what works and what does not. A part that fails never fails the rest.
struct Listening {
  std::uint16_t port = 0;
  std::string error;  ///< empty: it listens
  bool lacks_privilege = false;
  bool is_taken = false;  ///< another program listens there
};
BOOST_DESCRIBE_STRUCT(Listening, (), (port, error, lacks_privilege, is_taken))

struct Prepared {
  std::vector<Listening> listeners;
  std::vector<CaptureFacts> captures;
};
BOOST_DESCRIBE_STRUCT(Prepared, (), (listeners, captures))

/// `facts` is answered with HostFacts.
struct FactsWanted {
  bool is_before = false;
};
BOOST_DESCRIBE_STRUCT(FactsWanted, (), (is_before))

/// `probe` is answered with a ProbeObservation.
struct ProbeWanted {
  probe::Order order;
  bool is_plaintext = false;  ///< behind a balancer that terminates TLS, or a service without it
  bool shows_site = false;    ///< the site's certificate instead of the run's: to a balancer that ends TLS
};
BOOST_DESCRIBE_STRUCT(ProbeWanted, (), (order, is_plaintext, shows_site))

/// `finish` is answered with what the captures can vouch for in the end.
struct Finished {
  std::vector<CaptureFacts> captures;
};
BOOST_DESCRIBE_STRUCT(Finished, (), (captures))

/// `served` is answered with one account for each listener that serves load. The responders go on.
struct Served {
  std::vector<LoadCounts> listeners;
};
BOOST_DESCRIBE_STRUCT(Served, (), (listeners))
/// Clients and addresses of all listeners together, so that their accounts fit into a frame of control whatever clients call themselves.
inline constexpr std::size_t kMostServedClients = 1'024, kMostServedAddresses = 512;
/// Leaves out what is beyond, evenly of all listeners, and counts it.
void keep_to_a_frame(Served& served);

/// One captured frame, cut at capture::kSnapshotBytes.
struct CapturedFrame {
  WallTime time{};
  std::uint32_t length = 0;  ///< of the frame on the wire, bytes
  std::string bytes;         ///< in hex
};
BOOST_DESCRIBE_STRUCT(CapturedFrame, (), (time, length, bytes))

/// The notice `frames`: in the order of the capture; numbers of frames follow from it.
struct FrameBatch {
  std::string interface;
  std::uint16_t link = 1;  ///< capture::LinkType
  std::vector<CapturedFrame> frames;
};
BOOST_DESCRIBE_STRUCT(FrameBatch, (), (interface, link, frames))

inline constexpr const char* kFramesNotice = "frames";        ///< body: FrameBatch
inline constexpr const char* kResponderNotice = "responder";  ///< body: ResponderObservation
inline constexpr std::size_t kFramesInBatch = 500;            ///< far below the limit of a control frame

/// Refused when the protocols differ; names both versions. Reads `protocol` before the rest, which may be of
/// another version's shape.
Result<control::Hello> read_hello(const boost::json::value& body);

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/finding.hpp"
#include "topology/model.hpp"

/// Command lines for people who have no hairpin: each ends by itself and changes nothing. Words of tmsh as its own
/// completion lists them (show sys connection, show ltm persistence persist-records, show net rst-cause).
namespace hairpin::checks {

/// One connection as somebody types it at its source.
struct Repetition {
  Protocol protocol = Protocol::https;
  std::string fqdn;                     ///< empty: the VIP's address is the name
  std::string path = "/";
  Endpoint vip;
  IpAddress source;
  std::string interface;                ///< on which the source's packets leave; empty: any
  std::optional<Endpoint> member;       ///< absent when nobody knows where it went
};
/// Two lines: a capture in the background, and the connection.
std::vector<std::string> repeat_commands(const Repetition& repetition);

/// What the BIG-IP knows of one virtual server and the connections of these sources. `subject` names pool, virtual
/// server and VIP.
std::vector<std::string> look_commands(const Topology& topology, const Subject& subject,
                                       const std::vector<IpAddress>& sources);

/// A capture on the BIG-IP of both legs of these sources' connections, with the trailers that say why a RST was sent.
std::string capture_command(const Topology& topology, const Subject& subject, const std::vector<IpAddress>& sources);

}  // namespace hairpin::checks

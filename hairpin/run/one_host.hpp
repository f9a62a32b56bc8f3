// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/depth.hpp"
#include "base/host_facts.hpp"
#include "base/result.hpp"

/// A topology file from what one host can say: what `hairpin init` prints and `hairpin check` runs. Pure.
namespace hairpin {

/// A member as the user named it: "oc02=10.137.2.22", or the address alone.
struct NamedMember {
  std::string name;
  std::string address;
  bool is_named = false;  ///< by the user: otherwise the name is made of the address
};
Result<NamedMember> parse_member(const std::string& text);

struct OneHost {
  std::string vip;                   ///< ADDR:PORT
  std::vector<NamedMember> members;
  std::uint16_t member_port = 0;     ///< 0: the VIP's
  std::string fqdn;                  ///< SNI; empty: none
  std::string path = "/";
  std::string probe = "hello";       ///< how deep; a word of the topology
  std::string protocol = "https";
  std::string snat;                  ///< promised type; empty: reported, not judged
  std::vector<std::string> self_ips; ///< of the balancer
};

/// The host that looks, as it says itself.
struct Looker {
  std::string name;
  std::string agent;                      ///< "unix:PATH"; empty: none
  RouteFacts to_vip;
  std::vector<InterfaceFacts> interfaces;
};

/// What the topology calls the looking host.
std::string name_of_looker(const OneHost& wanted, const Looker& looker);

/// The topology with this host as the only source. Refused: a VIP that this host holds itself or has no route to.
Result<std::string> one_host_topology(const OneHost& wanted, const Looker& looker);

/// A topology to start from: every member and this host, agents to be filled in.
Result<std::string> starting_topology(const OneHost& wanted, const Looker& looker);

}  // namespace hairpin

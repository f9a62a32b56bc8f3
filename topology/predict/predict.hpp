// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "topology/predict/snat.hpp"

/// Where connections and their replies will go, by the configuration alone. What it does not say is `needs_probe` or
/// `unknown`, never a guess.
namespace hairpin::f5 {

/// In the order in which one leg's verdict outweighs the other's.
BOOST_DEFINE_ENUM_CLASS(PathVerdict, unknown, asymmetric_certain, asymmetric_likely, dsr_by_design, needs_probe, symmetric)
std::string_view to_string(PathVerdict verdict);  ///< "asymmetric-certain"

/// Who may open connections; the members of each pool are sources of it, unless a topology says that they are none.
struct PathSource {
  std::string name;  ///< "10.137.1.0/24" or a host of the topology
  Prefix network;    ///< in the route domain of the virtual server
  bool is_host = false;  ///< of a topology: calls where that says
};

/// The router that hosts of a network use; no BIG-IP configuration says that.
struct StatedGateway {
  Prefix network;
  IpAddress gateway;
};

struct Known {
  std::vector<PathSource> sources;
  std::vector<StatedGateway> gateways;
  std::map<Endpoint, std::set<std::string>> callers{};  ///< the hosts that may call each virtual server of a topology
};
/// Whether that source may call the virtual server: any may where no topology has it.
bool may_call(const Known& known, const Virtual& server, const PathSource& source);

/// One path: a source's connection by way of a virtual server to a member, and back.
struct Prediction {
  const Virtual* server = nullptr;
  const Pool* pool = nullptr;
  const Member* member = nullptr;
  std::string source;
  RoutedPrefix network;                    ///< of the source, as far as this row is about it
  bool is_member = false;                  ///< the source is a member of the pool
  SnatKind snat = SnatKind::none;
  std::vector<RoutedAddress> seen_as;      ///< that the member may see as the source; empty: the source's own, or not known
  PathVerdict verdict = PathVerdict::unknown;
  PathVerdict without_rules = PathVerdict::unknown;  ///< where no iRule or policy changes it
  std::vector<Reason> reasons;
  std::vector<RoutedPrefix> except;        ///< parts of `network` that other rows, or other virtual servers, are about
  std::vector<const Object*> overridden_by;  ///< iRules and policies that may change it
};

/// Why there is no path.
enum class Standing {
  not_met,    ///< the virtual server takes no connection of that source: it is off, for other sources, on other VLANs
  refused,    ///< it takes it and has nobody to hand it to
  elsewhere,  ///< a more specific virtual server takes it
  no_pool,    ///< it is of a kind that has no members: it forwards by routes
  not_known
};

/// A virtual server, or one source or member of it, for which there is no path to predict.
struct LeftOut {
  const Virtual* server = nullptr;
  std::string source;                   ///< empty: all of them
  std::string why;
  Standing standing = Standing::not_known;
  std::optional<RoutedPrefix> network;  ///< of the source
  const Member* member = nullptr;       ///< not null: only this member is left out
};

struct Predictions {
  std::vector<Prediction> paths;  ///< in the order of virtual servers, sources, members
  std::vector<LeftOut> left_out;
};

Predictions predict(const Config& config, const Known& known);

/// The part of a source that the virtual server takes connections from; empty: none.
std::optional<RoutedPrefix> accepted(const Virtual& server, const RoutedPrefix& source);

/// One path. `is_explained`: with reasons. `sender` is all in the member's connected network, or all outside.
Prediction predict_path(const Config& config, const Networks& networks, const Known& known, const Virtual& server,
                        const Pool& pool, const Member& member, const Sender& sender, bool is_explained);

}  // namespace hairpin::f5

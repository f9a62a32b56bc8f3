// SPDX-License-Identifier: Apache-2.0
#include "topology/predict/of_topology.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "topology/f5/secrets.hpp"
#include "topology/predict/precedence.hpp"
#include "topology/predict/report.hpp"

namespace hairpin::f5 {
namespace {

/// One endpoint of the topology, as the configuration is asked for it.
struct Asked {
  const hairpin::Pool& pool;
  const VirtualServer& server;
  Endpoint vip;
};

/// The virtual servers that may take TCP connections to the endpoint, the most specific first; the topology's name breaks ties.
std::vector<const Virtual*> servers_for(const Config& config, const Asked& asked) {
  std::vector<const Virtual*> found;
  for (const auto& server : config.virtuals) {
    const auto& to = server.destination.value;
    if (!to || !to->network.prefix.contains(asked.vip.address) || (to->port != 0 && to->port != asked.vip.port)) continue;
    if (server.ip_protocol.value != "tcp" && server.ip_protocol.value != "any") continue;
    const auto mode = server.mode.value;
    if (mode == VirtualMode::standard || mode == VirtualMode::stateless || mode == VirtualMode::reject) found.push_back(&server);
  }
  std::ranges::stable_sort(found, [&](const Virtual* left, const Virtual* right) {
    if (is_more_specific(*left, *right) || is_more_specific(*right, *left)) return is_more_specific(*left, *right);
    return left->name == asked.server.f5_virtual && right->name != asked.server.f5_virtual;
  });
  return found;
}

/// Predictions by who is asked and who asks.
class Index {
 public:
  explicit Index(const Predictions& predictions) {
    for (const auto& each : predictions.paths)
      if (is_host(each.network)) paths_[{each.server, each.network.prefix.network}].push_back(&each);
    for (const auto& each : predictions.left_out) left_out_[each.server].push_back(&each);
  }
  const std::vector<const Prediction*>& paths(const Virtual& server, const IpAddress& source) const {
    static const std::vector<const Prediction*> none;
    const auto found = paths_.find({&server, source});
    return found == paths_.end() ? none : found->second;
  }
  /// Why the server has no path for that source; null: nothing is said.
  const LeftOut* left_out(const Virtual& server, const IpAddress& source) const {
    return first_of(server, [&](const LeftOut& each) { return !each.member && (!each.network || each.network->prefix.network == source); });
  }
  const LeftOut* left_out(const Virtual& server, const Member& member) const {
    return first_of(server, [&](const LeftOut& each) { return each.member == &member; });
  }

 private:
  template <class IsWanted>
  const LeftOut* first_of(const Virtual& server, IsWanted is_wanted) const {
    const auto found = left_out_.find(&server);
    if (found == left_out_.end()) return nullptr;
    const auto each = std::ranges::find_if(found->second, [&](const LeftOut* row) { return is_wanted(*row); });
    return each == found->second.end() ? nullptr : *each;
  }

  std::map<std::pair<const Virtual*, IpAddress>, std::vector<const Prediction*>> paths_;
  std::map<const Virtual*, std::vector<const LeftOut*>> left_out_;
};

/// What decided the source address, and where that is said: the first reason cites it.
std::string configured_of(const Config& config, const Prediction& path) {
  if (path.reasons.empty()) return config.cite(*path.server);
  const auto& first = path.reasons.front();
  const auto* object = first.object ? first.object : path.server;
  const auto place = place_of(first) ? place_of(first) : path.server->origin;
  return fmt::format("{} {} ({}): {}", shown(object->kind), shown(object->name), config.place(place), first.text);
}

/// What the configuration says of one source's connections where it has no path for them.
struct NoPath {
  std::string verdict;  ///< kNoPath, kNotConfigured or "unknown"
  std::string configured;
};

NoPath no_path(const Config& config, const Virtual& server, bool is_certain, const std::string& why) {
  return {is_certain ? kNoPath : std::string(to_string(PathVerdict::unknown)), fmt::format("{}: {}", config.cite(server), why)};
}

/// Which virtual server a source meets at an endpoint, or why none.
struct Met {
  const Virtual* server = nullptr;  ///< null: none that has paths
  NoPath otherwise;
};

class Paths {
 public:
  Paths(const Config& config, const Topology& topology)
      : config_(config), topology_(topology), predictions_(predict(config, known_of(topology))), index_(predictions_) {
    for (const auto& host : topology.hosts)
      for (const auto& address : host.addresses) host_of_.try_emplace(address, &host);
  }

  std::vector<PredictedPath> all() {
    for (const auto& pool : topology_.pools)
      for (const auto& server : pool.virtual_servers)
        for (const auto& vip : pool.vips) add({pool, server, {vip, server.port}});
    return std::move(paths_);
  }

 private:
  void add(const Asked& asked) {
    const auto servers = servers_for(config_, asked);
    for (const auto& [address, host] : host_of_) {
      if (address.family != asked.vip.address.family || std::ranges::find(asked.pool.sources, host->name) == asked.pool.sources.end()) continue;
      const auto met = met_by(asked, servers, address);
      for (const auto& member : asked.pool.members) add(asked, met, address, host->name, member);
    }
  }

  Met met_by(const Asked& asked, const std::vector<const Virtual*>& servers, const IpAddress& source) const {
    std::optional<Met> closed;
    for (const auto* server : servers) {
      if (!index_.paths(*server, source).empty()) return {server, {}};
      if (server->source.value.prefix.length > 0 && !server->source.value.prefix.contains(source)) {
        if (!closed) closed = Met{nullptr, no_path(config_, *server, true, "it takes connections from " + to_string(server->source.value) + " only")};
        continue;
      }
      const auto* left = index_.left_out(*server, source);
      if (!left || left->standing == Standing::elsewhere) continue;
      Met met{nullptr, no_path(config_, *server, left->standing != Standing::not_known, left->why)};
      if (left->standing != Standing::not_met) return met;
      if (!closed) closed = std::move(met);
    }
    return closed ? *closed : Met{nullptr, not_there(asked)};
  }

  /// No virtual server has the endpoint; the one of the topology's name may say where it is instead.
  NoPath not_there(const Asked& asked) const {
    const auto endpoint = to_string(asked.vip);
    const auto* named = asked.server.f5_virtual.empty() ? nullptr : config_.virtuals.find(asked.server.f5_virtual);
    if (!named) return {kNotConfigured, "no virtual server of the configuration has " + endpoint};
    if (!named->destination.value) return no_path(config_, *named, false, "where it listens is not known");
    const auto& at = named->destination.value->network.prefix;
    const bool is_of_another_family = std::ranges::any_of(asked.pool.vips, [&](const IpAddress& vip) { return at.contains(vip); }) && !at.contains(asked.vip.address);
    if (is_of_another_family) return {kNotConfigured, "no virtual server of the configuration has " + endpoint};
    return no_path(config_, *named, true, fmt::format("it is for {} {}, not for {}", shown(named->ip_protocol.value), destination_text(*named), endpoint));
  }

  const std::string* host(const Member& member) const {
    const auto found = member.address.value ? host_of_.find(member.address.value->address) : host_of_.end();
    return found == host_of_.end() ? nullptr : &found->second->name;
  }

  /// Of several members of one host the one at the port that the topology says.
  const Prediction* path_to(const Asked& asked, const Virtual& server, const IpAddress& source, const std::string& member) const {
    const Prediction* best = nullptr;
    for (const auto* each : index_.paths(server, source)) {
      const auto* name = host(*each->member);
      if (name && *name == member && (!best || port_at(*each, asked) == asked.server.member_port)) best = each;
    }
    return best;
  }

  static std::uint16_t port_at(const Prediction& path, const Asked& asked) {
    return path.server->translates_port.value && path.member->port != 0 ? path.member->port : asked.vip.port;
  }

  /// Why the server that takes the connection does not give it to that member.
  NoPath no_member(const Virtual& server, const std::string& member) const {
    const auto& pool = *config_.pools.find(server.pool.value);
    for (const auto& each : pool.members) {
      const auto* name = host(each);
      const auto* left = name && *name == member ? index_.left_out(server, each) : nullptr;
      if (left) return no_path(config_, server, left->standing == Standing::refused, left->why);
    }
    const bool is_certain = overrides(config_, server).empty() && std::ranges::all_of(pool.members, [](const Member& each) { return each.address.value.has_value(); });
    return no_path(config_, server, is_certain, fmt::format("its pool {} has no member {}", shown(pool.name), member));
  }

  void add(const Asked& asked, const Met& met, const IpAddress& address, const std::string& source, const std::string& member) {
    PredictedPath path{asked.pool.name, asked.server.name, source, member, asked.vip.address.family, {}, "unknown", {}, {}, {}, {}};
    if (const auto* predicted = met.server ? path_to(asked, *met.server, address, member) : nullptr) {
      fill(path, *predicted);
      if (predicted->verdict != PathVerdict::unknown) path.member_port = port_at(*predicted, asked);
    } else {
      const auto why = met.server ? no_member(*met.server, member) : met.otherwise;
      path.verdict = why.verdict;
      path.configured = why.configured;
      path.reasons.push_back(why.configured);
    }
    paths_.push_back(std::move(path));
  }

  void fill(PredictedPath& path, const Prediction& predicted) const {
    path.verdict = to_string(predicted.verdict);
    path.snat = snat_text(config_, predicted);
    path.configured = configured_of(config_, predicted);
    for (const auto& address : predicted.seen_as) path.seen_as.push_back(address.address);
    for (const auto& reason : predicted.reasons) {
      const auto place = cited(config_, reason);
      path.reasons.push_back(place.empty() ? reason.text : fmt::format("{} [{}]", reason.text, place));
    }
  }

  const Config& config_;
  const Topology& topology_;
  Predictions predictions_;
  Index index_;
  std::map<IpAddress, const Host*> host_of_;
  std::vector<PredictedPath> paths_;
};

}  // namespace

Known known_of(const Topology& topology) {
  Known known;
  for (const auto& host : topology.hosts) {
    if (host.is_load_balancer) continue;
    for (const auto& address : host.addresses) known.sources.push_back({host.name, {address, static_cast<std::uint8_t>(address.size() * 8)}, true});
  }
  for (const auto& pool : topology.pools)
    for (const auto& server : pool.virtual_servers)
      for (const auto& vip : pool.vips) known.callers[{vip, server.port}].insert(pool.sources.begin(), pool.sources.end());
  for (const auto& network : topology.networks)
    if (network.gateway) known.gateways.push_back({network.prefix, *network.gateway});
  return known;
}

std::vector<PredictedPath> predicted_paths(const Config& config, const Topology& topology) { return Paths(config, topology).all(); }

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include "topology/predict/of_topology.hpp"

#include <fmt/format.h>

#include <map>

#include "topology/f5/secrets.hpp"
#include "topology/predict/report.hpp"

namespace hairpin::f5 {
namespace {

/// A virtual server of the topology, by what the configuration calls it.
struct Named {
  const hairpin::Pool* pool = nullptr;
  const VirtualServer* server = nullptr;
};

class Names {
 public:
  explicit Names(const Topology& topology) {
    for (const auto& pool : topology.pools)
      for (const auto& server : pool.virtual_servers) {
        if (!server.f5_virtual.empty()) by_name_.try_emplace(server.f5_virtual, Named{&pool, &server});
        for (const auto& vip : pool.vips) by_endpoint_.try_emplace({vip, server.port}, Named{&pool, &server});
      }
    for (const auto& host : topology.hosts)
      for (const auto& address : host.addresses) host_of_.try_emplace(address, &host);
  }

  /// With one address of each family a virtual server of the topology is two of the configuration: its name is one of them.
  const Named* server(const Virtual& server) const {
    const auto& destination = *server.destination.value;
    const auto found = by_endpoint_.find({destination.network.prefix.network, destination.port});
    if (found != by_endpoint_.end()) return &found->second;
    const auto named = by_name_.find(server.name);
    return named == by_name_.end() ? nullptr : &named->second;
  }
  const Host* host(const IpAddress& address) const {
    const auto found = host_of_.find(address);
    return found == host_of_.end() ? nullptr : found->second;
  }

 private:
  std::map<std::string, Named, std::less<>> by_name_;
  std::map<Endpoint, Named> by_endpoint_;
  std::map<IpAddress, const Host*> host_of_;
};

/// What decided the source address, and where that is said: the first reason cites it.
std::string configured_of(const Config& config, const Prediction& path) {
  if (path.reasons.empty()) return config.cite(*path.server);
  const auto& first = path.reasons.front();
  const auto* object = first.object ? first.object : path.server;
  const auto place = place_of(first) ? place_of(first) : path.server->origin;
  return fmt::format("{} {} ({}): {}", shown(object->kind), shown(object->name), config.place(place), first.text);
}

}  // namespace

Known known_of(const Topology& topology) {
  Known known;
  for (const auto& host : topology.hosts) {
    if (host.is_load_balancer) continue;
    for (const auto& address : host.addresses) known.sources.push_back({host.name, {address, static_cast<std::uint8_t>(address.size() * 8)}});
  }
  for (const auto& network : topology.networks)
    if (network.gateway) known.gateways.push_back({network.prefix, *network.gateway});
  return known;
}

std::vector<PredictedPath> predicted_paths(const Config& config, const Topology& topology) {
  const Names names(topology);
  const auto predictions = predict(config, known_of(topology));
  std::vector<PredictedPath> paths;
  for (const auto& each : predictions.paths) {
    const auto* named = names.server(*each.server);
    const auto* source = names.host(each.network.prefix.network);
    const auto* member = each.member->address.value ? names.host(each.member->address.value->address) : nullptr;
    if (!named || !source || !member) continue;
    PredictedPath path{named->pool->name, named->server->name, source->name, member->name, each.network.prefix.network.family,
                       std::string(to_string(each.verdict)), snat_text(config, each), {}, configured_of(config, each), {}};
    for (const auto& address : each.seen_as) path.seen_as.push_back(address.address);
    for (const auto& reason : each.reasons) {
      const auto place = cited(config, reason);
      path.reasons.push_back(place.empty() ? reason.text : fmt::format("{} [{}]", reason.text, place));
    }
    paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace hairpin::f5

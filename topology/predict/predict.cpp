// SPDX-License-Identifier: Apache-2.0
#include "topology/predict/predict.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "topology/f5/secrets.hpp"

namespace hairpin::f5 {
namespace {

/// A source as one virtual server meets it: the part that the server takes, and by which VLAN.
struct Candidate {
  std::string name;
  RoutedPrefix network;
  bool is_member = false;
};

std::string reason_to_leave_out(const Config& config, const Virtual& server) {
  if (!server.is_enabled.value) return "it is disabled";
  if (server.is_forwarding()) return "it forwards by routes and has no pool";
  if (server.mode.value != VirtualMode::standard && server.mode.value != VirtualMode::stateless)
    return fmt::format("it is of mode {}", boost::describe::enum_to_string(server.mode.value, "?"));
  if (!server.destination.value) return "its addresses are in traffic-matching-criteria or not understood";
  if (server.pool.value.empty()) return "it has no pool of its own";
  const auto* pool = config.pools.find(server.pool.value);
  if (!pool) return fmt::format("its pool {} is in none of the files", shown(server.pool.value));
  if (!pool->not_expanded.empty()) return fmt::format("the members of its pool {} are not in this answer of iControl REST", shown(pool->name));
  return pool->members.empty() ? fmt::format("its pool {} has no members", shown(pool->name)) : std::string();
}

std::string member_name(const Member& member) {
  const auto name = member.node.substr(member.node.rfind('/') + 1);
  return shown(name);
}

/// The members of the pool, then what was named; an address that was named keeps that name.
std::vector<Candidate> candidates(const Known& known, const Virtual& server, const Pool& pool) {
  std::vector<Candidate> list;
  const auto family = server.destination.value->network.prefix.network.family;
  const auto domain = server.destination.value->network.route_domain;
  for (const auto& source : known.sources)
    if (source.network.network.family == family) list.push_back({source.name, {source.network, domain}, false});
  for (const auto& member : pool.members) {
    if (!member.address.value || member.address.value->address.family != family || member.address.value->route_domain != domain) continue;
    const auto network = single(*member.address.value);
    const auto named = std::find_if(list.begin(), list.end(), [&](const Candidate& each) { return each.network == network; });
    if (named == list.end())
      list.push_back({member_name(member), network, true});
    else
      named->is_member = true;
  }
  return list;
}

/// The part of a source that the virtual server takes connections from; empty: none.
std::optional<RoutedPrefix> accepted(const Virtual& server, const RoutedPrefix& source) {
  const auto& filter = server.source.value;
  if (filter.prefix.length == 0) return source;
  if (!overlap(filter, source)) return {};
  return holds(filter, source) ? source : filter;
}

/// All in the member's own network, or all outside: a source that has that network in it is two.
struct Part {
  RoutedPrefix network;
  std::string name;
};
std::vector<Part> parts_of(const Networks& networks, const Candidate& source, const RoutedPrefix& network, const Member& member) {
  const auto* own = member.address.value ? networks.holding(*member.address.value) : nullptr;
  if (!own || own->prefix == network || !holds(network, own->prefix)) return {{network, source.name}};
  const auto part = to_string(own->prefix);
  return {{own->prefix, part + " in " + source.name}, {network, source.name + " without " + part}};
}

class Predicting {
 public:
  Predicting(const Config& config, const Known& known) : config_(config), known_(known), networks_(config) {}

  Predictions all() {
    for (const auto& server : config_.virtuals) {
      if (auto why = reason_to_leave_out(config_, server); !why.empty())
        result_.left_out.push_back({&server, "", std::move(why)});
      else
        add(server, *config_.pools.find(server.pool.value));
    }
    return std::move(result_);
  }

 private:
  void add(const Virtual& server, const Pool& pool) {
    leave_out_other_domains(server, pool);
    for (const auto& candidate : candidates(known_, server, pool)) {
      const auto network = accepted(server, candidate.network);
      const auto vlan = network ? networks_.vlan_of(*network) : Name();
      if (!network)
        result_.left_out.push_back({&server, candidate.name, "the virtual server takes connections from " + to_string(server.source.value) + " only"});
      else if (!vlan.empty() && !server.vlans.listens_on(vlan))
        result_.left_out.push_back({&server, candidate.name, fmt::format("the virtual server does not listen on VLAN {}", shown(vlan))});
      else
        for (const auto& member : pool.members) add(server, pool, member, candidate, *network);
    }
  }

  void leave_out_other_domains(const Virtual& server, const Pool& pool) {
    for (const auto& member : pool.members)
      if (member.address.value && member.address.value->route_domain != server.destination.value->network.route_domain)
        result_.left_out.push_back({&server, member_name(member), "it is in another route domain than the virtual server: whether it reaches it, and as whom, is not known"});
  }

  void add(const Virtual& server, const Pool& pool, const Member& member, const Candidate& candidate, const RoutedPrefix& network) {
    for (auto& part : parts_of(networks_, candidate, network, member)) {
      const Sender sender{part.network, networks_.vlan_of(part.network)};
      auto path = predict_path(config_, networks_, known_, server, pool, member, sender, true);
      path.source = std::move(part.name);
      path.is_member = candidate.is_member;
      result_.paths.push_back(std::move(path));
    }
  }

  const Config& config_;
  const Known& known_;
  Networks networks_;
  Predictions result_;
};

}  // namespace

Predictions predict(const Config& config, const Known& known) { return Predicting(config, known).all(); }

}  // namespace hairpin::f5

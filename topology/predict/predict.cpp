// SPDX-License-Identifier: Apache-2.0
#include "topology/predict/predict.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "topology/f5/secrets.hpp"
#include "topology/predict/precedence.hpp"

namespace hairpin::f5 {
namespace {

/// A source as one virtual server meets it: the part that the server takes, and by which VLAN.
struct Candidate {
  std::string name;
  RoutedPrefix network;
  bool is_member = false;
};

/// What it means that a pool leads nowhere: an iRule or policy may name another one.
Standing may_choose_another(const Config& config, const Virtual& server) {
  return overrides(config, server).empty() ? Standing::refused : Standing::not_known;
}

/// Why a virtual server has no path at all; `why` is empty where it has.
LeftOut whole(const Config& config, const Virtual& server) {
  const auto left = [&](Standing standing, std::string why) { return LeftOut{&server, "", std::move(why), standing, {}, nullptr}; };
  if (!server.is_enabled.value) return left(Standing::not_met, "it is disabled");
  if (server.is_forwarding()) return left(Standing::no_pool, "it forwards by routes and has no pool");
  const auto mode = server.mode.value;
  if (mode != VirtualMode::standard && mode != VirtualMode::stateless)
    return left(mode == VirtualMode::reject ? Standing::refused : Standing::no_pool, fmt::format("it is of mode {}", boost::describe::enum_to_string(mode, "?")));
  if (!server.destination.value) return left(Standing::not_known, "its addresses are in traffic-matching-criteria or not understood");
  if (!is_listening(config, server)) return left(Standing::not_met, fmt::format("its virtual address {} is disabled", shown(server.destination.value->virtual_address)));
  if (server.pool.value.empty()) return left(Standing::not_known, "it has no pool of its own");
  const auto* pool = config.pools.find(server.pool.value);
  if (!pool) return left(Standing::not_known, fmt::format("its pool {} is in none of the files", shown(server.pool.value)));
  if (!pool->not_expanded.empty())
    return left(Standing::not_known, fmt::format("the members of its pool {} are not in this answer of iControl REST", shown(pool->name)));
  return left(may_choose_another(config, server), pool->members.empty() ? fmt::format("its pool {} has no members", shown(pool->name)) : std::string());
}

/// Why a member gets no new connections; empty: it does, or may.
std::string reason_not_to_serve(const Config& config, const Virtual& server, const Member& member) {
  const auto* node = config.nodes.find(member.node);
  if (member.is_forced_down.value || (node && node->is_forced_down.value)) return fmt::format("its member {} is forced offline", shown(member.key));
  const bool is_enabled = member.is_enabled.value && (!node || node->is_enabled.value);
  const bool persists = !server.persistence.empty() || !server.fallback_persistence.value.empty();  // a record leads there still
  return is_enabled || persists ? std::string() : fmt::format("its member {} is disabled", shown(member.key));
}

std::string member_name(const Member& member) {
  const auto name = member.node.substr(member.node.rfind('/') + 1);
  return shown(name);
}

/// Whether the address is a host of the topology that does not call this virtual server.
bool is_excluded(const Known& known, const Virtual& server, const RoutedPrefix& address) {
  return std::any_of(known.sources.begin(), known.sources.end(), [&](const PathSource& source) { return source.network == address.prefix && !may_call(known, server, source); });
}

/// The members of the pool, then what was named; an address that was named keeps that name.
std::vector<Candidate> candidates(const Known& known, const Virtual& server, const Pool& pool) {
  std::vector<Candidate> list;
  const auto family = server.destination.value->network.prefix.network.family;
  const auto domain = server.destination.value->network.route_domain;
  for (const auto& source : known.sources)
    if (source.network.network.family == family && may_call(known, server, source)) list.push_back({source.name, {source.network, domain}, false});
  for (const auto& member : pool.members) {
    if (!member.address.value || member.address.value->address.family != family || member.address.value->route_domain != domain) continue;
    const auto network = single(*member.address.value);
    const auto named = std::find_if(list.begin(), list.end(), [&](const Candidate& each) { return each.network == network; });
    if (named != list.end())
      named->is_member = true;
    else if (!is_excluded(known, server, network))
      list.push_back({member_name(member), network, true});
  }
  return list;
}

/// All in the member's own network, or all outside: a source that has that network in it is two.
struct Part {
  RoutedPrefix network;
  std::string name;
  std::vector<RoutedPrefix> except;
};
std::vector<Part> parts_of(const Networks& networks, const std::string& name, const RoutedPrefix& network, const Member& member) {
  const auto* own = member.address.value ? networks.holding(*member.address.value) : nullptr;
  if (!own || own->prefix == network || !holds(network, own->prefix)) return {{network, name, {}}};
  const auto part = to_string(own->prefix);
  return {{own->prefix, part + " in " + name, {}}, {network, name + " without " + part, {own->prefix}}};
}

void add_claims(const Claims& claims, Prediction& path) {
  for (const auto& [part, other] : claims.parts) {
    if (holds(part, path.network)) continue;
    path.source += " without " + to_string(part);
    path.except.push_back(part);
    path.reasons.push_back({fmt::format("connections from {} go to the virtual server {}, whose source is narrower", to_string(part), shown(other->name)), other, other->source.origin});
  }
  for (const auto* other : claims.others)
    path.reasons.push_back({fmt::format("some go to the virtual server {}, which is more specific: only what its port and protocol leave comes here", shown(other->name)), other, other->destination.origin});
  if (!claims.in_doubt) return;
  path.reasons.push_back({fmt::format("the virtual server {} may take these connections as well: which of the two does is not known", shown(claims.in_doubt->name)),
                          claims.in_doubt, claims.in_doubt->origin});
  path.verdict = path.without_rules = PathVerdict::unknown;
  path.snat = SnatKind::unknown;
  path.seen_as.clear();
}

class Predicting {
 public:
  Predicting(const Config& config, const Known& known) : config_(config), known_(known), networks_(config), precedence_(config) {}

  Predictions all() {
    for (const auto& server : config_.virtuals) {
      if (auto left = whole(config_, server); !left.why.empty())
        result_.left_out.push_back(std::move(left));
      else
        add(server, *config_.pools.find(server.pool.value));
    }
    return std::move(result_);
  }

 private:
  void add(const Virtual& server, const Pool& pool) {
    leave_out_other_domains(server, pool);
    const auto serving = serving_members(server, pool);
    for (const auto& candidate : candidates(known_, server, pool)) {
      const auto network = accepted(server, candidate.network);
      const auto leave_out = [&](Standing standing, std::string why) {
        result_.left_out.push_back({&server, candidate.name, std::move(why), standing, candidate.network, nullptr});
      };
      if (!network) {
        leave_out(Standing::not_met, "the virtual server takes connections from " + to_string(server.source.value) + " only");
        continue;
      }
      const Sender sender{*network, networks_.vlan_of(*network)};
      if (!sender.vlan.empty() && !server.vlans.listens_on(sender.vlan)) {
        const bool is_connected = networks_.way_to({network->prefix.network, network->route_domain}).is_connected();
        leave_out(is_connected ? Standing::not_met : Standing::not_known, fmt::format("the virtual server does not listen on VLAN {}", shown(sender.vlan)));
        continue;
      }
      const auto claims = precedence_.claims(server, sender);
      if (claims.of_all)
        leave_out(Standing::elsewhere, fmt::format("the virtual server {} is more specific and takes them", shown(claims.of_all->name)));
      else
        for (const auto* member : serving) add(server, pool, *member, candidate, *network, claims);
    }
  }

  /// Those that get new connections; the others are left out by name.
  std::vector<const Member*> serving_members(const Virtual& server, const Pool& pool) {
    std::vector<const Member*> serving;
    const auto before = result_.left_out.size();
    for (const auto& member : pool.members) {
      auto why = reason_not_to_serve(config_, server, member);
      if (why.empty())
        serving.push_back(&member);
      else
        result_.left_out.push_back({&server, "", std::move(why), may_choose_another(config_, server), {}, &member});
    }
    if (!serving.empty()) return serving;
    result_.left_out.resize(before);
    result_.left_out.push_back({&server, "", fmt::format("all members of its pool {} are disabled", shown(pool.name)), may_choose_another(config_, server), {}, nullptr});
    return serving;
  }

  void leave_out_other_domains(const Virtual& server, const Pool& pool) {
    for (const auto& member : pool.members)
      if (member.address.value && member.address.value->route_domain != server.destination.value->network.route_domain)
        result_.left_out.push_back({&server, member_name(member), "it is in another route domain than the virtual server: whether it reaches it, and as whom, is not known", Standing::not_known, single(*member.address.value), nullptr});
  }

  void add(const Virtual& server, const Pool& pool, const Member& member, const Candidate& candidate, const RoutedPrefix& network, const Claims& claims) {
    const auto name = network == candidate.network ? candidate.name : to_string(network) + " of " + candidate.name;
    for (auto& part : parts_of(networks_, name, network, member)) {
      const Sender sender{part.network, networks_.vlan_of(part.network)};
      auto path = predict_path(config_, networks_, known_, server, pool, member, sender, true);
      path.source = std::move(part.name);
      path.except = std::move(part.except);
      path.is_member = candidate.is_member;
      add_claims(claims, path);
      result_.paths.push_back(std::move(path));
    }
  }

  const Config& config_;
  const Known& known_;
  Networks networks_;
  Precedence precedence_;
  Predictions result_;
};

}  // namespace

std::optional<RoutedPrefix> accepted(const Virtual& server, const RoutedPrefix& source) {
  const auto& filter = server.source.value;
  if (filter.prefix.length == 0) return source;
  if (!overlap(filter, source)) return {};
  return holds(filter, source) ? source : filter;
}

bool may_call(const Known& known, const Virtual& server, const PathSource& source) {
  const auto& to = server.destination.value;
  if (!source.is_host || !to || !is_host(to->network)) return true;
  const auto found = known.callers.find({to->network.prefix.network, to->port});
  return found == known.callers.end() || found->second.contains(source.name);
}

Predictions predict(const Config& config, const Known& known) { return Predicting(config, known).all(); }

}  // namespace hairpin::f5

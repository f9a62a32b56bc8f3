// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <tuple>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

bool listens_everywhere(const Virtual& server) { return server.vlans.vlans.empty(); }

bool share_a_vlan(const Virtual& left, const Virtual& right) {
  if (listens_everywhere(left) || listens_everywhere(right)) return true;
  const auto both = [&](const Reference& vlan) { return left.vlans.listens_on(vlan.value) && right.vlans.listens_on(vlan.value); };
  return std::any_of(left.vlans.vlans.begin(), left.vlans.vlans.end(), both) || std::any_of(right.vlans.vlans.begin(), right.vlans.vlans.end(), both) ||
         (!left.vlans.is_only_listed.value && !right.vlans.is_only_listed.value);
}

void judge_modes(const LintCase& c, LintFindings& into) {
  for (const auto& server : c.config.virtuals) {
    if (server.all_modes.size() < 2) continue;
    const auto word = [](VirtualMode mode) {
      std::string text = boost::describe::enum_to_string(mode, "?");
      std::replace(text.begin(), text.end(), '_', '-');
      return text;
    };
    into.push_back({{}, Severity::warning, &server, server.all_modes[1].origin,
                    fmt::format("{} and {} exclude each other", word(server.all_modes[0].value), word(server.all_modes[1].value)),
                    {fmt::format("look at the unit itself, which has one of them: tmsh list ltm virtual {} all-properties", in_command(server.name))}, {}});
  }
}

using Key = std::tuple<RoutedPrefix, std::uint16_t, Text, RoutedPrefix>;

void judge_doubles(const LintCase& c, LintFindings& into) {
  std::map<Key, const Virtual*> first;
  for (const auto& server : c.config.virtuals) {
    const auto& destination = server.destination.value;
    if (!destination || !server.is_enabled.value) continue;
    const Key key{destination->network, destination->port, server.ip_protocol.value, server.source.value};
    const auto [place, is_new] = first.try_emplace(key, &server);
    if (is_new || !share_a_vlan(*place->second, server)) continue;
    into.push_back({{}, Severity::warning, &server, {},
                    fmt::format("the same destination, port, protocol and source as {}: one of them gets no connection", c.config.cite(*place->second)),
                    {fmt::format("tmsh delete ltm virtual {}", in_command(server.name))}, {}});
  }
}

/// One takes every protocol, the other names one, and all else is the same.
void judge_protocols(const LintCase& c, LintFindings& into) {
  std::map<std::tuple<RoutedPrefix, std::uint16_t, RoutedPrefix>, std::vector<const Virtual*>> named;
  const auto each = [&](auto visit) {
    for (const auto& server : c.config.virtuals)
      if (const auto& destination = server.destination.value; destination && server.is_enabled.value)
        visit(server, named[{destination->network, destination->port, server.source.value}]);
  };
  each([](const Virtual& server, auto& row) {
    if (server.ip_protocol.value != "any") row.push_back(&server);
  });
  each([&](const Virtual& server, auto& row) {
    if (server.ip_protocol.value != "any") return;
    for (const auto* other : row) {
      if (!share_a_vlan(*other, server)) continue;
      into.push_back({{}, Severity::warning, &server, {},
                      fmt::format("it takes every protocol, and {} takes {} at the same address and port: one of them gets no such connection", c.config.cite(*other),
                                  shown(other->ip_protocol.value)),
                      {modify("ltm virtual", server, "ip-protocol PROTOCOL")}, {}});
      return;
    }
  });
}

void judge_shadows(const LintCase& c, LintFindings& into) {
  judge_modes(c, into);
  judge_doubles(c, into);
  judge_protocols(c, into);
}

void judge_wildcards(const LintCase& c, LintFindings& into) {
  for (const auto& server : c.config.virtuals) {
    const auto& destination = server.destination.value;
    const bool is_wildcard = destination && destination->network.prefix.length == 0;
    if (!server.is_enabled.value || server.mode.value != VirtualMode::ip_forward || !is_wildcard || !listens_everywhere(server)) continue;
    into.push_back({{}, Severity::warning, &server, at(server.destination.origin, server),
                    "it forwards everything that comes in by any VLAN: whoever reaches the BIG-IP passes it",
                    {modify("ltm virtual", server, "vlans-enabled vlans add { INTERNAL-VLAN }")}, {}});
  }
}

}  // namespace

const LintRule kServer001{"VS-001", "W", "virtual servers in each other's way", "Of two that match the same packets one gets none.", judge_shadows};
const LintRule kServer002{"VS-002", "W", "a forwarder for everything on every VLAN", "A wildcard ip-forward virtual server makes the BIG-IP a router between all its networks.", judge_wildcards};

}  // namespace hairpin::f5

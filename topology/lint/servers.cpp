// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <tuple>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

bool listens_everywhere(const Virtual& server) { return server.vlans.vlans.empty(); }

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

/// Which of the two is superfluous, or which of them gets connections, no configuration says.
std::vector<std::string> ask_both(const Virtual& server, const Virtual& other) {
  return {fmt::format("see which of them is used, and disable or change the other: tmsh show ltm virtual {} {}", in_command(other.name), in_command(server.name))};
}

/// Those that are called by name alone (`internal`, for ICAP) are in nobody's way.
bool takes_packets(const Virtual& server) {
  return server.is_enabled.value && server.destination.value && server.mode.value != VirtualMode::internal;
}

using Key = std::tuple<RoutedPrefix, std::uint16_t, Text, RoutedPrefix>;

void judge_doubles(const LintCase& c, LintFindings& into) {
  std::map<Key, const Virtual*> first;
  for (const auto& server : c.config.virtuals) {
    const auto& destination = server.destination.value;
    if (!takes_packets(server)) continue;
    const Key key{destination->network, destination->port, server.ip_protocol.value, server.source.value};
    const auto [place, is_new] = first.try_emplace(key, &server);
    if (is_new || !share_a_vlan(place->second->vlans, server.vlans)) continue;
    into.push_back({{}, Severity::warning, &server, {},
                    fmt::format("the same destination, port, protocol and source as {}: one of them gets no connection", c.config.cite(*place->second)),
                    ask_both(server, *place->second), {}});
  }
}

/// One takes every protocol, the other names one, and all else is the same.
void judge_protocols(const LintCase& c, LintFindings& into) {
  std::map<std::tuple<RoutedPrefix, std::uint16_t, RoutedPrefix>, std::vector<const Virtual*>> named;
  const auto each = [&](auto visit) {
    for (const auto& server : c.config.virtuals)
      if (const auto& destination = server.destination.value; takes_packets(server))
        visit(server, named[{destination->network, destination->port, server.source.value}]);
  };
  each([](const Virtual& server, auto& row) {
    if (server.ip_protocol.value != "any") row.push_back(&server);
  });
  each([&](const Virtual& server, auto& row) {
    if (server.ip_protocol.value != "any") return;
    for (const auto* other : row) {
      if (!share_a_vlan(other->vlans, server.vlans)) continue;
      into.push_back({{}, Severity::warning, &server, {},
                      fmt::format("it takes every protocol, and {} takes {} at the same address and port: one of them gets no such connection", c.config.cite(*other),
                                  shown(other->ip_protocol.value)),
                      ask_both(server, *other), {}});
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

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/served.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "hairpin/messages/load_messages.hpp"
#include "net/together.hpp"

namespace hairpin {
namespace {

net::Task<> ask_one(AgentLink& link, std::uint16_t port, ServedAccounts& into) {
  auto asked = link.ask(control::Action::served, boost::json::object(), kLoadAnswerLimit);
  const auto answer = co_await std::move(asked);
  if (!answer) co_return;
  const auto served = from_json<Served>(*answer, "served");
  if (!served) co_return;
  for (const auto& listener : served->listeners)
    if (listener.port == port) into[link.name()] = listener;
}

/// That asked for load, of one address, over all the certificates that it showed.
std::map<IpAddress, std::uint64_t> by_address(const LoadCounts& counts) {
  std::map<IpAddress, std::uint64_t> connections;
  for (const auto& client : counts.clients) connections[client.address] += client.asked;
  return connections;
}

const ServedPorts* ports_of(const LoadCounts& counts, const IpAddress& address) {
  const auto is_its = [&address](const ServedPorts& ports) { return ports.address == address; };
  const auto found = std::find_if(counts.ports.begin(), counts.ports.end(), is_its);
  return found == counts.ports.end() ? nullptr : &*found;
}

std::vector<ServedPorts> ports_between(const LoadCounts& before, const LoadCounts& after) {
  std::vector<ServedPorts> used;
  for (auto ports : after.ports) {
    if (const auto* const earlier = ports_of(before, ports.address)) {
      ports.connections -= earlier->connections;
      ports.descents -= earlier->descents;
    }
    if (ports.connections > 0) used.push_back(ports);
  }
  return used;
}

ServedLoad difference(const std::string& member, const LoadCounts& before, const LoadCounts& after) {
  ServedLoad load;
  load.member = member;
  load.connections = after.of_loads() - before.of_loads();
  load.handshakes = after.asked_full - before.asked_full;
  load.resumed = after.asked_resumed - before.asked_resumed;
  load.requests = after.requests - before.requests;
  load.answered = after.answered - before.answered;
  load.body_bytes = after.body_bytes - before.body_bytes;
  load.refused = after.refused - before.refused;
  load.no_descriptor = after.no_descriptor - before.no_descriptor;
  auto earlier = by_address(before);
  for (const auto& [address, connections] : by_address(after))
    if (connections > earlier[address]) load.peers.push_back({address, connections - earlier[address]});
  load.ports = ports_between(before, after);
  return load;
}

}  // namespace

net::Task<> ask_served(Mission& mission, std::vector<std::string> members, std::uint16_t port, ServedAccounts& into) {
  std::vector<net::Task<>> tasks;
  for (const auto& member : members)
    if (auto* const link = mission.ready(member)) tasks.push_back(ask_one(*link, port, into));
  co_await net::together(std::move(tasks));
}

std::vector<ServedLoad> served_between(const std::vector<std::string>& members, const ServedAccounts& before,
                                       const ServedAccounts& after) {
  std::vector<ServedLoad> served;
  for (const auto& member : members) {
    const auto first = before.find(member);
    const auto last = after.find(member);
    if (first == before.end() || last == after.end()) return {};
    served.push_back(difference(member, first->second, last->second));
  }
  return served;
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/coordinator/mission.hpp"

#include "net/together.hpp"

namespace hairpin {
namespace {

/// For what follows the last packet of a round: ACKs, RSTs, the member's end of a close.
constexpr milliseconds kSettle{40};
constexpr milliseconds kFlushLimit{5'000};

net::Task<> flush_one(AgentLink& link) {
  auto asked = link.ask(control::Action::flush, boost::json::object(), kFlushLimit);
  static_cast<void>(co_await std::move(asked));  // a lost agent is a fact of its link
}

}  // namespace

const VirtualServer& server_of(const Topology& topology, const std::string& pool, const std::string& server) {
  return *topology.pool(pool)->virtual_server(server);
}

bool is_plaintext(const VirtualServer& server, bool is_direct) {
  if (server.protocol == Protocol::http || server.protocol == Protocol::tcp) return true;
  return is_direct && server.expect.tls_mode == TlsMode::terminate;
}

bool ends_tls(const VirtualServer& server) {
  return server.expect.tls_mode == TlsMode::terminate || server.expect.tls_mode == TlsMode::reencrypt;
}

AgentLink* Mission::ready(const std::string& host) const {
  const auto found = links.find(host);
  return found != links.end() && found->second->is_open() ? found->second.get() : nullptr;
}

net::Task<> gather(Mission& mission) {
  co_await net::sleep_for(kSettle);
  std::vector<net::Task<>> flushes;
  for (const auto& [host, link] : mission.links)
    if (link->is_open()) flushes.push_back(flush_one(*link));
  co_await net::together(std::move(flushes));
  auto& observations = mission.collected.observations;
  auto packets = mission.collected.frames.decode_new(observations.hosts);
  observations.packets.insert(observations.packets.end(), packets.begin(), packets.end());
}

}  // namespace hairpin

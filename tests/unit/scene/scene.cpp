// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/scene/scene.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "topology/plan.hpp"

namespace hairpin::test {
namespace {

constexpr std::uint32_t kProxyIsn = 0x40000000, kMemberIsn = 0x70000000;

IpAddress numbered(Family family, int network, int host) {
  return *parse_address(family == Family::ipv4 ? fmt::format("10.137.{}.{}", network, host)
                                               : fmt::format("2001:db8:137:{}::{}", network, host));
}

int last_number(const std::string& host) {
  if (host == "client1") return 10;
  if (host == "bigip") return 4;
  if (host == "router") return 9;
  return 20 + std::stoi(host.substr(2));
}

Host plain_host(const std::string& name, const IpAddress& address) {
  Host host;
  host.name = name;
  host.addresses = {address};
  host.agent = UnixAgent{"/run/" + name};
  return host;
}

}  // namespace

Topology seed_topology(Family family) {
  Topology topology;
  topology.name = "pool01";
  topology.hosts = {plain_host("client1", numbered(family, 1, 10)), plain_host("oc01", numbered(family, 2, 21)),
                    plain_host("oc02", numbered(family, 2, 22))};
  Host balancer = plain_host("bigip", numbered(family, 1, 5));
  balancer.is_load_balancer = true;
  balancer.self_ips = {{numbered(family, 2, 5), false}, {numbered(family, 2, 4), true}};
  topology.hosts.push_back(balancer);
  const auto prefix = [&](int network) {
    auto address = numbered(family, network, 0);
    if (family == Family::ipv4) return Prefix{address, 24};
    return Prefix{address, 64};
  };
  topology.networks = {{"clients", prefix(1), numbered(family, 1, 5), {}}, {"servers", prefix(2), numbered(family, 2, 4), {}}};
  Pool pool;
  pool.name = "pool01";
  pool.vips = {numbered(family, 2, 11)};
  pool.load_balancer = "bigip";
  pool.members = {"oc01", "oc02"};
  pool.sources = {"client1", "oc01", "oc02"};
  VirtualServer server;
  server.name = "mcu-factory";
  server.f5_virtual = "/Common/pool01_444";
  pool.virtual_servers = {server};
  topology.pools = {pool};
  return topology;
}

Scene::Scene(Family family) : topology(seed_topology(family)), family_(family) {
  for (const auto& host : topology.hosts) {
    observations.agents.push_back({host.name, AgentState::ready, "0.1.0", "", nanoseconds(0), nanoseconds(0)});
    CaptureFacts capture;
    capture.host = host.name;
    capture.interface = "eth0";
    capture.is_proven_before = capture.is_proven_after = true;
    observations.captures.push_back(capture);
    HostFacts facts;
    facts.host = host.name;
    facts.is_before = true;
    InterfaceFacts interface;
    interface.name = "eth0";
    interface.mac = mac(host.name);
    interface.reverse_path_filter = 0;
    facts.interfaces = {interface};
    observations.hosts.push_back(facts);
  }
}

IpAddress Scene::address(const std::string& host) const {
  return numbered(family_, host == "client1" ? 1 : 2, last_number(host));
}

Endpoint Scene::vip() const { return {numbered(family_, 2, 11), 444}; }

MacAddress Scene::mac(const std::string& host) const {
  return {{2, 0, 0, 0, 0, static_cast<std::uint8_t>(last_number(host))}};
}

void Scene::note(const std::string& host, Direction direction, const PacketObservation& packet) {
  if (blind_.contains(host) || host == "router") return;
  auto seen = packet;
  seen.host = host;
  seen.interface = "eth0";
  seen.direction = direction;
  seen.frame = ++frames_[host];
  seen.time = now_;
  observations.packets.push_back(seen);
  now_ += std::chrono::microseconds(20);
}

void Scene::send(const std::string& from, const std::string& to, const Tuple& tuple, std::uint8_t flags,
                 std::uint32_t sequence, std::uint32_t acknowledgement, std::uint32_t timestamp, std::uint32_t echo) {
  PacketObservation packet;
  packet.source_mac = mac(from);
  packet.destination_mac = mac(to);
  packet.tuple = tuple;
  packet.flags = flags;
  packet.sequence = sequence;
  packet.acknowledgement = acknowledgement;
  packet.hop_limit = 64;
  if (has_timestamps && !(flags & kRst)) packet.timestamp_value = timestamp;
  if (has_timestamps && (flags & kAck) && !(flags & kRst)) packet.timestamp_echo = echo;
  note(from, Direction::out, packet);
  note(to, Direction::in, packet);
}

Scene::Syn Scene::next_syn(const std::string& source) {
  now_ += std::chrono::milliseconds(200);
  ++counter_;
  return {{address(source), static_cast<std::uint16_t>(40000 + counter_)}, 1000 * counter_, 77 * counter_};
}

ProbeObservation& Scene::probe(const std::string& source, const Endpoint& local, End end, Phase phase) {
  ProbeObservation seen;
  seen.host = source;
  seen.trip.bytes[15] = static_cast<std::uint8_t>(counter_);
  seen.trip.bytes[14] = 1;
  seen.target = {"pool01", "mcu-factory", "", vip()};
  seen.depth = Depth::http;
  seen.attempt = counter_;
  seen.local = local;
  seen.end = end;
  seen.ended_in = phase;
  seen.ended = now_ + std::chrono::milliseconds(1);
  seen.started = seen.ended - std::chrono::milliseconds(50);
  observations.probes.push_back(seen);
  return observations.probes.back();
}

void Scene::answer(ProbeObservation& probe, const std::string& member, const Tuple& seen, bool hides_responder) {
  probe.answer = ResponderAnswer{member, probe.trip, seen.destination, seen.source, {}};
  probe.http_status = 200;
  probe.tls.emplace().exporter = to_string(probe.trip);  // one session from end to end: the balancer passes TLS through
  if (hides_responder || blind_.contains(member)) return;
  ResponderObservation responder;
  responder.host = member;
  responder.accepted = now_;
  responder.local = seen.destination;
  responder.peer = seen.source;
  responder.trip = probe.trip;
  responder.end = End::answered;
  responder.tls = probe.tls;
  observations.responders.push_back(responder);
}

ProbeObservation& Scene::answered(const std::string& source, const std::string& member, const Through& how) {
  const auto syn = next_syn(source);
  const Tuple client{syn.local, vip()};
  Endpoint seen_source = syn.local;
  if (!how.snat.empty()) seen_source.address = *parse_address(how.snat);
  if (how.is_proxied) seen_source.port = static_cast<std::uint16_t>(seen_source.port + 9000);
  const Tuple server{seen_source, service(member)};
  const auto isn = how.is_proxied ? kProxyIsn + syn.isn : syn.isn;
  const auto stamp = how.is_proxied ? syn.timestamp + 5 : syn.timestamp;
  const auto reply_to = how.reply_to.empty() ? "bigip" : how.reply_to;
  send(source, "bigip", client, kSyn, syn.isn, 0, syn.timestamp);
  send("bigip", member, server, kSyn, isn, 0, stamp);
  send(member, reply_to, server.reversed(), kSyn | kAck, kMemberIsn, isn + 1, 9, stamp);
  send("bigip", source, client.reversed(), kSyn | kAck, kMemberIsn, syn.isn + 1, 9, syn.timestamp);
  auto& result = probe(source, syn.local, End::answered, Phase::close);
  answer(result, member, server, how.hides_responder);
  return result;
}

ProbeObservation& Scene::third_address(const std::string& source, const std::string& member, const std::string& router) {
  const auto syn = next_syn(source);
  const Tuple client{syn.local, vip()}, server{syn.local, service(member)};
  send(source, "bigip", client, kSyn, syn.isn, 0, syn.timestamp);
  send("bigip", member, server, kSyn, syn.isn, 0, syn.timestamp);
  if (router.empty()) {
    send(member, source, server.reversed(), kSyn | kAck, kMemberIsn, syn.isn + 1, 9, syn.timestamp);
    send(source, member, server, kRst, syn.isn + 1);
  } else {
    send(member, router, server.reversed(), kSyn | kAck, kMemberIsn, syn.isn + 1, 9, syn.timestamp);
    send(router, source, server.reversed(), kSyn | kAck, kMemberIsn, syn.isn + 1, 9, syn.timestamp);
    send(source, "bigip", server, kRst, syn.isn + 1);
  }
  return probe(source, syn.local, End::decided, Phase::connect);
}

ProbeObservation& Scene::proxied_third_address(const std::string& source, const std::string& member, bool keeps_port) {
  const auto syn = next_syn(source);
  const Tuple client{syn.local, vip()};
  Endpoint proxied = syn.local;
  if (!keeps_port) proxied.port = static_cast<std::uint16_t>(proxied.port + 9000);
  const Tuple server{proxied, service(member)};
  const auto isn = kProxyIsn + syn.isn;
  send(source, "bigip", client, kSyn, syn.isn, 0, syn.timestamp);
  send("bigip", source, client.reversed(), kSyn | kAck, 5, syn.isn + 1, 9, syn.timestamp);
  send("bigip", member, server, kSyn, isn, 0, 3);
  send(member, source, server.reversed(), kSyn | kAck, kMemberIsn, isn + 1, 9, 3);
  send(source, member, server, kRst, isn + 1);
  return probe(source, syn.local, End::decided, Phase::tls);
}

ProbeObservation& Scene::self_hairpin(const std::string& source) {
  const auto syn = next_syn(source);
  send(source, "bigip", {syn.local, vip()}, kSyn, syn.isn, 0, syn.timestamp);
  send("bigip", source, {syn.local, service(source)}, kSyn, syn.isn, 0, syn.timestamp);
  return probe(source, syn.local, End::decided, Phase::connect);
}

ProbeObservation& Scene::proxied_self_hairpin(const std::string& source) {
  const auto syn = next_syn(source);
  const Tuple client{syn.local, vip()};
  Endpoint proxied = syn.local;
  proxied.port = static_cast<std::uint16_t>(proxied.port + 9000);
  send(source, "bigip", client, kSyn, syn.isn, 0, syn.timestamp);
  send("bigip", source, client.reversed(), kSyn | kAck, 5, syn.isn + 1, 9, syn.timestamp);
  send("bigip", source, {proxied, service(source)}, kSyn, kProxyIsn + syn.isn, 0, 3);
  return probe(source, syn.local, End::decided, Phase::tls);
}

ProbeObservation& Scene::member_refuses(const std::string& source, const std::string& member, bool is_past_balancer) {
  const auto syn = next_syn(source);
  const Tuple client{syn.local, vip()}, server{syn.local, service(member)};
  send(source, "bigip", client, kSyn, syn.isn, 0, syn.timestamp);
  send("bigip", member, server, kSyn, syn.isn, 0, syn.timestamp);
  send(member, is_past_balancer ? source : "bigip", server.reversed(), kRst | kAck, 0, syn.isn + 1);
  if (!is_past_balancer) send("bigip", source, client.reversed(), kRst | kAck, 0, syn.isn + 1);
  return probe(source, syn.local, is_past_balancer ? End::silent : End::refused, Phase::connect);
}

ProbeObservation& Scene::member_is_silent(const std::string& source, const std::string& member) {
  const auto syn = next_syn(source);
  send(source, "bigip", {syn.local, vip()}, kSyn, syn.isn, 0, syn.timestamp);
  send("bigip", member, {syn.local, service(member)}, kSyn, syn.isn, 0, syn.timestamp);
  return probe(source, syn.local, End::silent, Phase::connect);
}

ProbeObservation& Scene::vip_refuses(const std::string& source) {
  const auto syn = next_syn(source);
  const Tuple client{syn.local, vip()};
  send(source, "bigip", client, kSyn, syn.isn, 0, syn.timestamp);
  send("bigip", source, client.reversed(), kRst | kAck, 0, syn.isn + 1);
  return probe(source, syn.local, End::refused, Phase::connect);
}

ProbeObservation& Scene::vip_is_silent(const std::string& source) {
  const auto syn = next_syn(source);
  send(source, "bigip", {syn.local, vip()}, kSyn, syn.isn, 0, syn.timestamp);
  return probe(source, syn.local, End::silent, Phase::connect);
}

ProbeObservation& Scene::direct_return(const std::string& source, const std::string& member, bool through_balancer) {
  const auto syn = next_syn(source);
  const Tuple client{syn.local, vip()};
  send(source, "bigip", client, kSyn, syn.isn, 0, syn.timestamp);
  send("bigip", member, client, kSyn, syn.isn, 0, syn.timestamp);
  const auto* by = through_balancer ? "bigip" : "router";
  send(member, by, client.reversed(), kSyn | kAck, kMemberIsn, syn.isn + 1, 9, syn.timestamp);
  send(by, source, client.reversed(), kSyn | kAck, kMemberIsn, syn.isn + 1, 9, syn.timestamp);
  auto& result = probe(source, syn.local, End::answered, Phase::close);
  answer(result, member, client, false);
  return result;
}

ProbeObservation& Scene::direct_control(const std::string& source, const std::string& member) {
  const auto syn = next_syn(source);
  const Tuple tuple{syn.local, service(member)};
  send(source, member, tuple, kSyn, syn.isn, 0, syn.timestamp);
  send(member, source, tuple.reversed(), kSyn | kAck, kMemberIsn, syn.isn + 1, 9, syn.timestamp);
  auto& result = probe(source, syn.local, End::answered, Phase::close);
  result.target.member = member;
  result.target.endpoint = service(member);
  answer(result, member, tuple, false);
  return result;
}

Run Scene::judge() const { return checks::judge(topology, make_plan(topology), observations); }

const Finding* Scene::finding(const Run& run, const std::string& id) const {
  const auto family = family_ == Family::ipv4 ? "/ipv4" : "/ipv6";
  for (const auto& finding : run.findings)
    if (finding.id == id + family || finding.id == id) return &kept_.emplace_back(finding);
  return nullptr;
}

}  // namespace hairpin::test

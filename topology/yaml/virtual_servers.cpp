// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "topology/yaml/draft.hpp"
#include "topology/yaml/scalars.hpp"

namespace hairpin::yaml {
namespace {

constexpr Choice<Protocol> kProtocols[] = {
    {"https", Protocol::https}, {"http", Protocol::http}, {"tls", Protocol::tls}, {"tcp", Protocol::tcp}};
constexpr Choice<Depth> kDepths[] = {
    {"tcp", Depth::tcp}, {"hello", Depth::hello}, {"tls", Depth::tls}, {"http", Depth::http}};
constexpr Choice<Coverage> kCoverages[] = {{"each_pair", Coverage::each_pair},
                                           {"each_member", Coverage::each_member}};

bool has_tls(Protocol protocol) { return protocol == Protocol::https || protocol == Protocol::tls; }
bool has_requests(Protocol protocol) { return protocol == Protocol::https || protocol == Protocol::http; }

Depth deepest(Protocol protocol) {
  if (has_requests(protocol)) return Depth::http;
  return protocol == Protocol::tls ? Depth::tls : Depth::tcp;
}

bool allows(Protocol protocol, Depth depth) {
  switch (depth) {
    case Depth::tcp:
      return true;
    case Depth::hello:
    case Depth::tls:
      return has_tls(protocol);
    case Depth::http:
      return has_requests(protocol);
  }
  return false;
}

/// Reads one virtual server and refuses what contradicts itself.
class ServerReader {
 public:
  ServerReader(const Section& section, Draft& draft, Reading& reading)
      : section_(section), draft_(draft), reading_(reading) {}

  VirtualServer read(const ExpectDraft& defaults) {
    server_.name = section_.need("name", read_name).value_or("");
    server_.port = section_.get("port", read_port).value_or(server_.port);
    server_.member_port = section_.get("member_port", read_port).value_or(server_.port);
    read_protocol();
    if (const auto* f5 = section_.find("f5")) {
      const Section names(*f5, section_.path("f5"), kF5Keys, reading_);
      server_.f5_virtual = names.get("virtual", read_f5_path).value_or("");
      server_.f5_pool = names.get("pool", read_f5_path).value_or("");
    }
    auto expected = defaults;
    if (const auto* expect = section_.find("expect"))
      expected = read_expectation(Section(*expect, section_.path("expect"), kExpectKeys, reading_), defaults,
                                  draft_, reading_);
    server_.expect = std::move(expected.expect);
    read_coverage(expected.has_persistence);
    check_expectation();
    return std::move(server_);
  }

 private:
  void read_protocol() {
    const auto choose = [](const auto& choices) {
      return [&choices](const Value& node, const std::string& path, Reading& reading) {
        return read_choice(node, path, choices, reading);
      };
    };
    server_.protocol = section_.get("protocol", choose(kProtocols)).value_or(server_.protocol);
    const auto probe = section_.get("probe", choose(kDepths));
    server_.depth = probe.value_or(deepest(server_.protocol));
    if (!allows(server_.protocol, server_.depth))
      refuse("probe", "goes deeper than the protocol allows", "choose another probe or protocol");
    server_.path = section_.get("path", read_request_path).value_or(server_.path);
    if (!has_requests(server_.protocol))
      refuse("path", "is for https and http", "remove it, or change the protocol");
  }

  void read_coverage(bool has_persistence) {
    const auto* node = section_.find("coverage");
    const auto coverage = node ? read_choice(*node, section_.path("coverage"), kCoverages, reading_)
                               : std::optional<Coverage>{};
    server_.coverage = coverage.value_or(has_persistence ? Coverage::one_per_source : Coverage::each_pair);
    if (has_persistence && coverage == Coverage::each_pair)
      refuse("coverage", "asks for each pair, but persistence: source keeps a source on one member",
             "write each_member, or remove the persistence");
  }

  void check_expectation() {
    const auto& expect = server_.expect;
    const auto refuse_server = [&](std::string_view what, std::string_view mend) {
      const auto* node = section_.find("expect");
      reading_.problem(node ? *node : section_.node(), section_.path() + " " + std::string(what),
                       std::string(mend));
    };
    const bool judges_tls = expect.tls_mode || expect.mutual_tls || expect.tls_policy || expect.shares_sessions || expect.has_own_connections;
    if (judges_tls && !has_tls(server_.protocol))
      refuse_server("expects TLS, but its protocol has none",
                    "remove expect.tls, or write protocol: https or tls");
    const bool ends_tls = expect.tls_mode == TlsMode::terminate || expect.tls_mode == TlsMode::reencrypt;
    if (!expect.identity_header.empty() && !(ends_tls && server_.protocol == Protocol::https))
      refuse_server("expects an identity header, which only a balancer can add that ends TLS and speaks HTTP",
                    "write tls: { mode: terminate } or mode: reencrypt with protocol: https, or remove identity_header");
    if (expect.has_own_connections && !(ends_tls && server_.protocol == Protocol::https))
      refuse_server("expects own connections of clients, which only a balancer can share that ends TLS and speaks HTTP",
                    "write tls: { mode: terminate } or mode: reencrypt with protocol: https, or remove own_connections");
    if (expect.return_path != ReturnPath::direct) return;
    for (const auto& rule : expect.snat)
      if (rule.type != SnatType::none) {
        refuse_server("expects SNAT and a direct return, but members answer whom they see as the source",
                      "write snat: { type: none } or return_path: through_load_balancer");
        break;
      }
    if (expect.tls_mode && *expect.tls_mode != TlsMode::passthrough)
      refuse_server("expects that the balancer ends TLS and that members answer directly",
                    "write tls: { mode: passthrough } or return_path: through_load_balancer");
    if (server_.member_port != server_.port)
      refuse("member_port", "differs from port, but with return_path: direct nobody translates it back",
             "remove it");
  }

  void refuse(std::string_view key, std::string_view what, std::string_view mend) {
    if (const auto* node = section_.find(key))
      reading_.problem(*node, section_.path(key) + " " + std::string(what), std::string(mend));
  }

  const Section& section_;
  Draft& draft_;
  Reading& reading_;
  VirtualServer server_;
};

}  // namespace

void read_virtual_servers(const Section& section, const ExpectDraft& defaults, Pool& pool,
                          PoolDraft& pool_draft, Draft& draft, Reading& reading) {
  const auto* list = section.require("virtual_servers");
  if (!list) return;
  const auto path = section.path("virtual_servers");
  std::set<std::string> names;
  each_item(*list, path, "a list of virtual servers", kMostVirtualServers, true, reading,
            [&](const Value& item) {
              const Section server(item, path + "[" + std::to_string(pool.virtual_servers.size()) + "]",
                                   kVirtualServerKeys, reading);
              pool_draft.servers.push_back({&item, server.path(), server.find("port")});
              pool.virtual_servers.push_back(ServerReader(server, draft, reading).read(defaults));
              const auto& name = pool.virtual_servers.back().name;
              if (!name.empty() && !names.insert(name).second)
                reading.problem(*server.find("name"),
                                server.path("name") + ": " + in_quotes(name) + " is already used in this pool",
                                "give each virtual server its own name");
            });
}

}  // namespace hairpin::yaml

// SPDX-License-Identifier: Apache-2.0
#include "topology/yaml/bigip.hpp"
#include "topology/yaml/draft.hpp"
#include "topology/yaml/scalars.hpp"

namespace hairpin::yaml {
namespace {

void read_own_addresses(const Section& section, Host& host, Draft& draft, Reading& reading) {
  const auto* list = host.is_load_balancer ? section.find("addresses") : section.require("addresses");
  if (!list) return;
  const auto path = section.path("addresses");
  each_item(*list, path, "a list of IP addresses", kMostAddresses, !host.is_load_balancer, reading,
            [&](const Value& item) {
              const auto address = read_address(item, path, reading);
              if (!address) return;
              host.addresses.push_back(*address);
              draft.address_uses.push_back({AddressRole::host, {*address, &item, path}, host.name});
            });
}

void read_self_ips(const Value& list, const std::string& path, Host& host, Draft& draft, Reading& reading) {
  each_item(list, path, "a list of { address: …, floating: … }", kMostAddresses, false, reading,
            [&](const Value& item) {
              const Section section(item, path, kSelfIpKeys, reading);
              const auto* at = section.find("address");
              const auto address = section.need("address", read_address);
              const bool is_floating = section.get("floating", read_bool).value_or(false);
              if (!address) return;
              host.self_ips.push_back({*address, is_floating});
              const auto role = is_floating ? AddressRole::floating_self_ip : AddressRole::self_ip;
              draft.address_uses.push_back({role, {*address, at, section.path("address")}, host.name});
            });
}

void read_host_agent(const Section& section, Host& host, Draft& draft) {
  host.agent = section.get("agent", read_agent);
  if (!host.agent) return;
  if (const auto* tcp = std::get_if<TcpAgent>(&*host.agent))
    draft.address_uses.push_back({AddressRole::agent,
                                  {tcp->endpoint.address, section.find("agent"), section.path("agent")},
                                  host.name});
}

void read_host_tls(const Section& section, Host& host, Reading& reading) {
  const auto* node = section.find("tls");
  if (!node) return;
  const Section tls(*node, section.path("tls"), kHostTlsKeys, reading);
  const auto file = [&](std::string_view key) { return tls.get(key, read_text).value_or(std::string()); };
  host.tls = HostTls{file("certificate"), file("key"), file("trusted"), file("ticket_key")};
  const bool has_certificate = tls.find("certificate") != nullptr, has_key = tls.find("key") != nullptr;
  if (has_certificate != has_key)
    reading.problem(*node, tls.path() + " names " + (has_key ? "a key without its certificate" : "a certificate without its key"),
                    "name both files, or neither");
  if (node->kind == Kind::map && !has_certificate && !has_key && !tls.find("trusted") && !tls.find("ticket_key"))
    reading.problem(*node, tls.path() + " names no file", "name certificate and key, trusted, or all three");
}

/// Keys that only one kind of host can have.
void check_kind(const Section& section, const Host& host, Reading& reading) {
  const auto refuse = [&](std::string_view key, std::string_view what, std::string_view mend) {
    if (const auto* node = section.find(key))
      reading.problem(*node, section.path(key) + " " + std::string(what), std::string(mend));
  };
  if (host.is_load_balancer) {
    if (const auto* direct = section.find("direct"); direct && direct->text == "true")
      refuse("direct", "is set, but a load balancer opens no probes", "remove it");
    refuse("tls", "is for hosts that connect or answer; a load balancer has its own", "remove it");
    return;
  }
  constexpr std::string_view kMend = "set load_balancer: true, or remove it";
  refuse("self_ips", "is for load balancers", kMend);
  refuse("capture", "is for load balancers; on other hosts the agent captures", kMend);
  refuse("state", "is for load balancers", kMend);
  refuse("f5", "is for load balancers; a virtual server has its F5 names in virtual_servers", kMend);
}

void add(Host host, const Value& key, bool is_direct, Draft& draft) {
  draft.is_direct.push_back(is_direct);
  draft.host_nodes.push_back(&key);
  draft.topology.hosts.push_back(std::move(host));
}

void read_host(const Value& key, const Value& value, Draft& draft, Reading& reading) {
  const auto name = read_name(key, "the name of a host", reading);
  if (name && (*name == "any" || *name == "members"))
    reading.problem(key, "no host can be called " + in_quotes(*name),
                    "SNAT rules use this word; choose another name");
  const Section section(value, "hosts." + name.value_or("?"), kHostKeys, reading);
  Host host;
  host.name = name.value_or(key.text);
  if (value.kind != Kind::map) {
    add(std::move(host), key, false, draft);
    return;
  }
  // A value that is wrong was meant to say something: reading it as false would follow up with false
  // problems.
  host.is_load_balancer =
      section.get("load_balancer", read_bool).value_or(section.find("load_balancer") != nullptr);
  read_own_addresses(section, host, draft, reading);
  read_host_agent(section, host, draft);
  if (const auto* list = section.find("self_ips"))
    read_self_ips(*list, section.path("self_ips"), host, draft, reading);
  if (const auto* capture = section.find("capture"))
    host.bigip_capture =
        Section(*capture, section.path("capture"), kCaptureKeys, reading).need("bigip", read_ssh);
  host.state = section.get("state", read_bigip_state);
  host.f5_config = section.get("f5", read_configuration).value_or(std::vector<std::string>());
  host.stand_in = section.get("stand_in", read_text);
  read_host_tls(section, host, reading);
  check_kind(section, host, reading);
  add(std::move(host), key, section.get("direct", read_bool).value_or(false), draft);
}

void read_gateway(const Value& node, const std::string& path, Network& network, Reading& reading) {
  const Section section(node, path, kGatewayKeys, reading);
  network.gateway = section.get("address", read_address);
  if (const auto* macs = section.find("macs"))
    each_item(*macs, section.path("macs"), "a list of MAC addresses", kMostAddresses, true, reading,
              [&](const Value& item) {
                if (const auto mac = read_mac(item, section.path("macs"), reading))
                  network.gateway_macs.push_back(*mac);
              });
  if (network.gateway && !network.prefix.contains(*network.gateway))
    reading.problem(*section.find("address"),
                    section.path("address") + ": " + to_string(*network.gateway) + " is not in " +
                        to_string(network.prefix),
                    "hosts reach their gateway inside their own network");
}

}  // namespace

void read_hosts(const Section& file, Draft& draft, Reading& reading) {
  if (const auto* hosts = file.require("hosts"))
    each_entry(*hosts, "hosts", "a map of hosts by name", kMostHosts, reading,
               [&](const Value& key, const Value& value) { read_host(key, value, draft, reading); });
}

void read_networks(const Section& file, Draft& draft, Reading& reading) {
  const auto* networks = file.find("networks");
  if (!networks) return;
  each_entry(*networks, "networks", "a map of networks by name", kMostNetworks, reading,
             [&](const Value& key, const Value& value) {
               Network network;
               network.name = read_name(key, "the name of a network", reading).value_or("?");
               const Section section(value, "networks." + network.name, kNetworkKeys, reading);
               const auto prefix = section.need("prefix", read_prefix);
               if (!prefix) return;
               network.prefix = *prefix;
               if (const auto* gateway = section.find("gateway"))
                 read_gateway(*gateway, section.path("gateway"), network, reading);
               draft.topology.networks.push_back(std::move(network));
             });
}

}  // namespace hairpin::yaml

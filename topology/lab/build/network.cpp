// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "topology/lab/build/build.hpp"
#include "topology/lab/build/process.hpp"

namespace hairpin::lab {
namespace {

using Bridges = std::map<std::string, std::pair<std::size_t, int>>;  ///< network → place, index of the bridge

Result<> write_sysctls(const SiteHost& host, bool wants_defaults) {
  for (const auto& sysctl : host.sysctls) {
    const bool is_default = sysctl.path.find("/default/") != std::string::npos;
    if (is_default != wants_defaults) continue;
    const auto path = "/proc/sys/" + sysctl.path;
    const auto written = write_file(path, sysctl.value);
    if (!written && !sysctl.is_optional) return written.error();
  }
  return {};
}

Result<Bridges> add_bridges(const Site& site, Places& places) {
  Bridges bridges;
  for (const auto& network : site.networks) {
    auto place = std::ranges::find(places, network.place, &NetworkNamespace::name);
    if (place == places.end()) {
      auto made = NetworkNamespace::create(network.place);
      if (!made) return made.error();
      place = places.insert(places.end(), std::move(*made));
      if (auto up = place->bring_up("lo"); !up) return up.error();  // commands run there
    }
    if (auto entered = place->enter(); !entered) return entered.error();
    // Bridges and ports are wires: without IPv6 of their own they stay silent.
    const auto path = std::string("/proc/sys/net/ipv6/conf/default/disable_ipv6");
    if (access(path.c_str(), W_OK) == 0)
      if (auto written = write_file(path, "1"); !written) return written.error();
    auto index = place->add_bridge(network.name);
    if (!index) return index.error();
    if (network.bridge_address)
      if (auto added = place->add_address(network.name, *network.bridge_address); !added)
        return added.error();
    bridges[network.name] = {static_cast<std::size_t>(place - places.begin()), *index};
  }
  return bridges;
}

Result<> plug_in(const SiteHost& host, const NetworkNamespace& place, const Places& places,
                 const Bridges& bridges) {
  for (const auto& interface : host.interfaces) {
    const auto& [at, bridge] = bridges.at(interface.network);
    if (auto added = places[at].add_cable(bridge, interface, place); !added) return added.error();
  }
  return {};
}

Result<> address(const SiteHost& host, const NetworkNamespace& place) {
  if (auto up = place.bring_up("lo"); !up) return up.error();
  for (const auto& loopback : host.loopback)
    if (auto added = place.add_address("lo", loopback); !added) return added.error();
  for (const auto& interface : host.interfaces) {
    if (auto up = place.bring_up(interface.name); !up) return up.error();
    for (const auto& each : interface.addresses)
      if (auto added = place.add_address(interface.name, each); !added) return added.error();
  }
  return {};
}

Result<> route(const SiteHost& host, const NetworkNamespace& place, Family family) {
  for (const auto& each : host.routes)
    if (auto added = place.add_route(each); !added) return added.error();
  for (const auto& rule : host.rules)
    if (auto added = place.add_rule(family, rule); !added) return added.error();
  for (const auto& proxied : host.proxied)
    if (auto added = place.add_proxy(host.proxy_interface, proxied.address); !added) return added.error();
  return {};
}

Result<> build_host(const SiteHost& host, const Site& site, const NetworkNamespace& place,
                    const Places& places, const Bridges& bridges) {
  if (auto step = write_sysctls(host, true); !step) return step;
  if (auto step = plug_in(host, place, places, bridges); !step) return step;
  if (auto step = address(host, place); !step) return step;
  if (auto step = route(host, place, site.family); !step) return step;
  return write_sysctls(host, false);
}

}  // namespace

Result<Places> build_network(const Site& site) {
  Places places;
  auto made = NetworkNamespace::current("switch");
  if (!made) return made.error();
  places.push_back(std::move(*made));
  const auto bridges = add_bridges(site, places);
  if (!bridges) return bridges.error();
  for (const auto& host : site.hosts) {
    auto place = NetworkNamespace::create(host.name);
    if (!place) return place.error();
    if (auto built = build_host(host, site, *place, places, *bridges); !built) return built.error();
    places.push_back(std::move(*place));
  }
  if (auto back = places.front().enter(); !back) return back.error();
  return places;
}

}  // namespace hairpin::lab

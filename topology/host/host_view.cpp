// SPDX-License-Identifier: Apache-2.0
#include "topology/host/host_view.hpp"

#include <linux/neighbour.h>
#include <net/if.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/neighbour.h>
#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "topology/host/counters.hpp"
#include "topology/host/netlink.hpp"

namespace hairpin::host {
namespace {

using Link = Handle<rtnl_link, rtnl_link_put>;

/// Calls `visit` with every object of a cache; Object is libnl's type for what the cache holds.
template <class Object, class Visit>
void for_each(nl_cache* cache, Visit visit) {
  for (auto* object = nl_cache_get_first(cache); object; object = nl_cache_get_next(object))
    visit(reinterpret_cast<Object*>(object));
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();  // a failing read throws out of an iterator, not out of this
  return text.str();
}

std::optional<std::int32_t> setting(const std::string& path) {
  std::ifstream file(path);
  std::int32_t value = 0;
  if (file >> value) return value;
  return {};
}

/// The kernel takes the larger of both (ip-sysctl: rp_filter).
std::optional<std::int32_t> reverse_path_filter(const std::string& interface) {
  const std::string directory = "/proc/sys/net/ipv4/conf/";
  const auto everywhere = setting(directory + "all/rp_filter");
  const auto here = setting(directory + interface + "/rp_filter");
  if (!everywhere || !here) return {};
  return std::max(*everywhere, *here);
}

Prefix prefix_of(const IpAddress& address, unsigned length_bits) {
  Prefix prefix{address, static_cast<std::uint8_t>(length_bits)};
  for (std::size_t bit = length_bits; bit < address.size() * 8; ++bit)
    prefix.network.bytes[bit / 8] &= static_cast<std::uint8_t>(~(0x80u >> (bit % 8)));
  return prefix;
}

InterfaceFacts facts_of(rtnl_link* link) {
  InterfaceFacts facts;
  facts.name = rtnl_link_get_name(link);
  facts.index = rtnl_link_get_ifindex(link);
  facts.mac = mac_from(rtnl_link_get_addr(link)).value_or(MacAddress{});
  facts.mtu_bytes = rtnl_link_get_mtu(link);
  const auto flags = rtnl_link_get_flags(link);
  facts.is_up = (flags & IFF_UP) != 0;
  facts.has_carrier = rtnl_link_get_carrier(link) != 0;
  facts.is_loopback = (flags & IFF_LOOPBACK) != 0;
  return facts;
}

void add_address(rtnl_addr* entry, InterfaceFacts& facts) {
  const auto address = address_from(rtnl_addr_get_local(entry));
  if (!address) return;
  facts.addresses.push_back(*address);
  // On a point-to-point link the prefix is the peer's.
  auto* peer = rtnl_addr_get_peer(entry);
  const auto length = rtnl_addr_get_prefixlen(entry);
  if (length < 0 || static_cast<std::size_t>(length) > address->size() * 8) return;
  const auto prefix = prefix_of(address_from(peer).value_or(*address), static_cast<unsigned>(length));
  if (std::find(facts.prefixes.begin(), facts.prefixes.end(), prefix) == facts.prefixes.end())
    facts.prefixes.push_back(prefix);
}

/// One kind of kernel table, read once.
template <class Allocate>
Result<NetlinkCache> read_table(Allocate allocate, const std::string& doing) {
  const auto socket = open_netlink();
  if (!socket) return socket.error();
  nl_cache* cache = nullptr;
  if (const int status = allocate(socket->get(), &cache); status < 0) return netlink_error(status, doing);
  return NetlinkCache(cache);
}

}  // namespace

Result<std::vector<InterfaceFacts>> interfaces() {
  const auto links =
      read_table([](auto* socket, auto** cache) { return rtnl_link_alloc_cache(socket, AF_UNSPEC, cache); },
                 "list the interfaces");
  if (!links) return links.error();
  const auto addresses = read_table(rtnl_addr_alloc_cache, "list the addresses");
  if (!addresses) return addresses.error();
  std::vector<InterfaceFacts> all;
  for_each<rtnl_link>(links->get(), [&](rtnl_link* link) { all.push_back(facts_of(link)); });
  for_each<rtnl_addr>(addresses->get(), [&](rtnl_addr* entry) {
    const auto owner = std::find_if(all.begin(), all.end(), [&](const auto& facts) {
      return facts.index == rtnl_addr_get_ifindex(entry);
    });
    if (owner != all.end()) add_address(entry, *owner);
  });
  for (auto& facts : all) {
    const bool has_ipv4 = std::any_of(facts.addresses.begin(), facts.addresses.end(),
                                      [](const auto& address) { return address.family == Family::ipv4; });
    if (has_ipv4) facts.reverse_path_filter = reverse_path_filter(facts.name);
  }
  return all;
}

Result<std::vector<NeighbourFacts>> neighbours() {
  const auto table = read_table(rtnl_neigh_alloc_cache, "list the neighbours");
  if (!table) return table.error();
  constexpr int kUsable = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT;
  std::vector<NeighbourFacts> all;
  for_each<rtnl_neigh>(table->get(), [&](rtnl_neigh* entry) {
    const auto address = address_from(rtnl_neigh_get_dst(entry));
    const auto mac = mac_from(rtnl_neigh_get_lladdr(entry));
    if (!address || !mac || (rtnl_neigh_get_state(entry) & kUsable) == 0) return;
    char name[IF_NAMESIZE] = {};
    ::if_indextoname(static_cast<unsigned>(rtnl_neigh_get_ifindex(entry)), name);
    all.push_back({*address, *mac, name});
  });
  return all;
}

std::map<std::string, std::uint64_t> counters() {
  auto all = parse_paired_lines(text_of("/proc/net/snmp"));
  all.merge(parse_paired_lines(text_of("/proc/net/netstat")));
  all.merge(parse_named_lines(text_of("/proc/net/snmp6")));
  all.merge(parse_route_cache(text_of("/proc/net/stat/rt_cache")));
  return all;
}

std::string kernel_release() {
  utsname names{};
  return ::uname(&names) == 0 ? names.release : "";
}

}  // namespace hairpin::host

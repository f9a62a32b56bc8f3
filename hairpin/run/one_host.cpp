// SPDX-License-Identifier: Apache-2.0
#include "hairpin/run/one_host.hpp"
#include "topology/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace hairpin {
namespace {

/// Host names of a topology have no colons, and begin with a letter or digit.
std::string as_name(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == ':' || c == '/'; }, '-');
  while (!text.empty() && text.front() == '-') text.erase(0, 1);
  return text.empty() ? "host" : text;
}

std::string in_quotes(const std::string& text) { return '"' + text + '"'; }

/// What all parts of the file need: who is who, by address.
class Writer {
 public:
  Writer(const OneHost& wanted, const Looker& looker, const Endpoint& vip)
      : wanted_(wanted), looker_(looker), vip_(vip), name_(name_of_looker(wanted, looker)) {
    for (const auto& interface : looker.interfaces)
      for (const auto& address : interface.addresses)
        if (address.family == vip.address.family) own_.insert(address);
  }

  Result<> check() const {
    const auto to = to_string(vip_.address);
    if (own_.contains(vip_.address) || looker_.to_vip.is_local)
      return refusal("check " + to + " from this host: it holds that address itself",
                     "with nPath a member reaches only itself there; run it on a client");
    if (!looker_.to_vip.error.empty() || !looker_.to_vip.source)
      return refusal(fmt::format("reach {}: {}", to, looker_.to_vip.error.empty() ? "no source address" : looker_.to_vip.error),
                     "add a route, or run it on a host that has one");
    std::set<std::string> names{name_, kBalancer};
    for (const auto& member : wanted_.members) {
      const auto address = parse_address(member.address);
      if (!address || address->family != vip_.address.family)
        return refusal(fmt::format("use the member {}", member.address), "give an address of the VIP's family");
      if (*address == vip_.address) return refusal("use the VIP itself as a member", "name the pool's members");
      if (!own_.contains(*address) && !names.insert(member.name).second)
        return refusal(fmt::format("call two hosts {}", member.name), "give it another name: --member NAME=ADDR");
    }
    if (wanted_.members.empty()) return refusal("check a pool without members", "give --member ADDR for each of them");
    return {};
  }

  std::string text(bool is_to_start_from) const {
    auto out = std::string("hairpin: 1\nname: ") + as_name(to_string(vip_.address)) + fmt::format("-{}\nhosts:\n", vip_.port);
    out += host(name_, own_addresses(), looker_.agent, is_to_start_from);
    for (const auto& member : wanted_.members)
      if (!is_own(member)) out += host(member.name, {in_quotes(member.address)}, "", is_to_start_from);
    out += balancer(is_to_start_from) + networks() + pool(is_to_start_from);
    return out;
  }

 private:
  static constexpr const char* kBalancer = "load-balancer";

  bool is_own(const NamedMember& member) const { return own_.contains(*parse_address(member.address)); }

  /// The one that probes come from first, then those that are members.
  std::vector<std::string> own_addresses() const {
    std::vector<std::string> all{in_quotes(to_string(*looker_.to_vip.source))};
    for (const auto& member : wanted_.members)
      if (is_own(member) && in_quotes(member.address) != all.front()) all.push_back(in_quotes(member.address));
    return all;
  }

  static std::string host(const std::string& name, const std::vector<std::string>& addresses, const std::string& agent,
                          bool is_to_start_from) {
    const auto* hint = is_to_start_from ? "   # agent: \"ssh:HOST\", \"ADDRESS:PORT\" or \"unix:PATH\"" : "";
    return fmt::format("  {}: {{ addresses: [{}]{} }}{}\n", in_quotes(name), fmt::join(addresses, ", "),
                       agent.empty() ? "" : ", agent: " + in_quotes(agent), hint);
  }

  std::string balancer(bool is_to_start_from) const {
    std::string self_ips;
    for (const auto& address : wanted_.self_ips)
      self_ips += fmt::format("{}{{ address: {} }}", self_ips.empty() ? "" : ", ", in_quotes(address));
    const auto* hint = is_to_start_from && self_ips.empty() ? "   # self_ips: [ { address: …, floating: true } ]" : "";
    return fmt::format("  {}: {{ load_balancer: true{} }}{}\n", kBalancer,
                       self_ips.empty() ? "" : fmt::format(", self_ips: [ {} ]", self_ips), hint);
  }

  /// The host's own networks, where somebody of the pool is in them.
  std::string networks() const {
    std::set<Prefix> all;
    for (const auto& interface : looker_.interfaces)
      for (const auto& prefix : interface.prefixes) {
        const auto holds = [&](const NamedMember& member) { return prefix.contains(*parse_address(member.address)); };
        if (prefix.network.family != vip_.address.family || prefix.length >= prefix.network.size() * 8) continue;
        if (prefix.contains(vip_.address) || std::any_of(wanted_.members.begin(), wanted_.members.end(), holds)) all.insert(prefix);
      }
    std::string text;
    for (const auto& prefix : all)
      text += fmt::format("  net{}: {{ prefix: {} }}\n", 1 + std::distance(all.begin(), all.find(prefix)), in_quotes(to_string(prefix)));
    return text.empty() ? "" : "networks:\n" + text;
  }

  std::string pool(bool is_to_start_from) const {
    std::vector<std::string> members;
    for (const auto& member : wanted_.members) members.push_back(in_quotes(is_own(member) ? name_ : member.name));
    auto out = fmt::format("pools:\n  pool:\n    vip: [{}]\n    load_balancer: {}\n    members: [{}]\n",
                           in_quotes(to_string(vip_.address)), kBalancer, fmt::join(members, ", "));
    if (!is_to_start_from) out += fmt::format("    sources: [{}]\n", in_quotes(name_));
    if (!wanted_.fqdn.empty()) out += "    fqdn: " + in_quotes(wanted_.fqdn) + "\n";
    if (!wanted_.snat.empty()) out += fmt::format("    expect: {{ snat: {{ type: {} }} }}\n", wanted_.snat);
    out += fmt::format("    virtual_servers:\n      - name: port-{0}\n        port: {0}\n", vip_.port);
    const auto port = wanted_.member_port != 0 ? wanted_.member_port : vip_.port;
    if (is_to_start_from) out += fmt::format("        member_port: {}   # where the members listen, if not the VIP's port\n", port);
    if (!is_to_start_from && wanted_.member_port != 0) out += fmt::format("        member_port: {}\n", port);
    out += fmt::format("        protocol: {}\n        probe: {}\n", wanted_.protocol, wanted_.probe);
    if (wanted_.probe == "http") out += "        path: " + in_quotes(wanted_.path) + "\n";
    return out;
  }

  const OneHost& wanted_;
  const Looker& looker_;
  const Endpoint& vip_;
  std::set<IpAddress> own_;
  std::string name_;  ///< of this host: as the user calls it, otherwise as it calls itself
};

Result<std::string> write(const OneHost& wanted, const Looker& looker, bool is_to_start_from) {
  const auto vip = parse_endpoint(wanted.vip);
  if (!vip || vip->port == 0)
    return refusal(fmt::format("use \"{}\" as the VIP", wanted.vip), "write ADDRESS:PORT, or [ADDRESS]:PORT for IPv6");
  const Writer writer(wanted, looker, *vip);
  if (auto fit = writer.check(); !fit) return fit.error();
  auto text = writer.text(is_to_start_from);
  const auto reading = read_topology(text);
  if (!reading.topology) return refusal("write a topology of these words: " + describe(reading.problems.front(), "topology"));
  return text;
}

}  // namespace

Result<NamedMember> parse_member(const std::string& text) {
  const auto equals = text.find('=');
  const auto address = equals == std::string::npos ? text : text.substr(equals + 1);
  if (!parse_address(address))
    return refusal(fmt::format("use \"{}\" as a member", text), "write ADDRESS or NAME=ADDRESS");
  const bool is_named = equals != std::string::npos;
  return NamedMember{is_named ? text.substr(0, equals) : as_name(address), address, is_named};
}

std::string name_of_looker(const OneHost& wanted, const Looker& looker) {
  for (const auto& member : wanted.members)
    for (const auto& interface : looker.interfaces)
      for (const auto& address : interface.addresses)
        if (member.is_named && address == parse_address(member.address)) return member.name;
  return looker.name;
}

Result<std::string> one_host_topology(const OneHost& wanted, const Looker& looker) { return write(wanted, looker, false); }

Result<std::string> starting_topology(const OneHost& wanted, const Looker& looker) { return write(wanted, looker, true); }

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include "hairpin/load/places.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "hairpin/messages/source_ports.hpp"

namespace hairpin {
namespace {

bool lists(const std::vector<IpAddress>& addresses, const IpAddress& address) {
  return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
}

/// What the topology declares of that family.
std::vector<IpAddress> declared(const Topology& topology, const std::string& source, Family family) {
  std::vector<IpAddress> addresses;
  if (const auto* const host = topology.host(source))
    for (const auto& address : host->addresses)
      if (address.family == family) addresses.push_back(address);
  return addresses;
}

/// One that is wanted and that no source has.
Result<> check_named(const std::vector<IpAddress>& named, const AddressesBySource& all) {
  for (const auto& address : named) {
    const auto has_it = [&address](const auto& of) { return lists(of.second, address); };
    if (std::any_of(all.begin(), all.end(), has_it)) continue;
    std::vector<IpAddress> able;
    for (const auto& [source, addresses] : all) able.insert(able.end(), addresses.begin(), addresses.end());
    return refusal(fmt::format("load from {} (--source-addresses): by the topology no source of this load has it", to_string(address)),
                   "name some of " + addresses_text(able) + ", or add it to its host's addresses");
  }
  return {};
}

}  // namespace

Result<SourcePorts> parse_source_ports(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = parse_port(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? std::nullopt : parse_port(text.substr(dash + 1));
  if (!first || !last || *last < *first) return refusal(fmt::format("understand \"{}\": FIRST-LAST, as 20000-29999", printable(text)));
  if (const auto fit = check_source_range(*first, *last); !fit) return fit.error();
  return SourcePorts{*first, *last};
}

Result<SourceAddresses> parse_source_addresses(const std::vector<std::string>& words) {
  SourceAddresses wanted;
  for (const auto& word : words) {
    const auto address = parse_address(word);
    if (!address && word != "all") return refusal(fmt::format("understand \"{}\": all, or IP addresses", printable(word)));
    if (!address) wanted.are_all = true;
    if (address && !lists(wanted.named, *address)) wanted.named.push_back(*address);
  }
  if (wanted.are_all && !wanted.named.empty()) return refusal("use all addresses and these: one or the other");
  return wanted;
}

Result<AddressesBySource> addresses_by_source(const Topology& topology, const std::vector<std::string>& sources, Family family,
                                              const SourceAddresses& wanted) {
  AddressesBySource all;
  if (!wanted.are_all && wanted.named.empty()) return all;
  for (const auto& source : sources) all[source] = declared(topology, source, family);
  if (const auto known = check_named(wanted.named, all); !known) return known.error();
  for (auto& [source, addresses] : all) {
    const auto own = addresses;
    if (!wanted.are_all) std::erase_if(addresses, [&wanted](const IpAddress& address) { return !lists(wanted.named, address); });
    if (addresses.empty())
      return refusal(fmt::format("load from {}: none of --source-addresses is its own", source),
                     own.empty() ? "leave it out (--from)" : "name some of " + addresses_text(own) + ", or leave it out (--from)");
  }
  return all;
}

}  // namespace hairpin

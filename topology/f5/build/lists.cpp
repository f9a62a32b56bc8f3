// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/build/reading.hpp"

namespace hairpin::f5 {
namespace {

IpAddress last_of(const Prefix& prefix) {
  auto last = prefix.network;
  for (std::size_t bit = prefix.length; bit < last.size() * 8; ++bit)
    last.bytes[bit / 8] |= static_cast<std::uint8_t>(0x80u >> bit % 8);
  return last;
}

/// 10.0.0.1, 10.0.0.0/24, 10.0.0.1-10.0.0.9
std::optional<AddressRange> range_of(Reading& reading, Text word, const Node& at) {
  if (const auto dash = word.find('-'); dash != Text::npos) {
    const auto first = reading.address(word.substr(0, dash), at);
    const auto last = reading.address(word.substr(dash + 1), at);
    if (!first || !last) return {};
    return AddressRange{*first, {last->address, first->route_domain}, reading.origin(at)};
  }
  const auto prefix = reading.prefix(word, at);
  if (!prefix) return {};
  return AddressRange{{prefix->prefix.network, prefix->route_domain},
                      {last_of(prefix->prefix), prefix->route_domain},
                      reading.origin(at)};
}

std::optional<PortRange> ports_of(Reading& reading, Text word, const Node& at) {
  const auto dash = word.find('-');
  auto first = service_port(word.substr(0, dash));
  auto last = dash == Text::npos ? first : service_port(word.substr(dash + 1));
  if (const auto whole = service_port(word)) first = last = whole;  // a service with a dash in its name
  if (!first || !last) {
    reading.odd(at);
    return {};
  }
  if (*first == 0) last = std::uint16_t{65535};  // any
  return PortRange{*first, *last, reading.origin(at)};
}

template <class Item>
void each(const Node& node, Item item) {
  for (const auto& child : node.block)
    if (child.kind != NodeKind::comment) item(child);
}

void names(Reading& reading, AddressList& list, const Node& node) {
  each(node, [&](const Node& child) { list.names.push_back({child.key(), reading.origin(child)}); });
}

constexpr Key<AddressList> kAddressList[] = {
    {"addresses",
     [](Reading& reading, AddressList& list, const Node& node) {
       each(node, [&](const Node& child) {
         if (const auto range = range_of(reading, child.key(), child)) list.ranges.push_back(*range);
       });
     }},
    {"address-lists", references_of<&AddressList::lists, kAddressListKind>},
    {"fqdns", names},
    {"geo", names},
    {"app-service"}, {"description"}, {"partition"}};

constexpr Key<PortList> kPortList[] = {
    {"ports",
     [](Reading& reading, PortList& list, const Node& node) {
       each(node, [&](const Node& child) {
         if (const auto range = ports_of(reading, child.key(), child)) list.ranges.push_back(*range);
       });
     }},
    {"port-lists", references_of<&PortList::lists, kPortListKind>},
    {"app-service"}, {"description"}, {"partition"}};

constexpr Key<TrafficMatchingCriteria> kCriteria[] = {
    {"destination-address-list", reference_of<&TrafficMatchingCriteria::destination_address_list, kAddressListKind>},
    {"source-address-list", reference_of<&TrafficMatchingCriteria::source_address_list, kAddressListKind>},
    {"destination-port-list", reference_of<&TrafficMatchingCriteria::destination_port_list, kPortListKind>},
    {"destination-address-inline", prefix_of<&TrafficMatchingCriteria::destination>},
    {"source-address-inline", prefix_of<&TrafficMatchingCriteria::source>},
    {"destination-port-inline",
     [](Reading& reading, TrafficMatchingCriteria& criteria, const Node& node) {
       criteria.port = {service_port(node.word(1)), reading.origin(node)};
       if (!criteria.port.value) reading.odd(node);
     }},
    {"protocol", text_of<&TrafficMatchingCriteria::ip_protocol>},
    {"source-port-inline"}, {"source-port-list"}, {"route-domain"}, {"app-service"}, {"description"}, {"partition"}};

}  // namespace

void read_object(Reading& reading, AddressList& object) {
  read_keys<AddressList>(reading, object, object.node->block, kAddressList);
}
void read_object(Reading& reading, PortList& object) {
  read_keys<PortList>(reading, object, object.node->block, kPortList);
}
void read_object(Reading& reading, TrafficMatchingCriteria& object) {
  read_keys<TrafficMatchingCriteria>(reading, object, object.node->block, kCriteria);
}

}  // namespace hairpin::f5

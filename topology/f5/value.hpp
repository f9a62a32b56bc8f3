// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.hpp"

namespace hairpin::f5 {

/// Where something is said. `Config::place` writes it as FILE:LINE.
struct Origin {
  std::uint32_t file = 0;  ///< of Config::trees
  std::uint32_t line = 0;  ///< 0: nobody said it, it is a default
  explicit operator bool() const { return line != 0; }
  auto operator<=>(const Origin&) const = default;
};

/// What a key says and where; without an origin it is the default of tmsh.
template <class T>
struct Value {
  T value{};
  Origin origin{};
  bool is_stated() const { return origin.line != 0; }
};

using Text = std::string_view;  ///< into a tree or the arena of its Config; may be any bytes: print it through `shown`
using Name = std::string_view;  ///< the full name of an object, "/Common/pool1"; empty: none
using Reference = Value<Name>;

/// An address as the BIG-IP has it: with a route domain, which is the partition's where the text has no %ID.
struct RoutedAddress {
  IpAddress address;
  std::uint32_t route_domain = 0;
  auto operator<=>(const RoutedAddress&) const = default;
};
struct RoutedPrefix {
  Prefix prefix;
  std::uint32_t route_domain = 0;
  auto operator<=>(const RoutedPrefix&) const = default;
  bool contains(const RoutedAddress& other) const;
};

/// 10.0.0.1, 10.0.0.1%2, 2001:db8::1
std::string to_string(const RoutedAddress& address);
std::string to_string(const RoutedPrefix& prefix);

/// An address and a port as they are written: 10.0.0.1:443, 10.0.0.1%2:https, 2001:db8::1.443, any:0, any6.0, *:*. The
/// part before the port may be a name.
struct WrittenEndpoint {
  Text name{};                             ///< everything before the port: "/Common/10.0.0.1%2"
  Text host{};                             ///< without partition, %ID and port: "10.0.0.1", "my-vip"
  std::optional<IpAddress> address{};      ///< absent: a name. any, *: 0.0.0.0; any6: ::
  std::optional<std::uint32_t> route_domain{};
  std::optional<std::uint16_t> port{};      ///< 0: any; absent: not written, or a service that nobody knows
};
WrittenEndpoint parse_written_endpoint(Text text);

/// ADDRESS[%ID] and ADDRESS[%ID][/LENGTH]; host bits may be set (a self IP). Absent: neither.
struct WrittenAddress {
  IpAddress address;
  std::optional<std::uint32_t> route_domain;
  std::optional<std::uint8_t> length;      ///< absent: no /LENGTH
};
std::optional<WrittenAddress> parse_written_address(Text text);
std::optional<std::uint8_t> parse_mask(Text text);  ///< 255.255.255.0, ffff:…, any, any6, 24: the length in bits
Prefix network_of(const IpAddress& address, std::uint8_t length);  ///< without host bits

/// The number of a service name that BIG-IP writes (https, webcache, sip, any: 0), or of digits.
std::optional<std::uint16_t> service_port(Text name);

}  // namespace hairpin::f5

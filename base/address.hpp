// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <boost/describe/enum.hpp>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hairpin {

BOOST_DEFINE_ENUM_CLASS(Family, ipv4, ipv6)

/// An IPv4 or IPv6 address. IPv4 fills the first four bytes, the rest are zero.
struct IpAddress {
  Family family = Family::ipv4;
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const IpAddress&) const = default;
  /// How many of `bytes` count: 4 or 16.
  std::size_t size() const { return family == Family::ipv4 ? 4 : 16; }
  bool is_unspecified() const;
  bool is_loopback() const;    ///< 127.0.0.0/8, ::1
  bool is_link_local() const;  ///< 169.254.0.0/16, fe80::/10

  static IpAddress v4(const std::uint8_t* four_bytes);
  static IpAddress v6(const std::uint8_t* sixteen_bytes);
};

/// An address and a TCP port.
struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;
  auto operator<=>(const Endpoint&) const = default;
};

/// Who sent to whom; the reply has `reversed()`.
struct Tuple {
  Endpoint source;
  Endpoint destination;
  auto operator<=>(const Tuple&) const = default;
  Tuple reversed() const { return {destination, source}; }
};

/// A network: host bits are zero when it was parsed.
struct Prefix {
  IpAddress network;
  std::uint8_t length = 0;  ///< bits, 0…32 or 0…128
  auto operator<=>(const Prefix&) const = default;
  bool contains(const IpAddress& address) const;
};

struct MacAddress {
  std::array<std::uint8_t, 6> bytes{};
  auto operator<=>(const MacAddress&) const = default;
};

// Text forms. `parse_…` accept exactly one spelling each: no octal or hexadecimal IPv4, no zone, no IPv4-mapped IPv6.
std::string to_string(const IpAddress& address);   ///< RFC 5952
std::string to_string(const Endpoint& endpoint);   ///< 10.1.2.3:444, [2001:db8::1]:444
std::string to_string(const Prefix& prefix);       ///< 10.1.2.0/24
std::string to_string(const MacAddress& mac);      ///< 02:00:0a:89:02:15
std::string tcpdump_form(const Endpoint& endpoint);  ///< 10.1.2.3.444, as tcpdump prints it
std::string tcpdump_form(const Tuple& tuple);        ///< 10.1.2.3.444 > 10.1.2.4.50000

std::optional<IpAddress> parse_address(std::string_view text);
std::optional<Endpoint> parse_endpoint(std::string_view text);
std::optional<Prefix> parse_prefix(std::string_view text);  ///< refuses host bits that are set
std::optional<MacAddress> parse_mac(std::string_view text);
std::optional<std::uint16_t> parse_port(std::string_view text);  ///< 1…65535, digits only

}  // namespace hairpin

template <>
struct std::hash<hairpin::Tuple> {
  std::size_t operator()(const hairpin::Tuple& tuple) const noexcept;
};

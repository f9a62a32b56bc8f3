// SPDX-License-Identifier: Apache-2.0
#include "base/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace hairpin {
namespace {

/// inet_pton accepts IPv4-mapped IPv6, which is the same host under another name: we keep one name each.
bool is_v4_mapped(const std::array<std::uint8_t, 16>& bytes) {
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
}

template <class Number>
std::optional<Number> parse_number(std::string_view text, Number low, Number high) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < low || value > high) return {};
  return value;
}

}  // namespace

bool IpAddress::is_loopback() const {
  return family == Family::ipv4 ? bytes[0] == 127 : to_string(*this) == "::1";
}

bool IpAddress::is_link_local() const {
  return family == Family::ipv4 ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

bool IpAddress::is_unspecified() const {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

IpAddress IpAddress::v4(const std::uint8_t* four_bytes) {
  IpAddress address{Family::ipv4, {}};
  std::memcpy(address.bytes.data(), four_bytes, 4);
  return address;
}

IpAddress IpAddress::v6(const std::uint8_t* sixteen_bytes) {
  IpAddress address{Family::ipv6, {}};
  std::memcpy(address.bytes.data(), sixteen_bytes, 16);
  return address;
}

bool Prefix::contains(const IpAddress& address) const {
  if (address.family != network.family) return false;
  const std::size_t whole = length / 8;
  if (!std::equal(network.bytes.begin(), network.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.bytes.begin()))
    return false;
  const unsigned rest = length % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
  return (network.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

std::string to_string(const IpAddress& address) {
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(address.family == Family::ipv4 ? AF_INET : AF_INET6, address.bytes.data(), text, sizeof text);
  return text;
}

std::string to_string(const Endpoint& endpoint) {
  const bool is_v6 = endpoint.address.family == Family::ipv6;
  return fmt::format("{}{}{}:{}", is_v6 ? "[" : "", to_string(endpoint.address), is_v6 ? "]" : "", endpoint.port);
}

std::string to_string(const Prefix& prefix) {
  return fmt::format("{}/{}", to_string(prefix.network), prefix.length);
}

std::string to_string(const MacAddress& mac) {
  const auto& b = mac.bytes;
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", b[0], b[1], b[2], b[3], b[4], b[5]);
}

std::string tcpdump_form(const Endpoint& endpoint) {
  return fmt::format("{}.{}", to_string(endpoint.address), endpoint.port);
}

std::string tcpdump_form(const Tuple& tuple) {
  return tcpdump_form(tuple.source) + " > " + tcpdump_form(tuple.destination);
}

std::optional<IpAddress> parse_address(std::string_view text) {
  const std::string zero_terminated(text);
  if (zero_terminated.size() != std::strlen(zero_terminated.c_str())) return {};
  IpAddress address;
  address.family = text.find(':') == std::string_view::npos ? Family::ipv4 : Family::ipv6;
  const int family = address.family == Family::ipv4 ? AF_INET : AF_INET6;
  if (::inet_pton(family, zero_terminated.c_str(), address.bytes.data()) != 1) return {};
  if (address.family == Family::ipv6 && is_v4_mapped(address.bytes)) return {};
  return address;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  return parse_number<std::uint16_t>(text, 1, 65535);
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  auto host = text.substr(0, colon);
  const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  const auto address = parse_address(host);
  const auto port = parse_port(text.substr(colon + 1));
  if (!address || !port || is_bracketed != (address->family == Family::ipv6)) return {};
  return Endpoint{*address, *port};
}

std::optional<Prefix> parse_prefix(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  const auto network = parse_address(text.substr(0, slash));
  if (!network) return {};
  const auto length = parse_number<std::uint8_t>(text.substr(slash + 1), 0, network->family == Family::ipv4 ? 32 : 128);
  if (!length) return {};
  const Prefix prefix{*network, *length};
  for (std::size_t bit = *length; bit < network->size() * 8; ++bit)
    if (network->bytes[bit / 8] & (0x80u >> (bit % 8))) return {};
  return prefix;
}

std::optional<MacAddress> parse_mac(std::string_view text) {
  MacAddress mac;
  if (text.size() != 17) return {};
  for (std::size_t i = 0; i < 6; ++i) {
    const auto pair = text.substr(i * 3, 2);
    const auto [end, error] = std::from_chars(pair.data(), pair.data() + 2, mac.bytes[i], 16);
    if (error != std::errc{} || end != pair.data() + 2) return {};
    if (i < 5 && text[i * 3 + 2] != ':') return {};
  }
  return mac;
}

}  // namespace hairpin

std::size_t std::hash<hairpin::Tuple>::operator()(const hairpin::Tuple& tuple) const noexcept {
  const auto word = [](const hairpin::Endpoint& endpoint, std::size_t at) {
    std::uint64_t value;
    std::memcpy(&value, endpoint.address.bytes.data() + at, 8);
    return value;
  };
  std::uint64_t mixed = word(tuple.source, 0) * 0x9E3779B97F4A7C15u;
  const auto mix = [&mixed](std::uint64_t more) { mixed = (mixed ^ (mixed >> 29) ^ more) * 0xBF58476D1CE4E5B9u; };
  mix(word(tuple.source, 8));
  mix(word(tuple.destination, 0));
  mix(word(tuple.destination, 8));
  mix(static_cast<std::uint64_t>(tuple.source.port) << 16 | tuple.destination.port);
  return static_cast<std::size_t>(mixed ^ (mixed >> 32));
}

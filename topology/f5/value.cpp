// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace hairpin::f5 {
namespace {

struct Service {
  Text name;
  std::uint16_t port;
};
// Names that BIG-IP writes instead of a port (/etc/services, IANA's registry), in order.
constexpr Service kServices[] = {
    {"*", 0},             {"any", 0},          {"bgp", 179},        {"cifs", 3020},        {"domain", 53},
    {"domain-s", 853},    {"dsf", 555},        {"epmap", 135},      {"f5-globalsite", 2792}, {"f5-iquery", 4353},
    {"ftp", 21},          {"ftp-data", 20},    {"ftps", 990},       {"h323hostcall", 1720},  {"http", 80},
    {"http-alt", 8008},   {"https", 443},      {"imap", 143},       {"imaps", 993},        {"isakmp", 500},
    {"kerberos", 88},     {"ldap", 389},       {"ldaps", 636},      {"microsoft-ds", 445}, {"msft-gc", 3268},
    {"msft-gc-ssl", 3269}, {"ms-sql-m", 1434}, {"ms-sql-s", 1433},  {"ms-wbt-server", 3389}, {"mysql", 3306},
    {"netbios-ssn", 139}, {"nfs", 2049},       {"ntp", 123},        {"oracle", 1521},      {"pcsync-http", 8444},
    {"pcsync-https", 8443}, {"pop3", 110},     {"pop3s", 995},      {"postgresql", 5432},  {"pptp", 1723},
    {"radius", 1812},     {"radius-acct", 1813}, {"rsync", 873},    {"rtsp", 554},         {"sip", 5060},
    {"sip-tls", 5061},    {"sips", 5061},      {"smtp", 25},        {"snmp", 161},         {"snmptrap", 162},
    {"ssh", 22},          {"submission", 587}, {"sunrpc", 111},     {"syslog", 514},       {"tacacs", 49},
    {"telnet", 23},       {"tftp", 69},        {"tproxy", 8081},    {"urd", 465},          {"webcache", 8080},
    {"xmpp-client", 5222}};

template <class T>
std::optional<T> number(Text text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

std::uint8_t most_bits(const IpAddress& address) { return address.family == Family::ipv4 ? 32 : 128; }

/// "%12" at the end of `text`, cut off; false when what stands behind the % is no number.
bool cut_route_domain(Text& text, std::optional<std::uint32_t>& route_domain) {
  const auto percent = text.find('%');
  if (percent == Text::npos) return true;
  route_domain = number<std::uint32_t>(text.substr(percent + 1));
  text = text.substr(0, percent);
  return route_domain.has_value();
}

std::optional<IpAddress> address_word(Text text) {
  if (text == "any" || text == "*" || text == "any4" || text == "default" || text == "default-inet") return IpAddress{};
  if (text == "any6" || text == "default-inet6") return IpAddress{.family = Family::ipv6, .bytes = {}};
  return parse_address(text);
}

}  // namespace

bool RoutedPrefix::contains(const RoutedAddress& other) const {
  return route_domain == other.route_domain && prefix.network.family == other.address.family &&
         prefix.contains(other.address);
}

std::string to_string(const RoutedAddress& address) {
  if (address.route_domain == 0) return to_string(address.address);
  return fmt::format("{}%{}", to_string(address.address), address.route_domain);
}

std::string to_string(const RoutedPrefix& prefix) {
  if (prefix.route_domain == 0) return to_string(prefix.prefix);
  return fmt::format("{}%{}/{}", to_string(prefix.prefix.network), prefix.route_domain, prefix.prefix.length);
}

std::optional<std::uint16_t> service_port(Text name) {
  if (const auto digits = number<std::uint16_t>(name)) return digits;
  const auto found = std::ranges::find(kServices, name, &Service::name);
  if (found == std::end(kServices)) return {};
  return found->port;
}

WrittenEndpoint parse_written_endpoint(Text text) {
  WrittenEndpoint written{.name = text};
  if (const auto slash = text.rfind('/'); slash != Text::npos) text.remove_prefix(slash + 1);
  // IPv6 has a dot before the port. Names may hold dots, and then have a colon.
  const auto colon = text.find(':');
  const bool is_ipv6 = (colon != Text::npos && text.find(':', colon + 1) != Text::npos) || text.starts_with("any6");
  const auto separator = is_ipv6 ? text.rfind('.') : colon;
  if (separator != Text::npos) {
    written.port = service_port(text.substr(separator + 1));
    written.name.remove_suffix(text.size() - separator);
    text = text.substr(0, separator);
  }
  cut_route_domain(text, written.route_domain);
  written.host = text;
  written.address = address_word(text);
  return written;
}

std::optional<WrittenAddress> parse_written_address(Text text) {
  WrittenAddress written;
  const auto slash = text.rfind('/');
  if (slash != Text::npos && slash > 0) {
    written.length = number<std::uint8_t>(text.substr(slash + 1));
    if (!written.length) written.length = parse_mask(text.substr(slash + 1));
    if (!written.length) return {};
    text = text.substr(0, slash);
  }
  if (!cut_route_domain(text, written.route_domain)) return {};
  const auto address = address_word(text);
  if (!address) return {};
  written.address = *address;
  const bool is_a_word = text.starts_with("any") || text.starts_with("default") || text == "*";
  if (is_a_word && !written.length) written.length = std::uint8_t{0};
  if (written.length && *written.length > most_bits(*address)) return {};
  return written;
}

std::optional<std::uint8_t> parse_mask(Text text) {
  if (text == "any" || text == "any6" || text == "*") return std::uint8_t{0};
  if (const auto bits = number<std::uint8_t>(text)) return *bits <= 128 ? bits : std::nullopt;
  const auto mask = parse_address(text);
  if (!mask) return {};
  std::uint8_t length = 0;
  while (length < most_bits(*mask) && (mask->bytes[length / 8u] & (0x80 >> length % 8))) ++length;
  if (network_of(*mask, length) != Prefix{*mask, length}) return {};  // a hole: no network
  return length;
}

Prefix network_of(const IpAddress& address, std::uint8_t length) {
  Prefix prefix{address, std::min(length, most_bits(address))};
  for (std::size_t bit = prefix.length; bit < most_bits(address); ++bit)
    prefix.network.bytes[bit / 8] &= static_cast<std::uint8_t>(~(0x80u >> bit % 8));
  return prefix;
}

}  // namespace hairpin::f5

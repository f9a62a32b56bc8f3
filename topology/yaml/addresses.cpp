// SPDX-License-Identifier: Apache-2.0
#include <sys/un.h>

#include "base/text.hpp"
#include "topology/yaml/scalars.hpp"

namespace hairpin::yaml {
namespace {

/// Networks whose addresses no host of a topology can have, and why. Loopback is allowed: tests live there.
struct Refused {
  std::string_view prefix, mend;
};
constexpr Refused kRefused[] = {
    {"0.0.0.0/8", "it means \"this network\" (RFC 1122 §3.2.1.3)"},
    {"169.254.0.0/16", "link-local addresses are not routed: give the host another one"},
    {"224.0.0.0/4", "it is a multicast address"},
    {"240.0.0.0/4", "it is reserved or a broadcast address"},
    {"::/128", "it is the unspecified address"},
    {"fe80::/10", "link-local addresses are not routed: give the host another one"},
    {"ff00::/8", "it is a multicast address"},
};

std::string_view why_refused(const IpAddress& address) {
  for (const auto& [prefix, mend] : kRefused)
    if (parse_prefix(prefix)->contains(address)) return mend;
  return {};
}

bool has_leading_zero(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    if (text[i] == '0' && text[i + 1] != '.' && (i == 0 || text[i - 1] == '.')) return true;
  return false;
}

/// Spellings that other programs accept, and that mean something else to each of them.
std::string mend_for(const std::string& text) {
  const auto consists_of = [&](std::string_view letters) {
    return text.find_first_not_of(letters) == text.npos;
  };
  if (text.find('%') != text.npos) return "leave out the zone (%…): link-local addresses cannot be used";
  if (text.find('/') != text.npos) return "an address has no /LENGTH";
  if (text.starts_with("::ffff:") && text.find('.') != text.npos)
    return "write the IPv4 address: " + text.substr(7);
  if (text.starts_with("0x") || consists_of("0123456789")) return "write four decimal numbers: 10.1.2.3";
  if (consists_of("0123456789.") && has_leading_zero(text))
    return "write the numbers without leading zeros: some programs read them as octal";
  return {};
}

/// The prefix with its host bits cleared, for the mend.
std::optional<Prefix> without_host_bits(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (slash == text.npos || !address) return {};
  const bool is_v4 = address->family == Family::ipv4;
  const auto zero = parse_prefix(std::string(is_v4 ? "0.0.0.0" : "::") + std::string(text.substr(slash)));
  if (!zero) return {};
  Prefix prefix{*address, zero->length};
  for (std::size_t bit = prefix.length; bit < address->size() * 8; ++bit)
    prefix.network.bytes[bit / 8] =
        static_cast<std::uint8_t>(prefix.network.bytes[bit / 8] & ~(0x80u >> (bit % 8)));
  return prefix;
}

std::optional<AgentAddress> read_unix_agent(const Value& node, const std::string& path, Reading& reading) {
  constexpr std::size_t kLongestPath = sizeof(sockaddr_un::sun_path) - 1;
  auto socket = node.text.substr(std::string_view("unix:").size());
  if (socket.size() > kLongestPath) {
    reading.problem(node,
                    path + " has a socket path of " + std::to_string(socket.size()) + " bytes; at most " +
                        std::to_string(kLongestPath) + " are possible",
                    "use a shorter directory, such as /run/hairpin");
    return {};
  }
  if (socket.starts_with('/') && printable(socket) == socket)
    return AgentAddress(UnixAgent{std::move(socket)});
  reading.wrong(node, path, "unix: and an absolute path");
  return {};
}

}  // namespace

std::optional<IpAddress> read_address(const Value& node, const std::string& path, Reading& reading) {
  const auto address = node.kind == Kind::scalar ? parse_address(node.text) : std::nullopt;
  if (!address) {
    reading.wrong(node, path, "an IP address", mend_for(node.text));
    return {};
  }
  if (const auto mend = why_refused(*address); !mend.empty()) {
    reading.problem(node, path + ": " + to_string(*address) + " cannot be an address of a host",
                    std::string(mend));
    return {};
  }
  return address;
}

std::optional<Prefix> read_prefix(const Value& node, const std::string& path, Reading& reading) {
  if (node.kind == Kind::scalar) {
    if (const auto prefix = parse_prefix(node.text)) return prefix;
    if (const auto mended = without_host_bits(node.text)) {
      reading.problem(node, path + ": " + in_quotes(node.text) + " has host bits",
                      "write " + to_string(*mended));
      return {};
    }
  }
  reading.wrong(node, path, "a prefix such as 10.1.2.0/24", parse_address(node.text) ? "add its length" : "");
  return {};
}

std::optional<MacAddress> read_mac(const Value& node, const std::string& path, Reading& reading) {
  if (node.kind == Kind::scalar)
    if (const auto mac = parse_mac(node.text)) return mac;
  reading.wrong(node, path, "a MAC address such as 00:00:5e:00:01:0a");
  return {};
}

std::optional<AgentAddress> read_agent(const Value& node, const std::string& path, Reading& reading) {
  if (node.kind == Kind::scalar && node.text.starts_with("unix:"))
    return read_unix_agent(node, path, reading);
  if (node.kind == Kind::scalar && node.text.starts_with("ssh:")) {
    auto destination = read_ssh(node, path, reading);
    if (!destination) return {};
    return AgentAddress(SshAgent{std::move(*destination)});
  }
  if (node.kind == Kind::scalar)
    if (const auto endpoint = parse_endpoint(node.text)) return AgentAddress(TcpAgent{*endpoint});
  reading.wrong(node, path, "unix:PATH, ADDRESS:PORT or ssh:HOST", "such as unix:/run/hairpin/oc01.sock");
  return {};
}

}  // namespace hairpin::yaml

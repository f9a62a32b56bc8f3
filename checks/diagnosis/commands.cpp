// SPDX-License-Identifier: Apache-2.0
#include "checks/diagnosis/commands.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checks/diagnosis/remedy.hpp"

namespace hairpin::checks {
namespace {

constexpr std::size_t kMostSources = 4;  // of a command: a longer one is not read

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// A word of a shell command. The path of a request may hold any visible character.
std::string shell_word(const std::string& word) {
  constexpr std::string_view kHarmless = "/:._-+@%,";
  const auto is_harmless = [&](char c) { return is_letter_or_digit(c) || kHarmless.find(c) != std::string_view::npos; };
  if (std::all_of(word.begin(), word.end(), is_harmless)) return word;
  std::string result = "'";
  for (const char c : word) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string in_brackets(const IpAddress& address) {
  return address.family == Family::ipv6 ? "[" + to_string(address) + "]" : to_string(address);
}

/// "port 444", or "(port 444 or port 8444)".
std::string ports_filter(std::uint16_t port, std::uint16_t member_port) {
  if (port == member_port) return fmt::format("port {}", port);
  return fmt::format("(port {} or port {})", port, member_port);
}

/// "host A", or "(host A or host B)".
std::string hosts_filter(const std::vector<IpAddress>& hosts) {
  std::string text;
  for (const auto& host : hosts) text += (text.empty() ? "host " : " or host ") + to_string(host);
  return hosts.size() > 1 ? "(" + text + ")" : text;
}

std::string watch_command(const Repetition& wanted) {
  std::vector<IpAddress> hosts{wanted.vip.address};
  if (wanted.member) hosts.push_back(wanted.member->address);
  const auto member_port = wanted.member ? wanted.member->port : wanted.vip.port;
  return fmt::format("timeout 10 tcpdump -ni {} -c 20 'tcp {} and {}' & sleep 1",
                     wanted.interface.empty() ? "any" : shell_word(wanted.interface),
                     (member_port == wanted.vip.port ? "" : "and ") + ports_filter(wanted.vip.port, member_port),
                     hosts_filter(hosts));
}

std::string_view scheme_of(Protocol protocol) {
  if (protocol == Protocol::http) return "http";
  return protocol == Protocol::tcp ? "telnet" : "https";  // curl's telnet: the TCP connection and no more
}

std::string curl_command(const Repetition& wanted) {
  const bool is_tcp = wanted.protocol == Protocol::tcp;
  const auto address = in_brackets(wanted.vip.address);
  const auto name = wanted.fqdn.empty() ? address : wanted.fqdn;
  const auto url = fmt::format("{}://{}:{}{}", scheme_of(wanted.protocol), name, wanted.vip.port,
                               is_tcp ? "" : wanted.path);
  // Without -g curl expands brackets and braces; a proxy of the environment would take another way than the test.
  const bool has_pattern = url.find_first_of("[]{}") != std::string::npos;
  auto command = fmt::format("curl -{}skv --noproxy '*' --interface {} --connect-timeout 5 --max-time 10",
                             has_pattern ? "g" : "", to_string(wanted.source));
  if (!wanted.fqdn.empty())
    command += " --resolve " + shell_word(fmt::format("{}:{}:{}", wanted.fqdn, wanted.vip.port, address));
  return command + " " + shell_word(url) + (is_tcp ? " </dev/null" : "");
}

std::string safe_file_name(const std::string& name) {
  std::string result = name;
  std::replace_if(result.begin(), result.end(), [](char c) { return !is_letter_or_digit(c) && c != '-' && c != '_'; }, '-');
  return result;
}

}  // namespace

std::vector<std::string> repeat_commands(const Repetition& repetition) {
  return {watch_command(repetition), curl_command(repetition)};
}

std::vector<std::string> look_commands(const Topology& topology, const Subject& subject,
                                       const std::vector<IpAddress>& sources) {
  const auto vip = parse_endpoint(subject.vip);
  if (!vip) return {};
  const auto name = virtual_name(topology, subject);
  const auto connections =
      fmt::format("tmsh show sys connection cs-server-addr {} cs-server-port {}", to_string(vip->address), vip->port);
  std::vector<std::string> commands{connections};
  for (std::size_t i = 0; i < std::min(sources.size(), kMostSources); ++i)
    commands.push_back(connections + " cs-client-addr " + to_string(sources[i]));
  commands.push_back(fmt::format("tmsh list ltm virtual {} all-properties", name));
  commands.push_back(fmt::format("tmsh show ltm virtual {}", name));
  commands.push_back(fmt::format("tmsh show ltm pool {} members", pool_name(topology, subject)));
  commands.push_back(fmt::format("tmsh show ltm persistence persist-records virtual {}", name));
  commands.emplace_back("tmsh show net rst-cause");
  commands.emplace_back("tmsh list net self");
  if (vip->address.family == Family::ipv4) commands.emplace_back("tmsh show net arp");
  return commands;
}

std::string capture_command(const Topology& topology, const Subject& subject, const std::vector<IpAddress>& sources) {
  const auto* server = server_of(topology, subject);
  const auto vip = parse_endpoint(subject.vip);
  if (!vip) return {};
  auto hosts = sources;
  hosts.resize(std::min(hosts.size(), kMostSources));
  if (hosts.empty()) hosts = {vip->address};
  return fmt::format("timeout 30 tcpdump -ni 0.0:nnn -s0 -c 2000 -w /var/tmp/hairpin-{}-{}.pcap '{} and {}'",
                     safe_file_name(subject.pool), safe_file_name(subject.virtual_server), hosts_filter(hosts),
                     ports_filter(vip->port, server ? server->member_port : vip->port));
}

}  // namespace hairpin::checks

// SPDX-License-Identifier: Apache-2.0
#include "topology/yaml/bigip.hpp"

#include <algorithm>

namespace hairpin::yaml {
namespace {

constexpr std::string_view kSecure = "https://";
constexpr std::size_t kMostFiles = 64;
constexpr std::size_t kPinDigits = 64;

/// HOST, HOST:PORT, [IPV6] or [IPV6]:PORT.
bool read_authority(std::string_view text, BigipState& state) {
  std::string_view host = text, port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return false;
    host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    const auto address = parse_address(host);
    if (!address || address->family != Family::ipv6) return false;
  } else if (const auto colon = text.find(':'); colon != text.npos) {
    host = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (!text.starts_with('[') && !is_dns_name(host)) return false;
  if (!port.empty()) {
    const auto number = port.starts_with(':') ? parse_port(port.substr(1)) : std::nullopt;
    if (!number) return false;
    state.rest_port = *number;
  }
  state.rest_host = host;
  return true;
}

std::optional<BigipState> read_url(const Value& node, const std::string& path, Reading& reading) {
  auto rest = std::string_view(node.text).substr(kSecure.size());
  if (rest.find('@') != rest.npos) {  // not repeated: it may be a password
    reading.problem(node, path + " has a user or a password in it", "credentials stand in the environment, or in the file that `credentials` names");
    return {};
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  BigipState state;
  if (read_authority(rest, state)) return state;
  reading.wrong(node, path, "https://HOST or https://HOST:PORT", "without a path: hairpin asks for what it needs");
  return {};
}

std::optional<BigipState> read_place(const Value& node, const std::string& path, Reading& reading) {
  if (node.kind == Kind::scalar && node.text.starts_with(kSecure)) return read_url(node, path, reading);
  if (node.kind != Kind::scalar || !node.text.starts_with("ssh:")) {
    reading.problem(node, path + " must be ssh:USER@HOST or https://HOST:PORT", "a BIG-IP is asked through ssh, or by iControl REST");
    return {};
  }
  const auto ssh = read_ssh(node, path, reading);
  if (!ssh) return {};
  BigipState state;
  state.ssh = *ssh;
  return state;
}

std::optional<std::string> read_pin(const Value& node, const std::string& path, Reading& reading) {
  constexpr std::string_view kScheme = "sha256:";
  const std::string_view text = node.text;
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (node.kind == Kind::scalar && text.starts_with(kScheme) && text.size() == kScheme.size() + kPinDigits &&
      std::all_of(text.begin() + kScheme.size(), text.end(), is_digit))
    return std::string(text.substr(kScheme.size()));
  reading.wrong(node, path, "sha256: and 64 hexadecimal digits", "lower case, without colons: openssl x509 -noout -fingerprint -sha256");
  return {};
}

/// How it is made sure that this is the BIG-IP: before it gets a password.
void check_trust(const Section& section, const BigipState& state, Reading& reading) {
  if (!state.ssh.empty()) {
    for (const char* key : {"ca", "pin", "credentials"})
      if (const auto* value = section.find(key))
        reading.problem(*value, section.path(key) + " is for https", "keys and known hosts of ssh belong in ~/.ssh; remove it");
  } else if (!section.find("ca") && !section.find("pin")) {
    reading.problem(section.node(), section.path() + " says nothing by which the BIG-IP's certificate is known",
                    "name the authority with `ca`, or the certificate with `pin`");
  }
}

}  // namespace

std::optional<BigipState> read_bigip_state(const Value& node, const std::string& path, Reading& reading) {
  const Section section(node, path, kStateKeys, reading);
  auto state = section.need("bigip", read_place);
  const auto authority = section.get("ca", read_text), pin = section.get("pin", read_pin), credentials = section.get("credentials", read_text);
  if (!state) return {};
  check_trust(section, *state, reading);
  state->authority = authority.value_or("");
  state->pin = pin.value_or("");
  state->credentials = credentials.value_or("");
  return state;
}

std::optional<std::vector<std::string>> read_configuration(const Value& node, const std::string& path, Reading& reading) {
  const Section section(node, path, kConfigurationKeys, reading);
  const auto* config = section.require("config");
  if (!config) return {};
  std::vector<std::string> files;
  const auto add = [&](const Value& item) {
    if (const auto file = read_text(item, section.path("config"), reading)) files.push_back(*file);
  };
  if (config->kind == Kind::list)
    each_item(*config, section.path("config"), "a file, or a list of files", kMostFiles, true, reading, add);
  else
    add(*config);
  return files;
}

}  // namespace hairpin::yaml

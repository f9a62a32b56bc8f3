// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "topology/f5/questions.hpp"
#include "topology/f5/secrets.hpp"
#include "topology/import/lines.hpp"

namespace hairpin::f5 {
namespace {

/// A TLS profile that acts: `mode disabled` lets everything through as it is.
const ProfileUse* acting(const Config& config, const Virtual& server, Text type) {
  for (const auto* use : profiles_of(config, server, type))
    if (setting_or(config, use->profile.value, "mode", "enabled") != "disabled") return use;
  return nullptr;
}

bool is_proxy(const Config& config, const ProfileUse* use) { return use && setting_or(config, use->profile.value, "proxy-ssl", "disabled") == "enabled"; }

/// Why the profiles in these files do not say who ends TLS; empty: they do.
std::string why_open(const Config& config, const Virtual& server) {
  if (has_unknown_profile(config, server)) return "a profile of it is in none of the files";
  const auto* client = acting(config, server, "client-ssl");
  const auto* member = acting(config, server, "server-ssl");
  if (is_proxy(config, client) != is_proxy(config, member)) return "one side of it has proxy-ssl, the other has not";
  return {};
}

}  // namespace

void add_tls(Lines& lines, const Config& config, const Virtual& server) {
  const auto* client = acting(config, server, "client-ssl");
  if (const auto why = why_open(config, server); !why.empty()) return lines.comment(fmt::format("{}tls: {}, so nothing is promised", kIndent, why));
  if (!client) return;
  const auto* member = acting(config, server, "server-ssl");
  // Proxy SSL reads along: it is the member whose certificate clients see, and that asks for theirs.
  if (is_proxy(config, client)) return lines.add(std::string(kIndent) + "tls: { mode: passthrough }", server, client->profile.origin);
  const auto word = setting_or(config, client->profile.value, "peer-cert-mode", "ignore");
  const auto* mutual = word == "require" ? ", mutual: required" : word == "request" ? ", mutual: requested" : "";
  lines.add(fmt::format("{}tls: {{ mode: {}{} }}", kIndent, member ? "reencrypt" : "terminate", mutual), server, client->profile.origin);
}

void add_protocol(Lines& lines, const Config& config, const Virtual& server) {
  const auto* client = acting(config, server, "client-ssl");
  const auto* http = profile_of(config, server, "http");
  if (client)
    lines.add(fmt::format("        protocol: {}", http ? "https" : "tls"), server, client->profile.origin);
  else if (has_unknown_profile(config, server))
    lines.add("        protocol: " + placeholder("what clients speak: https, tls, http or tcp; a profile of it is in none of the files"));
  else if (http)
    lines.add("        protocol: http", server, http->profile.origin);
  else
    lines.add("        protocol: " + placeholder("what clients speak: https, tls, http or tcp; no profile says it"));
}

}  // namespace hairpin::f5

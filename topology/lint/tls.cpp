// SPDX-License-Identifier: Apache-2.0
#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

constexpr std::uint16_t kHttp = 80, kHttps = 443;

std::uint16_t port_of(const Virtual& server) { return server.destination.value ? server.destination.value->port : std::uint16_t{0}; }

/// Who says that clients speak TLS there; empty: nobody.
std::string why_tls(const LintCase& c, const Virtual& server) {
  if (const auto* intended = c.intent.of(server)) return speaks_tls(*intended) ? "the topology says that clients speak TLS" : "";
  return port_of(server) == kHttps ? "port 443 is https" : "";
}

void judge_http_on_tls(const LintCase& c, LintFindings& into) {
  each_server(c.config, [&](const Virtual& server) {
    const auto* http = profile_of(c.config, server, "http");
    if (!http || has_profile(c.config, server, "client-ssl")) return;
    // A profile or rule that is in no file may be what ends TLS, or switches HTTP off.
    if (has_unknown_profile(c.config, server) || may_run(c.config, server, "HTTP::disable")) return;
    const auto why = why_tls(c, server);
    if (why.empty()) return;
    into.push_back({{}, Severity::error, &server, http->profile.origin,
                    fmt::format("{}, and the profile {} would read the ClientHello as HTTP: the connection is reset", why, shown(http->profile.value)),
                    {modify("ltm virtual", server, fmt::format("profiles delete {{ {} }}", in_command(http->profile.value))),
                     "… or: " + modify("ltm virtual", server, "profiles add { CLIENT-SSL { context clientside } }")}, {}});
  });
}

void judge_sides(const LintCase& c, LintFindings& into) {
  each_server(c.config, [&](const Virtual& server) {
    for (const auto& use : server.profiles) {
      const auto type = c.config.profile_type(use.profile.value);
      if (type != "client-ssl" && type != "server-ssl") continue;
      const auto wanted = type == "client-ssl" ? Side::clientside : Side::serverside;
      if (use.side.value == wanted) continue;
      const bool is_missing = !use.side.is_stated();
      const auto word = wanted == Side::clientside ? "clientside" : "serverside";
      into.push_back({{}, is_missing ? Severity::warning : Severity::error, &server, use.side.is_stated() ? use.side.origin : use.profile.origin,
                      fmt::format("the {} profile {} {}", type, shown(use.profile.value),
                                  is_missing ? fmt::format("has no context: it belongs to {}", word)
                                             : fmt::format("is on the wrong side: it belongs to {}", word)),
                      {modify("ltm virtual", server, fmt::format("profiles modify {{ {} {{ context {} }} }}", in_command(use.profile.value), word))}, {}});
    }
  });
}

void add_lost(const LintCase& c, const Virtual& server, const ProfileUse& client, const VirtualServer& intended, LintFindings& into) {
  const bool is_to_members = intended.expect.tls_mode == TlsMode::passthrough || intended.expect.tls_mode == TlsMode::reencrypt;
  if (!is_to_members || has_profile(c.config, server, "server-ssl") || has_unknown_profile(c.config, server)) return;
  into.push_back({{}, Severity::warning, &server, client.profile.origin,
                  fmt::format("the topology says that members get TLS, and {} ends it without a server-ssl profile: members get plaintext",
                              shown(client.profile.value)),
                  {modify("ltm virtual", server, "profiles add { SERVER-SSL { context serverside } }")}, {}});
}

void judge_role(const LintCase& c, LintFindings& into) {
  each_server(c.config, [&](const Virtual& server) {
    const auto* client = profile_of(c.config, server, "client-ssl");
    if (!client) return;
    const auto* intended = c.intent.of(server);
    const bool is_plain = intended ? !speaks_tls(*intended) : port_of(server) == kHttp;
    if (intended) add_lost(c, server, *client, *intended, into);
    if (!is_plain) return;
    into.push_back({{}, Severity::warning, &server, client->profile.origin,
                    fmt::format("{}, and {} waits for a ClientHello", intended ? "the topology says that clients speak no TLS" : "port 80 is http",
                                shown(client->profile.value)),
                    {modify("ltm virtual", server, fmt::format("profiles delete {{ {} }}", in_command(client->profile.value)))}, {}});
  });
}

}  // namespace

const LintRule kTls001{"TLS-001", "E", "an http profile where clients speak TLS", "The HTTP parser sees a ClientHello and resets every connection.",
                       judge_http_on_tls};
const LintRule kTls002{"TLS-002", "E W", "a TLS profile on the wrong side", "A client-ssl profile ends the clients' TLS, a server-ssl profile begins the members'.",
                       judge_sides};
const LintRule kTls005{"TLS-005", "W", "TLS where there should be none, or none where there should be",
                       "With client-ssl alone the members get plaintext, and never see a client's certificate.", judge_role};

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "topology/f5/shipped.hpp"
#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

bool is_tcp(const Virtual& server) { return server.ip_protocol.value == "tcp"; }

void judge_ports(const LintCase& c, LintFindings& into) {
  each_server(c.config, [&](const Virtual& server) {
    if (server.source_port.value != SourcePort::preserve_strict || !is_tcp(server) || !server.is_cmp_enabled.value) return;
    if (!server.translates()) return;  // nPath: ports stay as they are, and nobody else has them
    into.push_back({{}, Severity::warning, &server, server.source_port.origin,
                    "source-port preserve-strict with TCP on several TMMs: two clients with one port collide, and one is dropped",
                    {"where members can do without the clients' ports: " + modify("ltm virtual", server, "source-port preserve"),
                     "… or, on one TMM: " + modify("ltm virtual", server, "cmp-enabled no")}, {}});
  });
}

constexpr std::array<Text, 3> kWithTimeout{"tcp", "fastl4", "udp"};

/// A profile that ends idle connections.
struct Timer {
  const ProfileUse* use = nullptr;
  std::uint64_t seconds = 0;
  Text type;
};

std::vector<Timer> timers_of(const Config& config, const Virtual& server) {
  std::vector<Timer> found;
  for (const auto& use : server.profiles) {
    const auto type = config.profile_type(use.profile.value);
    for (const auto known : kWithTimeout)
      if (type == known)
        if (const auto seconds = number_setting(config, use.profile.value, "idle-timeout")) found.push_back({&use, *seconds, type});
  }
  return found;
}

std::vector<std::string> timeout_mend(const LintCase& c, const Virtual& server, const Timer& timer, std::uint64_t seconds) {
  return change_profile(c.config, server, *timer.use, fmt::format("idle-timeout {}", seconds));
}

void add_short(const LintCase& c, const Virtual& server, const Timer& timer, std::chrono::milliseconds idle, LintFindings& into) {
  const auto wanted = static_cast<std::uint64_t>((idle.count() + 999) / 1000);
  if (timer.seconds > wanted) return;
  into.push_back({{}, Severity::warning, &server, timer.use->profile.origin,
                  fmt::format("the topology says that connections rest for {} s, and {} ends them after {} s", wanted, shown(timer.use->profile.value), timer.seconds),
                  timeout_mend(c, server, timer, wanted + 60), {}});
}

void judge_timeouts(const LintCase& c, LintFindings& into) {
  each_server(c.config, [&](const Virtual& server) {
    const auto timers = timers_of(c.config, server);
    const auto* intended = c.intent.of(server);
    for (const auto& timer : timers) {
      if (intended && intended->expect.idle) add_short(c, server, timer, *intended->expect.idle, into);
      if (setting_or(c.config, timer.use->profile.value, "reset-on-timeout", "enabled") == "disabled")
        into.push_back({{}, Severity::warning, &server, timer.use->profile.origin,
                        fmt::format("{} ends idle connections silently (reset-on-timeout disabled): both ends believe that they are open",
                                    shown(timer.use->profile.value)),
                        change_profile(c.config, server, *timer.use, "reset-on-timeout enabled"), {}});
    }
    for (std::size_t i = 1; i < timers.size(); ++i) {
      if (timers[i].seconds == timers[0].seconds || timers[i].type != timers[0].type) continue;
      into.push_back({{}, Severity::warning, &server, timers[i].use->profile.origin,
                      fmt::format("idle-timeout is {} s in {} and {} s in {}: the shorter one ends both sides", timers[0].seconds, shown(timers[0].use->profile.value),
                                  timers[i].seconds, shown(timers[i].use->profile.value)),
                      timeout_mend(c, server, timers[i], timers[0].seconds), {}});
    }
  });
}

/// Where an http profile would read what clients send: the BIG-IP ends their TLS, or they speak none.
bool can_have_http(const LintCase& c, const Virtual& server) {
  if (has_profile(c.config, server, "client-ssl")) return true;
  if (const auto* intended = c.intent.of(server)) return intended->protocol == Protocol::http;
  constexpr std::uint16_t kHttp = 80;
  return server.destination.value && server.destination.value->port == kHttp;
}

std::string cookie_mend(const LintCase& c, const Virtual& server, const Reference& persistence) {
  if (can_have_http(c, server)) return modify("ltm virtual", server, "profiles add { http }");
  return modify("ltm virtual", server, &persistence == &server.fallback_persistence ? "fallback-persistence source_addr" : "persist replace-all-with { source_addr }");
}

void add_persistence(const LintCase& c, const Virtual& server, const Reference& persistence, LintFindings& into) {
  const auto type = c.config.profile_type(persistence.value);
  const auto add = [&](std::string what, std::string mend) {
    into.push_back({{}, Severity::warning, &server, persistence.origin, std::move(what), {std::move(mend)}, {}});
  };
  const bool has_http = has_profile(c.config, server, "http") || has_profile(c.config, server, "fasthttp");
  if (type == "cookie" && !has_http && !has_unknown_profile(c.config, server))
    add(fmt::format("cookie persistence {} without an http profile: there is no cookie", shown(persistence.value)), cookie_mend(c, server, persistence));
  if (type == "ssl" && has_profile(c.config, server, "client-ssl"))
    add(fmt::format("persistence {} by TLS session, and the BIG-IP ends TLS itself", shown(persistence.value)),
        modify("ltm virtual", server, "persist replace-all-with { source_addr }"));
  const auto mask = setting_or(c.config, persistence.value, "mask", "none");
  const bool is_whole_net = type == "source-addr" && mask != "none" && parse_mask(mask).value_or(32) < 24;
  if (is_whole_net)
    add(fmt::format("{} keeps everybody in a network of mask {} on one member: behind a NAT or proxy that is everybody", shown(persistence.value), shown(mask)),
        shipped_profile(persistence.value) ? fmt::format("tmsh create ltm persistence source-addr NAME defaults-from {} mask none, and make it the virtual server's", in_command(persistence.value))
                                           : fmt::format("tmsh modify ltm persistence source-addr {} mask none", in_command(persistence.value)));
}

void judge_persistence(const LintCase& c, LintFindings& into) {
  each_server(c.config, [&](const Virtual& server) {
    for (const auto& persistence : server.persistence) add_persistence(c, server, persistence, into);
    if (!server.fallback_persistence.value.empty()) add_persistence(c, server, server.fallback_persistence, into);
  });
}

void judge_reuse(const LintCase& c, LintFindings& into) {
  each_server(c.config, [&](const Virtual& server) {
    const auto* use = profile_of(c.config, server, "one-connect");
    if (!use) return;
    const auto add = [&](std::string what, std::string mend) {
      into.push_back({{}, Severity::warning, &server, use->profile.origin, std::move(what), {std::move(mend)}, {}});
    };
    const auto remove = modify("ltm virtual", server, fmt::format("profiles delete {{ {} }}", in_command(use->profile.value)));
    if (!has_profile(c.config, server, "http") && !has_unknown_profile(c.config, server)) add("OneConnect without an http profile: it does not know where a request ends", remove);
    if (const auto* client = profile_of(c.config, server, "client-ssl");
        client && setting_or(c.config, client->profile.value, "peer-cert-mode", "ignore") != "ignore")
      add("OneConnect and client certificates: requests of several users share one connection to the member", remove);
    const auto mask = setting_or(c.config, use->profile.value, "source-mask", "any");
    const bool has_mask = mask != "any" && mask != "any6" && mask != "0.0.0.0" && mask != "none";
    if (server.snat.value.type != SnatType::none && server.snat.value.type != SnatType::unknown && has_mask)
      add(fmt::format("OneConnect with source-mask {} and SNAT: the mask acts on the translated address, and separates nobody", shown(mask)),
          change_profile(c.config, server, *use, "source-mask any").front());
  });
}

}  // namespace

const LintRule kPort001{"PORT-001", "W", "preserve-strict where ports collide", "preserve-strict needs UDP, nPath, or one TMM.", judge_ports};
const LintRule kTimeout001{"TMO-001", "W", "idle connections end early, or silently", "What the application keeps open and the BIG-IP forgets ends in a reset, or in silence.",
                           judge_timeouts};
const LintRule kPersistence001{"PERS-001", "W", "persistence that cannot work, or that gathers everybody", "Each kind of persistence reads something that has to be there.",
                               judge_persistence};
const LintRule kOneConnect001{"OC-001", "W", "OneConnect where it mixes or does nothing", "OneConnect hands one connection to the member to several clients.", judge_reuse};

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

/// Virtual servers without a SNAT of their own, and the clients that each takes.
struct Uncovered {
  const Virtual* first = nullptr;
  std::size_t count = 0;
};

Uncovered servers_without(const LintCase& c, const GlobalSnat& snat) {
  Uncovered found;
  const auto covers = [&](const RoutedPrefix& source) {
    return std::any_of(snat.origins.begin(), snat.origins.end(), [&](const auto& origin) { return overlap(origin.value, source); });
  };
  each_server_and_pool(c.config, [&](const Virtual& server, const Pool& pool) {
    if (server.snat.value.type != SnatType::none || !pool.allows_snat.value || !server.translates()) return;
    if (!covers(server.source.value) || !share_a_vlan(server.vlans, snat.vlans)) return;
    if (!found.first) found.first = &server;
    ++found.count;
  });
  return found;
}

/// Whether a setting of the virtual server's own can say the same: the SNAT covers all that it takes, on every VLAN.
bool covers_all(const GlobalSnat& snat, const Virtual& server) {
  return snat.vlans.vlans.empty() && std::any_of(snat.origins.begin(), snat.origins.end(), [&](const auto& origin) { return holds(origin.value, server.source.value); });
}

std::vector<std::string> hidden_mend(const Config& config, const GlobalSnat& snat, const Virtual& server) {
  if (!covers_all(snat, server))
    return {"no setting of the virtual server says this of some sources only; so that its readers see it: " +
            modify("ltm virtual", server, fmt::format("description {}", in_command("some sources are translated by ltm snat " + std::string(snat.name))))};
  const auto from_pool = [&](std::string_view pool) { return modify("ltm virtual", server, fmt::format("source-address-translation {{ type snat pool {} }}", pool)); };
  if (snat.snat.value.type == SnatType::pool) return {from_pool(in_command(snat.snat.value.pool))};
  if (snat.translation.value.empty()) return {modify("ltm virtual", server, kAutomap)};
  const auto* translation = config.snat_translations.find(snat.translation.value);
  const auto address = translation && translation->address.value ? to_string(*translation->address.value) : std::string("ADDRESS");
  return {fmt::format("tmsh create ltm snatpool NAME members add {{ {} }}", address), from_pool("NAME")};
}

bool translates(const GlobalSnat& snat) { return snat.snat.value.type != SnatType::none || !snat.translation.value.empty(); }

/// The wider one stays as it is, since others may depend on it; whether the narrower is an exception only its owner knows.
std::string overlap_mend(const GlobalSnat& snat, const RoutedPrefix& origin, const GlobalSnat& wider) {
  return fmt::format("where {} is meant to translate them: {}", shown(wider.name),
                     snat.origins.size() == 1 ? fmt::format("tmsh delete ltm snat {}", in_command(snat.name))
                                              : modify("ltm snat", snat, fmt::format("origins delete {{ {} }}", to_string(origin))));
}

constexpr std::size_t kMostSnats = 200;  ///< that are held against every virtual server

void judge_hidden(const LintCase& c, LintFindings& into) {
  std::size_t judged = 0;
  for (const auto& snat : c.config.snats) {
    if (!translates(snat)) continue;
    if (++judged > kMostSnats) return;
    const auto found = servers_without(c, snat);
    if (!found.first) continue;
    into.push_back({{}, Severity::warning, &snat, {},
                    fmt::format("the global SNAT covers {} virtual server{} without SNAT of {} own, {} for instance: who reads the virtual server does not see it",
                                found.count, found.count == 1 ? "" : "s", found.count == 1 ? "its" : "their", c.config.cite(*found.first)),
                    hidden_mend(c.config, snat, *found.first), {}});
  }
}

void judge_overlap(const LintCase& c, LintFindings& into) {
  for (const auto& snat : c.config.snats)
    for (const auto& origin : snat.origins)
      c.networks.global_snats().each_holding(origin.value, [&](const RoutedPrefix& outer, const auto& others) {
        for (const auto* other : others) {
          const bool is_first_of_equals = outer != origin.value || std::less<>()(other, &snat);
          if (other == &snat || !is_first_of_equals || !share_a_vlan(snat.vlans, other->vlans)) continue;
          into.push_back({{}, Severity::warning, &snat, origin.origin,
                          fmt::format("{} is covered by {} as well", to_string(origin.value), c.config.cite(*other)),
                          {overlap_mend(snat, origin.value, *other)}, {}});
          return false;
        }
        return true;
      });
}

void judge_global(const LintCase& c, LintFindings& into) {
  judge_hidden(c, into);
  judge_overlap(c, into);
}

constexpr std::uint64_t kPortsOfAnAddress = 64'512;  // 1024…65535, for each member's address and port
constexpr double kWarnShare = 0.5;

void judge_capacity(const LintCase& c, LintFindings& into) {
  each_server_and_pool(c.config, [&](const Virtual& server, const Pool& pool) {
    const auto limit = server.connection_limit.value;
    if (limit <= static_cast<std::uint64_t>(kWarnShare * kPortsOfAnAddress)) return;
    const auto snat = effective_snat(c.config, c.networks, server, &pool, {server.source.value, {}});
    if (snat.kind == SnatKind::none || snat.kind == SnatKind::unknown) return;
    std::uint64_t ports = 0;
    for (const auto& member : pool.members)
      if (member.address.value) ports += kPortsOfAnAddress * translated(c.config, c.networks, server, snat, *member.address.value).addresses.size();
    if (ports == 0 || static_cast<double>(limit) <= kWarnShare * static_cast<double>(ports)) return;
    into.push_back({{}, Severity::warning, &server, server.connection_limit.origin,
                    fmt::format("connection-limit {} and about {} ports: SNAT has {} for each address and member, and each TMM only its share", limit, ports,
                                kPortsOfAnAddress),
                    {"tmsh create ltm snatpool NAME members add { ADDRESS ADDRESS }",
                     modify("ltm virtual", server, "source-address-translation { type snat pool NAME }")}, {}});
  });
}

/// Parts of a request that its sender writes.
constexpr std::array<Text, 7> kClientControlled{"HTTP::header", "HTTP::cookie", "HTTP::query", "HTTP::uri", "HTTP::path", "HTTP::payload", "URI::"};

bool names_request(Text text) {
  return std::any_of(kClientControlled.begin(), kClientControlled.end(), [&](Text part) { return text.find(part) != Text::npos; });
}

/// Whether a line `set NAME …` in the rule takes the variable from the request.
bool is_from_request(const Rule& rule, Text argument) {
  if (names_request(argument)) return true;
  const auto dollar = argument.find('$');
  if (dollar == Text::npos) return false;
  auto name = argument.substr(dollar + 1);
  name = name.substr(0, name.find_first_of(" \t]};"));
  const auto set = "set " + std::string(name) + " ";
  for (auto place = rule.body.find(set); !name.empty() && place != Text::npos; place = rule.body.find(set, place + 1))
    if (names_request(rule.body.substr(place, rule.body.find('\n', place) - place))) return true;
  return false;
}

void judge_client_chooses(const LintCase& c, LintFindings& into) {
  for (const auto& rule : c.config.rules)
    for (const auto& act : rule.acts) {
      const bool is_snat = act.command == "snat" || act.command == "snatpool";
      if (!is_snat || !is_from_request(rule, act.argument)) continue;
      into.push_back({{}, Severity::error, &rule, act.origin,
                      fmt::format("{} takes the source address from the request: who sends it chooses as whom the members see him", shown(act)),
                      {"hand the address on in a header, and translate by source-address-translation"}, {}});
    }
}

}  // namespace

const LintRule kSnat005{"SNAT-005", "W", "a global SNAT that virtual servers depend on, or that overlaps",
                        "A global SNAT translates what has no SNAT of its own. Who removes it breaks virtual servers that do not mention it.", judge_global};
const LintRule kSnat006{"SNAT-006", "W", "more connections than SNAT has ports",
                        "Each translated address has about 64,000 ports for each member. Beyond, connections fail (log: Inet port exhaustion).", judge_capacity};
const LintRule kSnat007{"SNAT-007", "E", "an iRule that takes SNAT from the request", "Clients can then claim any source address.", judge_client_chooses};

}  // namespace hairpin::f5

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "topology/f5/secrets.hpp"
#include "topology/predict/route_domains.hpp"
#include "topology/predict/snat.hpp"

namespace hairpin::f5 {
namespace {

/// Commands of an iRule that choose another way or another source address; what runs code that stands elsewhere, or that
/// the rule puts together, may do both. And all that begin with "LB::".
constexpr std::array<Text, 8> kSnatCommands{"snat", "snatpool", "LB::snat", "use", "call", "eval", "uplevel", "subst"};
constexpr std::array<Text, 10> kWayCommands{"pool", "node", "virtual", "forward", "lasthop", "nexthop", "clone", "translate", "HTTP::proxy", "CONNECTOR::enable"};
constexpr std::array<Text, 5> kTargets{"pool", "node", "virtual", "snat", "snatpool"};

template <class Words>
bool is_one_of(const Words& words, Text word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// `pool P` of the pool that the virtual server has anyway changes nothing.
bool is_own_pool(const Virtual& server, Text command, Text argument) {
  if (command != "pool" || server.pool.value.empty()) return false;
  const auto own = server.pool.value;
  return argument == own || (own.starts_with("/Common/") && argument == own.substr(8));
}

void add_acts(const Virtual& server, const Rule& rule, std::vector<Override>& into) {
  if (rule.is_elsewhere) into.push_back({&rule, rule.origin, "text that is elsewhere", true});
  for (const auto& act : rule.acts) {
    const bool is_about_snat = is_one_of(kSnatCommands, act.command) || act.command.find('$') != Text::npos;
    if (!is_about_snat && !act.command.starts_with("LB::") && !is_one_of(kWayCommands, act.command)) continue;
    if (is_own_pool(server, act.command, act.argument)) continue;
    const auto command = shown(act);
    into.push_back({&rule, act.origin, act.event.empty() ? command : fmt::format("{} in {}", command, shown(act.event)),
                    is_about_snat});
  }
}

void add_acts(const Virtual& server, const Policy& policy, std::vector<Override>& into) {
  for (const auto& act : policy.acts) {
    if (!is_one_of(kTargets, act.target) || is_own_pool(server, act.target, act.name)) continue;
    into.push_back({&policy, act.origin, fmt::format("{} {} {}", shown(act.action), shown(act.target), shown(act.name)),
                    act.target.starts_with("snat")});
  }
}

/// What AFM translates, the virtual server's own policy or that of its route domain; which addresses it takes is not read.
void add_nat_policies(const Config& config, const Virtual& server, std::vector<Override>& into) {
  const auto& own = server.nat_policy;
  if (!own.value.empty()) into.push_back({&server, own.origin, "security-nat-policy " + shown(own.value), true});
  if (server.uses_other_nat_policy.value) into.push_back({&server, server.uses_other_nat_policy.origin, "security-nat-policy of the device or route domain", true});
  const auto* domain = server.destination.value ? route_domain(config, server.destination.value->network.route_domain) : nullptr;
  if (domain && !domain->nat_policy.value.empty())
    into.push_back({domain, domain->nat_policy.origin, "security-nat-policy " + shown(domain->nat_policy.value), true});
}

/// What no file defines and the BIG-IP does not ship may do anything.
void add_missing(const Virtual& server, const Reference& reference, Text kind, std::vector<Override>& into) {
  if (is_shipped(kind, reference.value)) return;
  into.push_back({&server, reference.origin, fmt::format("{} {}, which is in none of the files", kind, shown(reference.value)), true});
}

/// Commands whose argument names an object; that of the others is code, or anything.
constexpr std::array<Text, 8> kNaming{"snat", "snatpool", "pool", "node", "virtual", "nexthop", "lasthop", "call"};

bool is_name(Text argument) {
  return std::all_of(argument.begin(), argument.end(), [](unsigned char c) { return std::isalnum(c) || Text("/_.:%-").find(static_cast<char>(c)) != Text::npos; });
}

}  // namespace

std::string shown(const RuleAct& act) {
  if (act.argument.empty()) return shown(act.command);
  const bool is_plain = is_one_of(kNaming, act.command) && is_name(act.argument);
  return fmt::format("{} {}", shown(act.command), is_plain ? shown(act.argument) : "[…]");
}

std::vector<Override> overrides(const Config& config, const Virtual& server) {
  std::vector<Override> found;
  add_nat_policies(config, server, found);
  if (std::ranges::find(server.not_expanded, "policies") != server.not_expanded.end())
    found.push_back({&server, server.origin, "policies, which are not in this answer of iControl REST", true});
  for (const auto& reference : server.rules) {
    if (const auto* rule = config.rules.find(reference.value))
      add_acts(server, *rule, found);
    else
      add_missing(server, reference, "ltm rule", found);
  }
  for (const auto& reference : server.policies) {
    if (const auto* policy = config.policies.find(reference.value))
      add_acts(server, *policy, found);
    else
      add_missing(server, reference, "ltm policy", found);
  }
  return found;
}

}  // namespace hairpin::f5

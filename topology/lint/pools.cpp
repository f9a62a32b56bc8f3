// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <unordered_set>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

bool is_watched(const Config& config, const Pool& pool) {
  if (!pool.monitors.empty()) return true;
  return std::all_of(pool.members.begin(), pool.members.end(), [&](const Member& member) {
    const auto* node = config.nodes.find(member.node);
    return !member.monitors.empty() || (node && !node->monitors.empty());
  });
}

/// A shipped monitor that suits what the members serve: tcp needs a port, and something that listens there.
std::string_view monitor_for(const Config& config, const Pool& pool) {
  constexpr std::string_view kReachable = "gateway_icmp";
  if (std::any_of(pool.members.begin(), pool.members.end(), [](const Member& member) { return member.port == 0; })) return kReachable;
  std::set<Text> protocols;
  for (const auto& server : config.virtuals)
    if (server.pool.value == pool.name) protocols.insert(server.ip_protocol.value);
  if (protocols.size() > 1 || protocols.empty()) return kReachable;
  return *protocols.begin() == "tcp" ? "tcp" : *protocols.begin() == "udp" ? "udp" : kReachable;
}

void add_pool(const LintCase& c, const Pool& pool, LintFindings& into) {
  const auto add = [&](Origin origin, std::string what, std::string mend) {
    into.push_back({{}, Severity::warning, &pool, origin, std::move(what), {std::move(mend)}, {}});
  };
  if (!pool.not_expanded.empty()) return;  // its members are in another answer
  if (pool.members.empty()) return add({}, "the pool has no members: its virtual servers answer nobody", fmt::format("tmsh modify ltm pool {} members add {{ ADDRESS:PORT }}", in_command(pool.name)));
  if (std::all_of(pool.members.begin(), pool.members.end(), [&](const Member& member) { return is_out(c.config, member); }))
    add(pool.members.front().origin, "every member is disabled or forced down", fmt::format("tmsh modify ltm pool {} members modify {{ {} {{ session user-enabled state user-up }} }}", in_command(pool.name), in_command(pool.members.front().key)));
  if (!is_watched(c.config, pool)) add({}, "nothing monitors the members: connections go to members that are down", modify("ltm pool", pool, fmt::format("monitor {}", monitor_for(c.config, pool))));
}

void judge_members(const LintCase& c, LintFindings& into) {
  std::unordered_set<Name> judged;
  each_server(c.config, [&](const Virtual& server) {
    const auto name = server.pool.value;
    if (name.empty() || !judged.insert(name).second) return;
    if (const auto* pool = c.config.pools.find(name)) return add_pool(c, *pool, into);
    into.push_back({{}, Severity::error, &server, server.pool.origin, fmt::format("the pool {} is in none of the files", shown(name)),
                    {fmt::format("tmsh create ltm pool {} members add {{ ADDRESS:PORT }}", in_command(name))}, {}});
  });
}

void judge_priorities(const LintCase& c, LintFindings& into) {
  for (const auto& pool : c.config.pools) {
    std::set<std::uint64_t> groups;
    for (const auto& member : pool.members) groups.insert(member.priority_group.value);
    const auto needed = pool.min_active_members.value;
    if (groups.size() > 1 && needed == 0)
      into.push_back({{}, Severity::warning, &pool, pool.members.front().origin,
                      "members have priority groups, and min-active-members is 0: priority activation is off and all groups serve",
                      {modify("ltm pool", pool, "min-active-members 1")}, {}});
    if (needed > pool.members.size() && pool.not_expanded.empty())
      into.push_back({{}, Severity::warning, &pool, pool.min_active_members.origin,
                      fmt::format("min-active-members is {}, and there are {} members: every group always serves", needed, pool.members.size()),
                      {modify("ltm pool", pool, fmt::format("min-active-members {}", std::max<std::size_t>(1, pool.members.size())))}, {}});
  }
}

constexpr std::uint64_t kLong_s = 3600;

/// Why connections through the virtual server live long; empty: nobody says so.
std::string why_long(const LintCase& c, const Virtual& server) {
  if (const auto* intended = c.intent.of(server); intended && intended->expect.idle) return "the topology says that connections rest";
  for (const auto& use : server.profiles) {
    const auto type = c.config.profile_type(use.profile.value);
    if (type != "tcp" && type != "fastl4") continue;
    const auto text = setting_or(c.config, use.profile.value, "idle-timeout", "");
    if (text == "indefinite" || text == "immediate" ? text == "indefinite" : number_setting(c.config, use.profile.value, "idle-timeout").value_or(0) >= kLong_s)
      return fmt::format("{} keeps idle connections for {}{}", shown(use.profile.value), shown(text), text == "indefinite" ? " time" : " s");
  }
  return {};
}

void judge_down(const LintCase& c, LintFindings& into) {
  each_server_and_pool(c.config, [&](const Virtual& server, const Pool& pool) {
    if (pool.service_down_action.value != "none") return;
    const auto why = why_long(c, server);
    if (why.empty()) return;
    into.push_back({{}, Severity::warning, &pool, at(pool.service_down_action.origin, pool),
                    fmt::format("service-down-action none, and {}: connections to a member that died stay open", why),
                    {modify("ltm pool", pool, "service-down-action reset")}, {}});
  });
}

}  // namespace

const LintRule kPool001{"POOL-001", "E W", "a pool that is missing, empty, switched off or not watched", "Who balances to nobody, or to the dead, answers nobody.", judge_members};
const LintRule kPool002{"POOL-002", "W", "priority groups that do nothing", "Priority groups act only with min-active-members, and as long as so many members exist.", judge_priorities};
const LintRule kPool003{"POOL-003", "W", "long connections to a member that died", "With service-down-action none the BIG-IP leaves a client connected to nobody.", judge_down};

}  // namespace hairpin::f5

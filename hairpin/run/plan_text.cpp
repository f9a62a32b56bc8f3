// SPDX-License-Identifier: Apache-2.0
#include "hairpin/run/plan_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "hairpin/coordinator/credentials.hpp"
#include "hairpin/coordinator/firewall_rules.hpp"
#include "hairpin/coordinator/mission.hpp"
#include "hairpin/coordinator/schedule.hpp"

namespace hairpin {
namespace {

constexpr milliseconds kPhaseLimit{1500};  // probe::Order::limit

template <class... Arguments>
void add(std::string& text, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  text += fmt::format(format, std::forward<Arguments>(arguments)...) + '\n';
}

milliseconds longest_rest(const Plan& plan) {
  milliseconds longest{0};
  for (const auto& idle : plan.idles) longest = std::max(longest, idle.idle);
  return longest;
}

bool is_asked(const Topology& topology, const std::string& source, const std::string& pool, const std::string& server) {
  const auto* host = topology.host(source);
  const auto* found = topology.pool(pool) ? topology.pool(pool)->virtual_server(server) : nullptr;
  return host && host->tls && host->agent && found && found->depth >= Depth::tls;
}

struct Asking {
  std::size_t sources = 0, members = 0;
  bool ends_tls = false;  ///< the balancer does
};

/// What is asked of a VIP by one of its sources, or by all of them in turn.
std::string sessions_text(const Endpoint& vip, const Asking& asking) {
  auto text = fmt::format("  {}: {} connections about sessions", to_string(vip), session_rounds(asking.members) * (asking.members + 1));
  if (asking.ends_tls) text += fmt::format(", and {} about connections that members keep", sharing_rounds(asking.members, asking.sources) * asking.sources);
  return text + "\n";
}

/// Questions about certificates, and the files that nobody uses.
std::string certificates_text(const Topology& topology, const Plan& plan) {
  std::string text;
  std::map<Endpoint, Asking> vips;
  for (const auto& source : plan.sources) {
    if (!source.skip_reason.empty() || !is_asked(topology, source.source, source.pool, source.virtual_server)) continue;
    const auto directly = std::count_if(plan.directs.begin(), plan.directs.end(), [&](const PlannedDirect& direct) {
      return direct.source == source.source && direct.pool == source.pool && direct.virtual_server == source.virtual_server;
    });
    add(text, "  {} -> {}: up to {} connections, and {} directly", source.source, to_string(source.vip), source.attempt_budget, directly);
    auto& asking = vips[source.vip];
    ++asking.sources;
    asking.members = source.members.size();
    asking.ends_tls = ends_tls(*topology.pool(source.pool)->virtual_server(source.virtual_server));
  }
  for (const auto& [vip, asking] : vips) text += sessions_text(vip, asking);
  for (const auto& host : topology.hosts)
    if (host.tls && !host.agent) add(text, "  {}: {}", host.name, kUnusedCertificates);
  return text.empty() ? text : "Questions about certificates, after the rest:\n" + text;
}

/// Load balancers that are asked, and how.
std::string asked_text(const Topology& topology) {
  std::string text;
  for (const auto& host : topology.hosts)
    if (host.state) add(text, "  {}: {}, read only", host.name, to_string(*host.state));
  return text.empty() ? text : "Asked what they see themselves:\n" + text;
}

std::string time_text(const Plan& plan, std::chrono::seconds limit) {
  const auto worst = std::chrono::ceil<std::chrono::seconds>(worst_case(plan, kPhaseLimit));
  const auto rest = std::chrono::ceil<std::chrono::seconds>(longest_rest(plan));
  std::string text;
  add(text, "Worst case (every connection silent): {} s{}; as a rule a few seconds{}. Nothing was sent.",
      std::min(worst, limit).count(), worst > limit ? ", by --limit, and what is open then is inconclusive" : "",
      rest.count() > 0 ? fmt::format(" beside {} s of idle time", rest.count()) : "");
  if (rest > limit) add(text, "--limit {} is too short for the idle time: it would not be tested.", limit.count());
  return text;
}

}  // namespace

std::string plan_text(const Topology& topology, const Plan& plan, std::chrono::seconds limit) {
  std::string text;
  add(text, "Through the balancer:");
  for (const auto& source : plan.sources) {
    if (source.skip_reason.empty())
      add(text, "  {} -> {} ({}/{}), members {}; up to {} attempts for coverage, and some to confirm what fails", source.source,
          to_string(source.vip), source.pool, source.virtual_server, fmt::join(source.members, ", "),
          source.attempt_budget);
    else
      add(text, "  {} -> {} left out: {}", source.source, to_string(source.vip), source.skip_reason);
  }
  if (!plan.directs.empty()) add(text, "Direct control:");
  for (const auto& direct : plan.directs)
    add(text, "  {} -> {} ({})", direct.source, to_string(direct.endpoint), direct.member);
  for (const auto& pair : plan.skipped)
    add(text, "Left out: {} on {}: {}", pair.source, pair.member, pair.reason);
  text += certificates_text(topology, plan);
  text += asked_text(topology);
  if (!plan.listeners.empty()) add(text, "Listeners:");
  for (const auto& listener : plan.listeners) add(text, "  {}: TCP port {}", listener.host, listener.port);
  add(text, "Captures: TCP ports {} of the VIPs and members, 256 bytes of each packet",
      fmt::join(plan.ports, ", "));
  if (const auto rules = firewall_text(firewall_rules(topology, plan)); !rules.empty()) {
    add(text, "Firewall rules (who opens the connection -> where it goes; answers included):");
    text += rules;
  }
  text += time_text(plan, limit);
  return text;
}

}  // namespace hairpin

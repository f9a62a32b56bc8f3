// SPDX-License-Identifier: Apache-2.0
#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

void judge_overrides(const LintCase& c, LintFindings& into) {
  each_server(c.config, [&](const Virtual& server) {
    const auto found = overrides(c.config, server);
    if (found.empty()) return;
    const auto& first = found.front();
    into.push_back({{}, Severity::information, &server, first.origin,
                    fmt::format("{} ({}){} decides where connections go, or as whom: the path is known only by a probe", first.what,
                                first.object == &server ? c.config.place(first.origin) : fmt::format("{} {}", first.object->kind, shown(first.object->name)),
                                found.size() > 1 ? fmt::format(" and {} more", found.size() - 1) : ""),
                    {"hairpin import f5 FILE… and hairpin run find it out"}, {}});
  });
}

void judge_names(const LintCase& c, LintFindings& into) {
  for (const auto& pool : c.config.pools)
    for (const auto& member : pool.members) {
      if (member.fqdn.value.empty()) continue;
      into.push_back({{}, Severity::information, &pool, member.origin,
                      fmt::format("the member {} is a name, {}: which addresses it has is known only by a look-up", shown(member.key), shown(member.fqdn.value)),
                      {fmt::format("tmsh show ltm pool {} members", in_command(pool.name))}, {}});
      break;
    }
}

}  // namespace

const LintRule kDynamic001{"DYN-001", "I", "an iRule or policy decides the path", "What Tcl does with a connection is not predicted.", judge_overrides};
const LintRule kDynamic002{"DYN-002", "I", "a member that is a name", "Its addresses are in no configuration.", judge_names};

}  // namespace hairpin::f5

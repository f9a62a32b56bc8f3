// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "topology/lint/asking.hpp"
#include "topology/lint/rules.hpp"

namespace hairpin::f5 {
namespace {

/// Virtual servers that leave the VIP in the packet although they hand it to members.
template <class Visit>
void each_npath(const Config& config, Visit visit) {
  each_server(config, [&](const Virtual& server) {
    if (!server.translates_address.value && !server.pool.value.empty()) visit(server);
  });
}

void judge_contradiction(const LintCase& c, LintFindings& into) {
  each_npath(c.config, [&](const Virtual& server) {
    if (server.snat.value.type == SnatType::none || server.snat.value.type == SnatType::unknown) return;
    into.push_back({{}, Severity::error, &server, server.translates_address.origin,
                    "translate-address disabled and SNAT: members would answer the source themselves, and do not see it",
                    {modify("ltm virtual", server, "source-address-translation { type none }"), "… or: " + modify("ltm virtual", server, "translate-address enabled")}, {}});
  });
}

constexpr std::array<Text, 5> kNeedBothWays{"client-ssl", "server-ssl", "http", "http2", "one-connect"};

void add_whole_connection(const LintCase& c, const Virtual& server, LintFindings& into) {
  for (const auto type : kNeedBothWays)
    if (const auto* use = profile_of(c.config, server, type)) {
      into.push_back({{}, Severity::warning, &server, use->profile.origin,
                      fmt::format("translate-address disabled, and the profile {} has to see both directions", shown(use->profile.value)),
                      {modify("ltm virtual", server, fmt::format("profiles delete {{ {} }}", shown(use->profile.value)))}, {}});
      return;
    }
}

void judge_half(const LintCase& c, LintFindings& into) {
  each_npath(c.config, [&](const Virtual& server) {
    if (server.snat.value.type != SnatType::none) return;  // NPATH-001
    const auto* fast = profile_of(c.config, server, "fastl4");
    if (!fast) {
      into.push_back({{}, Severity::warning, &server, server.translates_address.origin,
                      "translate-address disabled without a FastL4 profile: the BIG-IP waits for replies that never pass it",
                      {modify("ltm virtual", server, "profiles replace-all-with { /Common/fastL4 }")}, {}});
    } else if (setting_or(c.config, fast->profile.value, "loose-close", "disabled") != "enabled") {
      into.push_back({{}, Severity::warning, &server, fast->profile.origin,
                      fmt::format("translate-address disabled, and loose-close of {} is disabled: the BIG-IP sees only one side's FIN, and keeps the connection",
                                  shown(fast->profile.value)),
                      {fmt::format("tmsh modify ltm profile fastl4 {} loose-close enabled", shown(fast->profile.value))}, {}});
    }
    add_whole_connection(c, server, into);
  });
}

}  // namespace

const LintRule kNPath001{"NPATH-001", "E", "nPath together with SNAT", "nPath needs the source's own address at the member; SNAT takes it away.", judge_contradiction};
const LintRule kNPath002{"NPATH-002", "W", "nPath without what it needs",
                         "Behind nPath the BIG-IP sees one direction only: FastL4 with loose-close can live with that, nothing above can.", judge_half};

}  // namespace hairpin::f5

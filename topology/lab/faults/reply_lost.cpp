// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "topology/lab/faults/rows.hpp"
#include "topology/lab/rules.hpp"

namespace hairpin::lab {
namespace {

void apply(Site& site, const std::string& leg) {
  const bool is_client_leg = leg == "client-leg";
  const auto& to = is_client_leg ? site.host("client1").interface("eth0") : site.bigip().interface("srv");
  on_port(site, "reply_lost", is_client_leg ? "p-bigip-cli" : "p-oc02",
          {fmt::format("ether daddr {} tcp sport {} drop", hairpin::to_string(to.mac), site.vip.port)});
}

std::string objection(const LabOptions& options) {
  if (options.mode == "npath") return "with nPath no answer passes the balancer";
  return options.members < 2 ? "it loses the answers of oc02, which is not there" : "";
}

}  // namespace

const Fault kReplyLost{.name = "reply-lost",
                       .summary = "the network drops the balancer's answers to client1, or the answers of oc02 to the balancer",
                       .value = FaultValue::word,
                       .words = "client-leg server-leg",
                       .objection = objection,
                       .apply = apply};

}  // namespace hairpin::lab

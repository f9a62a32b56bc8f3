// SPDX-License-Identifier: Apache-2.0
#include "topology/f5/build/reading.hpp"
#include "topology/f5/secrets.hpp"

namespace hairpin::f5 {
namespace {

/// `session` of a member or node: user-disabled takes no new connections; monitor-enabled and the like are run-time words.
template <class T>
void session(Reading& reading, T& object, const Node& node) {
  object.is_enabled = {node.word(1) != "user-disabled" && node.word(1) != "disabled", reading.origin(node)};
}
template <class T>
void state(Reading& reading, T& object, const Node& node) {
  object.is_forced_down = {node.word(1) == "user-down" || node.word(1) == "forced-down", reading.origin(node)};
}
template <class T>
void monitor(Reading& reading, T& object, const Node& node) {
  read_monitors(reading, object.monitors, node);
}
template <class T>
void fqdn(Reading& reading, T& object, const Node& node) {
  if (const auto* name = node.child("name")) object.fqdn = reading.text(*name);
  else if (!node.is_block()) object.fqdn = reading.text(node);
}

constexpr Key<Member> kMember[] = {
    {"address", address_of<&Member::address>},
    {"fqdn", fqdn<Member>},
    {"session", session<Member>},
    {"state", state<Member>},
    {"disabled", denial_of<&Member::is_enabled>},
    {"enabled", truth_of<&Member::is_enabled>},
    {"priority-group", number_of<&Member::priority_group>},
    {"ratio", number_of<&Member::ratio>},
    {"connection-limit", number_of<&Member::connection_limit>},
    {"monitor", monitor<Member>},
    {"app-service"}, {"description"}, {"dynamic-ratio"}, {"inherit-profile"}, {"logging"}, {"profiles"}, {"rate-limit"},
    {"metadata"}, {"ephemeral"}, {"parent"}, {"partition"}};

void members(Reading& reading, Pool& pool, const Node& node) {
  pool.members.reserve(node.block.size());
  for (const auto& child : node.block) {
    if (child.kind == NodeKind::comment) continue;
    const auto written = parse_written_endpoint(child.key());
    Member member;
    member.key = child.key();
    member.node = reading.reference(node.key(), kNodeKind, written.name, child).value;
    member.origin = reading.origin(child);
    if (written.port) member.port = *written.port;
    else reading.note(child, "the port of a member is not understood");  // who knows what stands there: not shown
    read_keys<Member>(reading, member, child.block, kMember);
    pool.members.push_back(std::move(member));
  }
}

constexpr Key<Pool> kPool[] = {
    {"members", members},
    {kNotExpanded, not_expanded<Pool>},
    {"load-balancing-mode", text_of<&Pool::load_balancing_mode>},
    {"monitor", monitor<Pool>},
    {"allow-snat", truth_of<&Pool::allows_snat>},
    {"allow-nat", truth_of<&Pool::allows_nat>},
    {"service-down-action", text_of<&Pool::service_down_action>},
    {"min-active-members", number_of<&Pool::min_active_members>},
    {"slow-ramp-time", number_of<&Pool::slow_ramp_time_s>},
    {"reselect-tries", number_of<&Pool::reselect_tries>},
    {"queue-on-connection-limit", truth_of<&Pool::queues_on_connection_limit>},
    {"description", text_of<&Pool::description>},
    {"app-service"}, {"autoscale-group-id"}, {"gateway-failsafe-device"}, {"ignore-persisted-weight"},
    {"ip-tos-to-client"}, {"ip-tos-to-server"}, {"link-qos-to-client"}, {"link-qos-to-server"}, {"metadata"},
    {"min-up-members"}, {"min-up-members-action"}, {"min-up-members-checking"}, {"partition"}, {"profiles"},
    {"queue-depth-limit"}, {"queue-time-limit"}, {"traffic-acceleration-status"}};

constexpr Key<PoolNode> kNode[] = {
    {"address", address_of<&PoolNode::address>},
    {"fqdn", fqdn<PoolNode>},
    {"session", session<PoolNode>},
    {"state", state<PoolNode>},
    {"disabled", denial_of<&PoolNode::is_enabled>},
    {"enabled", truth_of<&PoolNode::is_enabled>},
    {"monitor", monitor<PoolNode>},
    {"app-service"}, {"connection-limit"}, {"description"}, {"dynamic-ratio"}, {"ephemeral"}, {"logging"}, {"metadata"},
    {"partition"}, {"rate-limit"}, {"ratio"}};

}  // namespace

void read_object(Reading& reading, Pool& object) { read_keys<Pool>(reading, object, object.node->block, kPool); }
void read_object(Reading& reading, PoolNode& object) { read_keys<PoolNode>(reading, object, object.node->block, kNode); }

}  // namespace hairpin::f5

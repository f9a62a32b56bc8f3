// SPDX-License-Identifier: Apache-2.0
#include "checks/causes.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace hairpin::checks {
namespace {

using enum Owner;
using enum Verdict;

constexpr std::array kCauses{
    Cause{"vip.refused", "reachability", load_balancer, fail, "the VIP refuses connections",
          "The SYN to the VIP is answered with a RST from its address: the virtual server is disabled, does not listen on this port, "
          "or rejects. Where neither the balancer nor every member is watched, a member behind it may have refused as well.",
          "Check that the virtual server exists on this port, is enabled, and listens on the VLAN the client comes from; and that "
          "the members' service runs on the port of the pool."},
    Cause{"vip.silent", "reachability", load_balancer, fail, "the VIP does not answer",
          "The SYN to the VIP is never answered. The caller waits until its own time limit.",
          "Check that the virtual address is active on this unit, answers ARP or ND, and that no packet filter drops it."},
    Cause{"vip.reset", "reachability", load_balancer, fail, "the VIP resets the connection",
          "The connection to the VIP was established and then reset before an answer came.",
          "Look at the reset cause on the load balancer: tmsh show net rst-cause."},
    Cause{"vip.closed", "reachability", load_balancer, fail, "the VIP closes the connection before an answer",
          "The connection to the VIP was established and closed in order before an answer came: a full proxy that "
          "found no member does this.",
          "Check the pool's members and the server side of the virtual server."},
    Cause{"vip.no-member-available", "reachability", service, fail, "no member of the pool is available",
          "The balancer has marked every member down, so the virtual server has nobody to hand the connection to.",
          "Mend the members or their health monitor: tmsh show ltm pool NAME members."},
    Cause{"member.refused", "reachability", service, fail, "the member refuses connections",
          "The balancer's SYN reached the member, which answered with a RST: nothing listens on the service port.",
          "Start the service on the member, or correct the member's port in the pool."},
    Cause{"member.silent", "reachability", service, fail, "the member does not answer",
          "The SYN reached the member's interface and was never answered: a host firewall drops it, or the service's "
          "accept queue is full.",
          "Check the member's host firewall and whether the service accepts connections."},
    Cause{"member.refuses-balancer", "reachability", load_balancer, fail, "the member refuses the balancer's client certificate",
          "The balancer opened TLS of its own to the member and showed a certificate, which the member does not accept. Whatever clients send comes no further.",
          "Server-SSL profile: Certificate and Key, Chain (tmsh list ltm profile server-ssl NAME cert-key-chain). Have it issued by an authority that the members trust for "
          "clients, or add that authority to the members' trusted roots."},
    Cause{"vip.old-connection", "reachability", load_balancer, fail, "an earlier connection is in the way at or behind the VIP",
          "The SYN is answered with an ACK that acknowledges nothing of this connection (RFC 9293 §3.10.7.4, RFC 5961 §4): whoever answers "
          "still has an earlier one of the same addresses and ports. The caller resets that one and tries again, which costs up to seconds, "
          "until its own time limit. Behind SNAT it is usually a member that has a port of the balancer in TIME-WAIT (60 s on Linux), or an "
          "entry that the balancer itself, or a NAT in front of it, kept. A device that tests callers by such ACKs lets the next SYN pass.",
          "Let a SNAT port rest for longer than TIME-WAIT lasts on the members: give the virtual server more SNAT addresses. Where clients "
          "with equal ports collide, source-port change on the virtual server."},
    Cause{"member.old-connection", "reachability", load_balancer, fail, "the member still has an earlier connection of that SNAT port",
          "The balancer used a SNAT port again while the member still had its last connection, in TIME-WAIT or half open. The member "
          "answers the SYN with an ACK of that one (RFC 9293 §3.10.7.4, RFC 5961 §4). The connection comes up only when the earlier one is "
          "forgotten, or when the caller or the balancer has ended it by a RST.",
          "Let a SNAT port rest for longer than TIME-WAIT lasts on the members (60 s on Linux): give the virtual server more SNAT addresses. "
          "Where clients with equal ports collide, source-port change on the virtual server."},
    Cause{"client-leg.filtered", "reachability", network, fail, "the way from the client to the VIP is filtered",
          "The SYN left the source and never reached the load balancer.",
          "Find the filter between the source and the load balancer."},
    Cause{"client-leg.reply-lost", "reachability", network, fail, "the VIP's reply is lost on the way to the client",
          "The load balancer answered; the answer never reached the source.",
          "Find the filter or the wrong route between the load balancer and the source."},
    Cause{"server-leg.filtered", "reachability", network, fail, "the way from the load balancer to the member is filtered",
          "The load balancer sent the SYN to the member; it never arrived there.",
          "Find the filter between the load balancer and the member."},
    Cause{"server-leg.reply-lost", "reachability", network, fail, "the member's reply is lost on the way to the load balancer",
          "The member answered towards the load balancer; the answer never arrived there.",
          "Find the filter or the wrong route between the member and the load balancer."},
    Cause{"coverage.not-seen", "coverage", test, inconclusive, "this pair was never seen",
          "No connection of this source was balanced to this member, so nothing can be said about it. The fault that "
          "hairpin looks for depends on (source, member).",
          "Check that the member is enabled in the pool; then run again."},
    Cause{"coverage.persistence", "coverage", test, inconclusive, "this source always lands on one member",
          "Persistence binds the source to one member, so the others were never seen from it.",
          "Probe from more source addresses, clear the persistence record, or declare `persistence: source`."},
    Cause{"return-path.bypasses-load-balancer", "return-path", load_balancer, fail,
          "the member answers the source directly, past the load balancer",
          "The member sees the source's own address, a neighbour in its subnet, and answers it directly. The source gets "
          "a SYN-ACK from an address that it never called and sends a RST, or sees the proxy's connection die later: "
          "\"forcibly closed by the remote host\".",
          "Turn on SNAT for these sources (source-address-translation automap), so that replies return to the load balancer."},
    Cause{"return-path.self-hairpin", "return-path", load_balancer, fail,
          "the connection came back to its sender with its own source address",
          "The load balancer chose the very member that opened the connection and left its source address as it was. "
          "IPv4 drops such a packet as a martian, so the caller hears nothing; IPv6 answers itself on lo.",
          "Turn on SNAT for the members (source-address-translation automap)."},
    Cause{"return-path.wrong-gateway", "return-path", network, fail, "the member's reply leaves by another gateway",
          "The member's route back to the source does not lead through the load balancer, so another router carries the "
          "reply and the source gets it from an address that it never called.",
          "Set the member's gateway to the load balancer's floating self IP, or turn on SNAT."},
    Cause{"return-path.reverse-path-filter", "return-path", host, fail, "the member drops the packet by reverse path filter",
          "The member's route back to the source leads out of another interface than the one on which the packet came, "
          "and strict reverse path filtering (rp_filter=1, RFC 3704) drops it without a trace.",
          "Correct the member's routes, or set rp_filter=2 on that interface."},
    Cause{"return-path.unexpected-through-load-balancer", "return-path", network, fail,
          "replies go through the load balancer although direct return was promised",
          "The topology promises direct server return (nPath), but the member's replies pass the load balancer.",
          "Set the member's gateway to the router that leads to the clients."},
    Cause{"snat.absent", "snat", load_balancer, fail, "members see the source's own address where SNAT was promised",
          "No source address translation took place.",
          "Set source-address-translation on the virtual server; check the pool's allow-snat."},
    Cause{"snat.unexpected", "snat", load_balancer, fail, "members see a translated address where none was promised",
          "Source address translation took place although the expectation is the source's own address.",
          "Set source-address-translation none on the virtual server, or correct the expectation."},
    Cause{"snat.wrong-address", "snat", load_balancer, fail, "members see a translated address that was not promised",
          "The source address was translated, but to an address outside the promised set.",
          "Correct the SNAT pool or the self IPs of the virtual server, or the expectation."},
    Cause{"snat.non-floating-address", "snat", load_balancer, warn, "SNAT uses a non-floating self IP",
          "Connections translated to an address of one unit die at failover.",
          "Give the egress VLAN a floating self IP."},
    Cause{"snat.pool-address-unused", "snat", load_balancer, warn, "an address of the SNAT pool was never used",
          "So many connections were translated that an address of the pool would have been seen, if it were used like the "
          "others. The pool on the load balancer has fewer addresses than promised, or one of them is disabled: the ports of "
          "the rest are used up earlier.",
          "Compare the SNAT pool on the load balancer with the topology: tmsh list ltm snatpool."},
    Cause{"snat.port-exhausted", "snat", load_balancer, fail, "the load balancer has no source port left under load",
          "Every port that the SNAT address may use towards a member was in use at once, so further connections found none: the "
          "balancer drops or refuses them (BIG-IP logs \"Inet port exhaustion\") until others end. Held connections exhaust the ports; "
          "what is over leaves a port that is used again at once.",
          "Give the virtual server more SNAT addresses: a SNAT pool instead of automap, or more members in the pool; each brings some "
          "64,000 ports for each member and port."},
    Cause{"reset.by-client", "reset", host, fail, "the source resets its connection",
          "The RST came from the source itself.", "Look at what the source received before: a reply that it did not expect."},
    Cause{"reset.by-load-balancer", "reset", load_balancer, fail, "the load balancer resets the connection",
          "The RST was made by the load balancer: no capture of the member saw it.",
          "Look at the reset cause: tmsh show net rst-cause."},
    Cause{"reset.by-member", "reset", service, fail, "the member resets the connection",
          "The RST was sent by the member after the connection was established.", "Look at the member's service and its log."},
    Cause{"reset.idle-timeout", "idle", load_balancer, fail, "an idle connection is ended by the way",
          "The connection was established, said nothing for the promised time, and was reset or closed when it was used "
          "again: something on the way has a shorter idle timeout and had forgotten it.",
          "Raise the idle timeout of the virtual server's protocol profile (tmsh modify ltm profile fastl4|tcp NAME "
          "idle-timeout SECONDS), or let the application keep the connection alive."},
    Cause{"idle.dropped-silently", "idle", load_balancer, fail, "an idle connection is dropped without a word",
          "The connection was established, said nothing for the promised time, and what came later was dropped: neither end is "
          "told, and the caller waits for its own time limit.",
          "Raise the idle timeout, and let it reset what it has forgotten (tmsh modify ltm profile fastl4 NAME "
          "reset-on-timeout enabled). A firewall on the way may do the same."},
    Cause{"path.loss", "loss", network, warn, "packets are lost on the way",
          "Segments left one capture and did not arrive at the next one. Connections get slow – a lost SYN costs a second – and "
          "some fail, whatever the balancer does.",
          "Find the link that loses them: interface counters, duplex, a saturated uplink, a policer."},
    Cause{"name.not-the-vip", "name", host, fail, "the pool's name leads elsewhere",
          "The fully qualified name of the pool resolves to another address than the VIP on this host: its clients never reach "
          "the virtual server that is tested here.",
          "Correct the host's hosts file or DNS server, or the pool's record."},
    Cause{"config.differs-from-observed", "config", load_balancer, fail, "the network does not do what the configuration says",
          "What `hairpin predict` concludes from the load balancer's configuration is not what was seen: the box runs another "
          "configuration than the file has, or something that no BIG-IP configuration knows (a member's gateway, a router, the other "
          "unit) decides. The finding names the object and the line.",
          "Compare the file with what the unit runs (tmsh list ltm virtual NAME all-properties), then the members' default gateways "
          "with the topology."},
    Cause{"state.differs-from-observed", "state", network, inconclusive, "the load balancer says something else than the ends saw",
          "The balancer's own connection table names another member, or another source address, than the member's own capture or "
          "responder for the same connection. A NAT behind the balancer changes addresses, the entry is another unit's, or one of the "
          "two is not what the topology says it is.",
          "Look for address translation between the balancer and the members; then ask the unit that is active."},
    Cause{"member.foreign", "member", load_balancer, fail, "answered by a host that the pool does not list",
          "A host that is no declared member of the pool answered the connection.",
          "Compare the pool's members on the load balancer with the topology."},
    Cause{"member.wrong-name", "member", service, fail, "the member calls itself by another name",
          "The responder behind this address says that it is another host: addresses or agents are mixed up.",
          "Compare the addresses in the topology with the hosts on which the agents run."},
    Cause{"load.failures", "load", service, fail, "transactions fail under load",
          "More transactions failed, or connections were reset, than the rule allows, while the generator had room: connections "
          "are refused or reset, answers are late, wrong or missing.",
          "Look at the kinds of failure and at the members' shares; then at limits of the virtual server, its SNAT ports and the members."},
    Cause{"load.never-arrived", "load", load_balancer, fail, "connections of the load never reach a member",
          "More transactions failed than the rule allows, and most of their connections no member ever saw: the virtual server, or something "
          "before it, refuses or drops them, or cannot open a connection of its own to a member.",
          "Look at the kinds of failure, then on the load balancer at limits of connections and rates of the virtual server, pool and members, "
          "at the SNAT addresses and their ports, and at its log; and at firewalls between the sources and it."},
    Cause{"load.member-idle", "load", load_balancer, warn, "a member of the pool got nothing of the load",
          "The load is carried, but one member answered none of it: what was measured is the capacity of the others.",
          "Look at the member's state and monitor on the load balancer, and at persistence; declare `persistence: source` where each source "
          "keeps to one member."},
    Cause{"load.behind", "load", service, fail, "the load is carried more slowly than it was asked for",
          "Nothing failed, but transactions were completed more slowly than they were due and piled up, though there were free connections, or "
          "each transaction took several times as long as the fastest: the path carries less.",
          "The rate that was completed is what it carries: look at limits of the virtual server and at the members' CPU."},
    Cause{"load.too-few-open", "load", service, fail, "fewer connections stay open than were asked for",
          "Connections were not established, or ended and could not be opened again, without a failure that says why.",
          "Look at the open connections of each second (load-seconds.csv), then at limits of connections on the virtual server."},
    Cause{"load.foreign-answers", "load", load_balancer, fail, "somebody who is no responder of this run answers the load",
          "Answers through the virtual server were not signed with the key that only this run's agents have: a part of the load reaches a "
          "host that the topology does not name, or the responders of another run.",
          "Compare the pool's members on the load balancer with the topology, and end other runs on these members."},
    Cause{"load.generator-limited", "load", test, inconclusive, "the load generator was the limit",
          "The machine that made the load had no CPU, port or file left, or was stopped: what was measured is not the network.",
          "Use more sources, more threads, more source addresses, or a lower rate."},
    Cause{"load.responder-limited", "load", test, inconclusive, "a responder was the limit of the load",
          "Hairpin's responder on a member had no CPU or no file left, or as many connections open as it takes: what was measured is "
          "neither the network nor the balancer.",
          "Use more members, give the agent a host of its own, raise its limit of open files, or ask for a lower rate."},
    Cause{"load.unsteady", "load", test, inconclusive, "the load was not steady",
          "The rate or the number of open connections changed more than the rule allows during the phase that is measured, so "
          "that no single figure describes it.",
          "Repeat on quieter machines, for longer, or at a lower rate."},
    Cause{"vantage.lost", "vantage", test, inconclusive, "the agent was lost during the run",
          "The control connection to the agent ended before the run did; what only it could see is missing.",
          "Look at the agent's log, then run again."},
    Cause{"vantage.drops", "vantage", test, inconclusive, "the capture lost packets",
          "The kernel dropped packets of this capture, so what it did not see may still have happened.",
          "Lower the load on the host, then run again."},
    Cause{"vantage.blind", "vantage", test, inconclusive, "the capture does not see packets",
          "The canary that hairpin sends to prove a capture was not seen.", "Check the interface and the host's security modules."},
    Cause{"vantage.no-agent", "vantage", test, inconclusive, "no agent answers for this host",
          "Without an agent this host can neither probe nor confirm what it saw.",
          "Start `hairpin agent` on the host and name it in the topology."},
    Cause{"vantage.not-ready", "vantage", test, inconclusive, "the agent answers but cannot take part",
          "The agent was reached and refused the run, or could not listen: the port is taken, it is busy with another run, or "
          "it speaks another version.",
          "Do what its own message says: free the port, wait for the other run, or update the agent."},
    Cause{"vantage.no-state", "vantage", test, inconclusive, "the load balancer did not say what it sees",
          "The topology says how to ask the load balancer (`state`), and no question was answered: what only it could tell is missing. "
          "The paths are judged without it.",
          "Do what its own message says; `hairpin run --prepare-only` asks as well."},
    Cause{"vantage.standby-unit", "vantage", test, inconclusive, "the load balancer that was asked is not the active unit",
          "By its own word this unit stood by, or the units changed places during the run: its connection table and its counters are not "
          "those of the connections that were made.",
          "Ask the active unit: name it in `state`, or declare both units as hosts."},
    Cause{"vantage.no-privilege", "vantage", test, inconclusive, "the agent may not capture or listen",
          "The agent lacks the privilege to open captures or a port below 1024.",
          "Run it as root, or give it CAP_NET_RAW and CAP_NET_BIND_SERVICE."},
};

}  // namespace

std::span<const Cause> causes() {
  static const auto all = [] {
    std::vector<Cause> rows(kCauses.begin(), kCauses.end());
    for (const auto more : {tls_causes(), tls_client_causes()}) rows.insert(rows.end(), more.begin(), more.end());
    return rows;
  }();
  return all;
}

const Cause* find_cause(std::string_view id) {
  const auto all = causes();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Cause& cause) { return cause.id == id; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace hairpin::checks

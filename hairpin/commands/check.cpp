// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "hairpin/commands/command.hpp"
#include "hairpin/commands/run_arguments.hpp"
#include "hairpin/run/check.hpp"

namespace hairpin {
namespace {

constexpr const char* kCheckFooter =
    R"(No agent elsewhere, no topology file: this host opens connections to the VIP, watches its own packets, and judges what
one side can know – a SYN-ACK from a third address, its own SYN that comes back, who resets. TLS facts are recorded, not
judged. What needs the far side is inconclusive, with the next step. Run it on a member of the pool to find the fault that clients never see. Needs
CAP_NET_RAW for the packets; without it the sockets alone are judged.

  hairpin check 10.137.2.11:444 --member 10.137.2.21 --member 10.137.2.22
  hairpin check 10.137.2.11:444 --member oc01=10.137.2.21 --member oc02=10.137.2.22 --name pool01.example.com)";

constexpr const char* kInitFooter =
    R"(Prints the topology to stdout; complete it (agents, the balancer's self IPs, what is promised) and test it:

  hairpin init --vip 10.137.2.11:444 --member oc01=10.137.2.21 --member oc02=10.137.2.22 > pool01.yaml
  hairpin run -t pool01.yaml --dry-run)";

struct Wanted {
  OneHost pool;
  std::vector<std::string> members;
  RunOptions options;
};

void add_pool_options(CLI::App& command, Wanted& wanted) {
  command.add_option("--member", wanted.members, "A member of the pool: ADDRESS or NAME=ADDRESS; repeatable")
      ->type_name("ADDR")
      ->required();
  command.add_option("--member-port", wanted.pool.member_port, "Port of the members [the VIP's]")->check(CLI::Range(1, 65'535));
  command.add_option("--name", wanted.pool.fqdn, "Server name that clients ask for (SNI)")->type_name("FQDN");
  command.add_option("--protocol", wanted.pool.protocol, "What clients speak")
      ->check(CLI::IsMember({"https", "http", "tls", "tcp"}))
      ->capture_default_str();
  command.add_option("--self-ip", wanted.pool.self_ips, "A self IP of the balancer; repeatable")->type_name("ADDR");
  command.add_option("--expect-snat", wanted.pool.snat, "The promise that is judged: none or automap [reported only]")
      ->check(CLI::IsMember({"none", "automap"}));
}

void take_members(Wanted& wanted) {
  for (const auto& text : wanted.members) {
    auto member = parse_member(text);
    if (!member) throw CLI::ValidationError("--member", describe(member.error()));
    wanted.pool.members.push_back(std::move(*member));
  }
}

}  // namespace

void add_check_command(CLI::App& program, int& status) {
  const auto wanted = std::make_shared<Wanted>();
  auto* command = program.add_subcommand("check", "Test a pool's path from this host alone: no agent, no file");
  command->add_option("VIP", wanted->pool.vip, "The virtual server: ADDRESS:PORT")->required();
  add_pool_options(*command, *wanted);
  command->add_option("--probe", wanted->pool.probe, "How deep: tcp, hello (ClientHello, first flight, close), tls or http (asks for --path)")
      ->check(CLI::IsMember({"tcp", "hello", "tls", "http"}))
      ->capture_default_str();
  command->add_option("--path", wanted->pool.path, "What --probe http asks for")->capture_default_str();
  add_local_options(*command, wanted->options);
  command->footer(kCheckFooter);
  command->callback([wanted, &status] {
    check_run_options(wanted->options);
    take_members(*wanted);
    status = check_from_here(wanted->pool, wanted->options);
  });
}

void add_init_command(CLI::App& program, int& status) {
  const auto wanted = std::make_shared<Wanted>();
  auto* command = program.add_subcommand("init", "Print a topology file to start from");
  command->add_option("--vip", wanted->pool.vip, "The virtual server: ADDRESS:PORT")->required();
  add_pool_options(*command, *wanted);
  command->footer(kInitFooter);
  command->callback([wanted, &status] {
    take_members(*wanted);
    wanted->pool.probe = wanted->pool.protocol == "tcp" ? "tcp" : wanted->pool.protocol == "tls" ? "tls" : "http";
    status = print_starting_topology(wanted->pool);
  });
}

}  // namespace hairpin

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "base/complain.hpp"
#include "hairpin/caller/exit_status.hpp"
#include "hairpin/commands/command.hpp"
#include "net/pki.hpp"

namespace hairpin {
namespace {

constexpr std::chrono::hours kAgentLifetime{24 * 365};  // a year
constexpr const char* kOperator = "operator";

constexpr const char* kFooter =
    R"(Keys and certificates for agents that are reached over TCP. Keys are ECDSA P-256, readable by their owner only;
nothing is ever overwritten. Copy ca.crt, NAME.crt and NAME.key to the host NAME; keep ca.key where it is.

  hairpin pki init pki --name "pool01 tests"
  hairpin pki issue pki oc01 --address 10.99.0.21)";

struct Wanted {
  std::string directory;
  std::string name;
  std::vector<std::string> addresses;
  std::vector<std::string> dns_names;
};

int refused(const Error& error) {
  complain("hairpin: {}\n", describe(error));
  return number(ExitStatus::usage);
}

void print_written(const std::string& directory, const std::string& stem) {
  fmt::print("{0}/{1}.crt\n{0}/{1}.key\n", directory, stem);
}

int init(const Wanted& wanted) {
  if (const auto made = net::write_authority(wanted.directory, wanted.name); !made)
    return refused(made.error());
  print_written(wanted.directory, "ca");
  net::CertificateRequest request{kOperator, {}, {}, kAgentLifetime, false, true};
  if (const auto made = net::write_issued(wanted.directory, request, kOperator); !made)
    return refused(made.error());
  print_written(wanted.directory, kOperator);
  return number(ExitStatus::passed);
}

int issue(const Wanted& wanted) {
  net::CertificateRequest request{wanted.name, wanted.dns_names, {}, kAgentLifetime, true, false};
  request.dns_names.push_back(wanted.name);  // by which `hairpin run` knows the agent
  for (const auto& text : wanted.addresses) {
    const auto address = parse_address(text);
    if (!address) throw CLI::ValidationError("--address", "\"" + text + "\" is no IP address");
    request.addresses.push_back(*address);
  }
  if (const auto made = net::write_issued(wanted.directory, request, wanted.name); !made)
    return refused(made.error());
  print_written(wanted.directory, wanted.name);
  return number(ExitStatus::passed);
}

}  // namespace

void add_pki_command(CLI::App& program, int& status) {
  const auto wanted = std::make_shared<Wanted>();
  wanted->name = "hairpin";
  auto* pki = program.add_subcommand("pki", "Keys and certificates of agents");
  pki->require_subcommand(1);
  pki->footer(kFooter);
  auto* make = pki->add_subcommand("init", "Make an authority and the operator's certificate in a directory");
  make->add_option("DIR", wanted->directory, "Directory, made when it is missing")->required();
  make->add_option("--name", wanted->name, "Common name of the authority")->capture_default_str();
  make->callback([wanted, &status] { status = init(*wanted); });
  auto* add = pki->add_subcommand("issue", "Make the key and certificate of one agent");
  add->add_option("DIR", wanted->directory, "Directory of the authority")->required();
  add->add_option("NAME", wanted->name, "The host's name in the topology")->required();
  add->add_option("--address", wanted->addresses,
                  "Management address at which the agent is reached; repeatable")
      ->type_name("ADDRESS");
  add->add_option("--dns", wanted->dns_names, "Another DNS name of the agent, beside NAME; repeatable")
      ->type_name("NAME");
  add->callback([wanted, &status] { status = issue(*wanted); });
}

}  // namespace hairpin

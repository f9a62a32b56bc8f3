// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "hairpin/caller/exit_status.hpp"
#include "hairpin/commands/command.hpp"
#include "hairpin/commands/load.hpp"
#include "hairpin/commands/run_arguments.hpp"
#include "hairpin/lab/lab.hpp"

namespace hairpin {
namespace {

constexpr const char* kFooter =
    R"(A lab is a site in network namespaces on this machine: client1 in a client network, the members oc01, oc02, …
and the VIP in the server network, the balancer bigip between. It needs nftables, HAProxy for full proxies, and
nginx where a member has the real service. Nothing of it outlives its holder process.

  hairpin lab run --mode fastl4 --snat none
  hairpin lab load --mode standard --snat automap --rate 100 --quick
  hairpin lab up --fault wrong-gateway=oc02 > site.yaml
  hairpin lab exec oc01 -- sh
  hairpin lab down)";

struct Wanted {
  lab::LabOptions site;
  std::vector<std::string> faults;
  RunOptions run;
  std::string host;
  std::vector<std::string> command;
  bool is_dry_run = false;
  bool is_compared = false;
};
using WantedPtr = std::shared_ptr<Wanted>;

/// "client-leg|server-leg"
std::string alternatives(std::string_view words) {
  std::string text(words);
  std::replace(text.begin(), text.end(), ' ', '|');
  return text;
}

/// Modes and faults for the help, from their own rows.
std::string catalogue_text() {
  std::string text = "Modes:\n";
  for (const auto* mode : lab::modes()) text += fmt::format("  {:<20} {}\n", mode->name, mode->summary);
  text += "Faults (=MEMBER and =HOST: oc02 unless given):\n";
  for (const auto* fault : lab::faults()) {
    std::string name(fault->name);
    if (fault->value == lab::FaultValue::member) name += "=MEMBER";
    if (fault->value == lab::FaultValue::host) name += "=HOST";
    if (fault->value == lab::FaultValue::number) name += "=N";
    if (fault->value == lab::FaultValue::word) name += '=' + alternatives(fault->words);
    text += fmt::format("  {:<23} {}{}\n", name, fault->summary, fault->is_benign ? " (has to pass)" : "");
  }
  return text;
}

void add_name(CLI::App& command, const WantedPtr& wanted) {
  command.add_option("--name", wanted->site.name, "Name of the lab")->capture_default_str();
}

/// An option that takes one of a few words. (CLI11 2.1 has no lexical cast for enums with a to_string of
/// their own.)
template <class Value, class Target>
void add_choice(CLI::App& command, const std::string& name, const std::map<std::string, Value>& choices,
                Target& target, const std::string& description) {
  std::vector<std::string> words;
  for (const auto& [word, value] : choices) words.push_back(word);
  command
      .add_option_function<std::string>(
          name, [&choices, &target](const std::string& word) { target = choices.at(word); }, description)
      ->check(CLI::IsMember(words))
      ->type_name("WORD");
}

const std::map<std::string, SnatType> kSnats{
    {"none", SnatType::none}, {"automap", SnatType::automap}, {"pool", SnatType::pool}};
const std::map<std::string, Family> kFamilies{{"ipv4", Family::ipv4}, {"ipv6", Family::ipv6}};
const std::map<std::string, lab::Control> kControls{{"unix", lab::Control::unix_socket},
                                                    {"tcp", lab::Control::tcp}};

void add_site_options(CLI::App& command, const WantedPtr& wanted) {
  auto& site = wanted->site;
  add_name(command, wanted);
  command.add_option("--mode", site.mode, "How the balancer carries connections")->capture_default_str();
  add_choice(command, "--snat", kSnats, site.snat, "Source addresses that members see, as built [none]");
  add_choice(command, "--expect-snat", kSnats, site.expected_snat, "The same as declared [as built]");
  command.add_option("--members", site.members, "Members of the pool, 1 to 8")->capture_default_str();
  add_choice(command, "--family", kFamilies, site.family, "Addresses of the site [ipv4]");
  command.add_option("--fault", wanted->faults, "What is broken or varied; may be repeated")
      ->type_name("NAME[=VALUE]")
      ->allow_extra_args(false);
  add_choice(command, "--control", kControls, site.control, "How agents are reached [unix]");
  command.footer(catalogue_text());
}

lab::LabOptions site_of(const Wanted& wanted) {
  auto options = wanted.site;
  for (const auto& fault : wanted.faults) options.faults.push_back(lab::parse_fault(fault));
  return options;
}

int start(const Wanted& wanted) {
  const auto options = site_of(wanted);
  return wanted.is_dry_run ? show_lab(options) : start_lab(options);
}

int run(Wanted& wanted) {
  check_run_options(wanted.run);
  return run_lab(site_of(wanted), wanted.run, wanted.is_compared);
}

void add_up(CLI::App& lab_command, int& status) {
  const auto wanted = std::make_shared<Wanted>();
  auto* up = lab_command.add_subcommand("up", "Build a site and print its topology file");
  add_site_options(*up, wanted);
  up->add_flag("--dry-run", wanted->is_dry_run,
               "Print what would be built, rules and all, and build nothing");
  up->callback([wanted, &status] { status = start(*wanted); });
}

void add_run(CLI::App& lab_command, int& status) {
  const auto wanted = std::make_shared<Wanted>();
  auto* command = lab_command.add_subcommand("run", "Build a site, test it as `hairpin run` does, remove it");
  add_site_options(*command, wanted);
  command->add_flag("--compare", wanted->is_compared, "Hold what is seen against what a matching BIG-IP configuration predicts");
  add_run_options(*command, wanted->run);
  command->callback([wanted, &status] { status = run(*wanted); });
}

void add_load(CLI::App& lab_command, int& status) {
  const auto wanted = std::make_shared<Wanted>();
  const auto arguments = std::make_shared<LoadArguments>();
  auto* command = lab_command.add_subcommand("load", "Build a site, load it as `hairpin load` does, remove it");
  add_site_options(*command, wanted);
  add_load_arguments(*command, *arguments);
  command->callback([wanted, arguments, &status] {
    check_load_arguments(*arguments);
    status = load_lab(site_of(*wanted), arguments->options);
  });
}

void add_config(CLI::App& lab_command, int& status) {
  const auto wanted = std::make_shared<Wanted>();
  auto* command = lab_command.add_subcommand("config", "Print a BIG-IP configuration that says what the site's balancer does");
  add_site_options(*command, wanted);
  command->callback([wanted, &status] { status = print_lab_configuration(site_of(*wanted)); });
}

void add_down(CLI::App& lab_command, int& status) {
  const auto wanted = std::make_shared<Wanted>();
  auto* down = lab_command.add_subcommand("down", "End a lab; no error when there is none");
  auto* name = down->add_option("NAME", wanted->site.name, "Name of the lab");
  down->add_option("--name", wanted->site.name, "The same")->excludes(name);
  down->callback([wanted, &status] { status = end_lab(wanted->site.name); });
}

void add_list(CLI::App& lab_command, int& status) {
  auto* list = lab_command.add_subcommand("list", "One line for each lab that is up");
  list->callback([&status] { status = list_labs(); });
}

void add_exec(CLI::App& lab_command, int& status) {
  const auto wanted = std::make_shared<Wanted>();
  auto* exec = lab_command.add_subcommand("exec", "Run a command on a host of a lab");
  add_name(*exec, wanted);
  exec->add_option("HOST", wanted->host, "client1, oc01, bigip, …, or the places switch and mgmt")
      ->required();
  exec->add_option("COMMAND", wanted->command, "The command and its arguments, behind --")->required();
  exec->callback(
      [wanted, &status] { status = execute_in_lab(wanted->site.name, wanted->host, wanted->command); });
}

}  // namespace

void add_lab_command(CLI::App& program, int& status) {
  auto* command = program.add_subcommand("lab", "An emulated site on this machine, with faults on demand");
  command->require_subcommand(1);
  command->footer(kFooter);
  for (const auto add : {add_up, add_down, add_list, add_run, add_load, add_config, add_exec}) add(*command, status);
}

}  // namespace hairpin

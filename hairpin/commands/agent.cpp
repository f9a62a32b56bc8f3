// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "hairpin/agent/agent.hpp"
#include "hairpin/commands/command.hpp"

namespace hairpin {
namespace {

constexpr const char* kFooter =
    R"(Serves one run at a time. What a run may ask for is a closed list with typed parameters: listen on the service
port, capture headers of the plan's packets, open connections to the plan's endpoints, say what this host knows of its
network. Nothing of a run outlives its control connection. Captures need CAP_NET_RAW, ports below 1024
CAP_NET_BIND_SERVICE. Where the topology says agent: "ssh:HOST", `hairpin run` starts the agent itself.

  hairpin agent --name oc01 --listen unix:/run/hairpin/oc01.sock
  hairpin agent --name oc01 --listen 10.99.0.21:7411 --pki /etc/hairpin/pki)";

}  // namespace

void add_agent_command(CLI::App& program, int& status) {
  const auto options = std::make_shared<AgentOptions>();
  auto* command = program.add_subcommand("agent", "The process on each host: probe, responder and capture");
  command->add_option("--name", options->name, "This host's name in the topology")
      ->type_name("HOST")
      ->required();
  auto* listen = command->add_option("--listen", options->listen, "Where `hairpin run` connects to")
                     ->type_name("unix:PATH|ADDR:PORT");
  command
      ->add_flag("--stdio", options->is_stdio,
                 "Serve one run on standard input and output, then end: what `agent: ssh:HOST` starts")
      ->excludes(listen);
  command
      ->add_option("--pki", options->pki_directory,
                   "Directory with ca.crt, HOST.crt and HOST.key, for ADDR:PORT")
      ->type_name("DIR")
      ->needs(listen);
  command
      ->add_option_function<std::int64_t>(
          "--idle-exit",
          [options](const std::int64_t& minutes) { options->idle_exit = std::chrono::minutes(minutes); },
          "End after so long without a run; 0: never [30]")
      ->type_name("MINUTES")
      ->check(CLI::Range(0, 525'600));
  command
      ->add_option("--load-ceiling", options->load_ceiling_file,
                   "What this host lends to loads, JSON; nothing that a coordinator says can raise it")
      ->type_name("FILE")
      ->check(CLI::ExistingFile)  // of what is named; the usual one may be missing
      ->capture_default_str();
  command->add_flag("-q,--quiet", options->is_quiet, "Nothing but errors on stderr");
  command->footer(kFooter);
  command->callback([options, &status] {
    if (options->listen.empty() && !options->is_stdio)
      throw CLI::RequiredError("One of --listen and --stdio");
    status = run_agent(*options);
  });
}

}  // namespace hairpin

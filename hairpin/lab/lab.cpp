// SPDX-License-Identifier: Apache-2.0
#include "hairpin/lab/lab.hpp"

#include <fmt/format.h>

#include <boost/system/errc.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <functional>

#include "base/complain.hpp"
#include "hairpin/agent/agent.hpp"
#include "hairpin/caller/exit_status.hpp"
#include "hairpin/lab/certificates.hpp"
#include "hairpin/load/load.hpp"
#include "hairpin/run/run.hpp"
#include "net/pki.hpp"
#include "topology/f5/input.hpp"
#include "topology/lab/bigip.hpp"
#include "topology/predict/of_topology.hpp"
#include "topology/yaml.hpp"

namespace hairpin {
namespace {

constexpr std::chrono::hours kKeyLifetime{24 * 30};
constexpr const char* kOperator = "operator";  // the name that agents obey: see `hairpin pki init`

int refused(const Error& error) {
  namespace errc = boost::system::errc;
  complain("hairpin lab: {}\n", describe(error));
  if (error.code == errc::invalid_argument || error.code == errc::file_exists ||
      error.code == errc::no_such_process)
    return number(ExitStatus::usage);
  if (error.code == errc::operation_not_permitted || error.code == errc::permission_denied)
    return number(ExitStatus::no_privilege);
  if (error.code == errc::operation_canceled) return number(ExitStatus::interrupted);
  return number(ExitStatus::internal_error);
}

int run_lab_agent(const lab::AgentStart& start) {
  AgentOptions options;
  options.name = start.name;
  options.listen = start.listen;
  options.pki_directory = start.pki_directory;
  options.idle_exit = std::chrono::seconds(0);  // the lab ends it
  return run_agent(options);
}

/// Keys as `hairpin pki` makes them: an authority, the operator, one agent for each host.
Result<> make_keys(const lab::Site& site, const std::string& directory) {
  if (auto made = net::write_authority(directory, "hairpin lab"); !made) return made;
  const net::CertificateRequest person{kOperator, {}, {}, kKeyLifetime, false, true};
  if (auto made = net::write_issued(directory, person, kOperator); !made) return made;
  for (const auto& host : site.hosts) {
    const auto endpoint = parse_endpoint(host.agent);
    if (!endpoint) continue;
    const net::CertificateRequest agent{host.name,    {host.name}, {endpoint->address},
                                        kKeyLifetime, true,        false};
    if (auto made = net::write_issued(directory, agent, host.name); !made) return made;
  }
  return {};
}

Result<std::string> make_service_key(const lab::Site& site) {
  const auto authority = net::make_authority("hairpin lab service", kKeyLifetime);
  if (!authority) return authority.error();
  const net::CertificateRequest service{"pool01.example.com", {"pool01.example.com"}, {site.vip.address},
                                        kKeyLifetime,         true,                   false};
  const auto issued = net::issue(*authority, service);
  if (!issued) return issued.error();
  return issued->certificate_pem + issued->key_pem + authority->certificate_pem;
}

lab::LaunchOptions launch(bool ends_with_caller) {
  lab::LaunchOptions options;
  options.make_service_key = make_service_key;
  options.make_certificates = make_site_certificates;
  options.agent = run_lab_agent;
  options.make_pki = make_keys;
  options.ends_with_caller = ends_with_caller;
  return options;
}

/// The lab's own topology has to be readable; problems are a bug of the lab.
std::optional<Topology> read(const std::string& text) {
  auto reading = read_topology(text);
  for (const auto& problem : reading.problems)
    complain("hairpin lab: {}\n", describe(problem, "topology.yaml"));
  return std::move(reading.topology);
}

/// What the matching BIG-IP configuration says of the site; it has to be readable, as the topology.
std::vector<PredictedPath> predicted(const lab::LabOptions& options, const Topology& topology) {
  const auto site = lab::design_site(options);
  if (!site) return {};
  const auto config = f5::read_config_text("bigip.conf", lab::bigip_configuration(*site));
  if (!config) {
    complain("hairpin lab: {}\n", describe(config.error()));
    return {};
  }
  return f5::predicted_paths(*config, topology);
}

/// Takes the lab down, undisturbed by a second Ctrl-C.
class Teardown {
 public:
  explicit Teardown(lab::LabShelf shelf, std::string name)
      : shelf_(std::move(shelf)), name_(std::move(name)) {}
  Teardown(const Teardown&) = delete;
  Teardown& operator=(const Teardown&) = delete;
  ~Teardown() {
    sigset_t held, before;
    sigemptyset(&held);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&held, signal);
    sigprocmask(SIG_BLOCK, &held, &before);
    if (const auto ended = lab::down(shelf_, name_); !ended) refused(ended.error());
    sigprocmask(SIG_SETMASK, &before, nullptr);
  }

 private:
  lab::LabShelf shelf_;
  std::string name_;
};

/// Builds the site, has it tested and removes it, whatever happens. A dry run gets the topology of a site that is not built.
int in_lab(const lab::LabOptions& options, RunOptions& run_options, const std::function<int(const Topology&)>& test) {
  if (run_options.is_dry_run) {
    auto site = lab::design_site(options);
    if (!site) return refused(site.error());
    for (auto& host : site->hosts)
      if (host.agent.empty() && lab::has_agent(host)) host.agent = "unix:" + host.name;  // as a site that is built has one
    const auto planned = read(lab::declare(*site));
    return planned ? test(*planned) : number(ExitStatus::internal_error);
  }
  const auto launched = launch(true);
  const auto text = lab::up(options, launched);
  if (!text) return refused(text.error());
  const Teardown teardown(launched.shelf, options.name);
  const auto topology = read(*text);
  if (!topology) return number(ExitStatus::internal_error);
  if (options.control == lab::Control::tcp) {
    run_options.pki_directory = lab::pki_directory(launched.shelf, options.name);
    if (auto joined = lab::join(launched.shelf, options.name, "mgmt"); !joined)
      return refused(joined.error());
  }
  return test(*topology);
}

std::string joined(const std::vector<std::string>& list) {
  return list.empty() ? "-" : fmt::format("{}", fmt::join(list, ","));
}

}  // namespace

int show_lab(const lab::LabOptions& options) {
  const auto site = lab::design_site(options);
  if (!site) return refused(site.error());
  fmt::print("{}", lab::describe(*site));
  return number(ExitStatus::passed);
}

int start_lab(const lab::LabOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  const auto launched = launch(false);
  const auto topology = lab::up(options, launched);
  if (!topology) return refused(topology.error());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  const auto folder = launched.shelf.directory + "/" + options.name;
  complain("lab {} is up after {:.2f} s; hairpin lab down {} ends it\n", options.name, took.count(),
             options.name);
  if (options.control == lab::Control::tcp)
    complain("hairpin lab exec --name {0} mgmt -- hairpin run -t {1}/topology.yaml --pki {1}/pki\n",
               options.name, folder);
  else
    complain("hairpin run -t {}/topology.yaml\n", folder);
  fmt::print("{}", *topology);
  return number(ExitStatus::passed);
}

int print_lab_configuration(const lab::LabOptions& options) {
  const auto site = lab::design_site(options);
  if (!site) return refused(site.error());
  fmt::print("{}", lab::bigip_configuration(*site));
  return number(ExitStatus::passed);
}

int run_lab(const lab::LabOptions& options, RunOptions run_options, bool is_compared) {
  return in_lab(options, run_options, [&](const Topology& topology) {
    if (is_compared && !run_options.is_dry_run) run_options.predicted = predicted(options, topology);
    return run_and_report(topology, run_options);
  });
}

int load_lab(const lab::LabOptions& options, LoadOptions load_options) {
  return in_lab(options, load_options.run, [&](const Topology& topology) { return load_and_report(topology, load_options); });
}

int end_lab(const std::string& name) {
  const auto ended = lab::down(lab::default_shelf(), name);
  if (!ended) return refused(ended.error());
  if (!*ended) complain("hairpin lab: there is no lab {}\n", name);
  return number(ExitStatus::passed);
}

int list_labs() {
  for (const auto& each : lab::list(lab::default_shelf()))
    fmt::print("{}  {}  snat {}  {}  control {}  faults {}  hosts {}  since {}\n", each.name, each.mode,
               each.snat, each.family, each.control, joined(each.faults), joined(each.hosts),
               iso8601(each.since, 0));
  return number(ExitStatus::passed);
}

int execute_in_lab(const std::string& name, const std::string& host,
                   const std::vector<std::string>& command) {
  const auto status = lab::execute(lab::default_shelf(), name, host, command);
  return status ? *status : refused(status.error());
}

}  // namespace hairpin

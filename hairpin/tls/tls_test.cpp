// SPDX-License-Identifier: Apache-2.0
#include "hairpin/tls/tls_test.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <charconv>
#include <tuple>

#include "base/complain.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "checks/check.hpp"
#include "hairpin/caller/exit_status.hpp"
#include "hairpin/caller/print.hpp"
#include "hairpin/caller/progress.hpp"
#include "hairpin/caller/topology_file.hpp"
#include "hairpin/tls/questions.hpp"
#include "net/names.hpp"
#include "net/pki.hpp"
#include "net/tls/verify.hpp"
#include "probe/bad_client.hpp"
#include "reports/report.hpp"
#include "topology/plan.hpp"

namespace hairpin {
namespace {

constexpr const char* kHere = "this-host";
constexpr milliseconds kNameLimit{5'000};
constexpr std::size_t kMostAddresses = 8;
constexpr std::size_t kMostPolicyBytes = 64 * 1024;

int refused(const Error& error) {
  complain("hairpin: {}\n", describe(error));
  return number(ExitStatus::usage);
}

/// A name that ends with the dot of the root is the same name; neither SNI nor certificates have that dot (RFC 6066 §3).
std::string without_final_dot(std::string name) {
  if (name.size() > 1 && name.ends_with('.')) name.pop_back();
  return name;
}

TlsTest without_final_dot(TlsTest test) {
  test.name = without_final_dot(std::move(test.name));
  test.other_name = without_final_dot(std::move(test.other_name));
  return test;
}

Result<std::optional<TlsPolicy>> policy_of(const std::string& wanted) {
  if (wanted.empty()) return std::optional<TlsPolicy>();
  if (const auto* known = find_tls_policy(wanted)) return std::optional(*known);
  std::string names;
  for (const auto& policy : tls_policies()) names += (names.empty() ? "" : ", ") + policy.name;
  const auto text = read_file(wanted, kMostPolicyBytes);
  if (!text) return Error{text.error().code, text.error().doing, "name a policy file, or one of " + names};
  auto policy = read_tls_policy(*text, wanted);
  if (!policy) return policy.error();
  return std::optional(std::move(*policy));
}

Result<std::shared_ptr<const net::Anchors>> anchors_of(const std::string& file, const std::string& list_file) {
  Result<net::Anchors> anchors = net::Anchors::of_the_system();
  if (!file.empty()) {
    const auto pem = net::read_trusted_file(file);
    if (!pem) return pem.error();
    anchors = net::Anchors::read(*pem, file);
  }
  if (!anchors) return anchors.error();
  if (!list_file.empty()) {
    const auto lists = net::read_list_file(list_file);
    if (!lists) return lists.error();
    if (const auto added = anchors->add_revocation_lists(*lists, list_file); !added) return added.error();
  }
  return std::make_shared<const net::Anchors>(std::move(*anchors));
}

/// Each pair of files that the user has named.
Result<probe::ClientMaterial> client_material_of(const TlsTest& test) {
  probe::ClientMaterial material;
  const std::tuple<const std::string&, const std::string&, net::Identity&> kPairs[] = {
      {test.certificate_file, test.key_file, material.sound},
      {test.client_ca_file, test.client_ca_key_file, material.authority},
      {test.revoked_file, test.revoked_key_file, material.revoked}};
  for (const auto& [certificate, key, into] : kPairs) {
    if (certificate.empty()) continue;
    auto identity = net::read_identity(certificate, key);
    if (!identity) return identity.error();
    into = std::move(*identity);
  }
  return material;
}

Result<probe::Questioner> questioner_of(const TlsTest& test, const ServerAddress& server) {
  probe::Questioner questioner;
  questioner.server_name = test.name.empty() ? without_final_dot(server.host) : test.name;
  if (!test.other_name.empty()) questioner.other_name = test.other_name;
  auto anchors = anchors_of(test.ca_file, test.list_file);
  if (!anchors) return anchors.error();
  questioner.anchors = std::move(*anchors);
  auto material = client_material_of(test);
  if (!material) return material.error();
  questioner.identity = material->sound;
  if (!questioner.identity.certificate_pem.empty()) questioner.clients = probe::unusual_clients(*material);
  return questioner;
}

net::Task<> resolve_into(std::string host, Result<std::vector<IpAddress>>& addresses) {
  auto work = net::resolve(std::move(host), kNameLimit);
  addresses = co_await std::move(work);
}

Result<std::vector<IpAddress>> addresses_of(const std::string& host, std::optional<Family> only) {
  Result<std::vector<IpAddress>> addresses = std::vector<IpAddress>();
  if (const auto literal = parse_address(host)) {
    addresses->push_back(*literal);
  } else {
    boost::asio::io_context loop(1);
    net::spawn(loop.get_executor(), resolve_into(host, addresses));
    loop.run();
  }
  if (!addresses) return addresses.error();
  std::erase_if(*addresses, [&](const IpAddress& address) { return only && address.family != *only; });
  if (addresses->empty()) return refusal(host + " has no address" + (only ? " of the wanted family" : ""), "see the name, and -4 or -6");
  if (addresses->size() > kMostAddresses) addresses->resize(kMostAddresses);
  return addresses;
}

/// What findings call the server: its host, and which of its addresses where it has several, because ids are unique.
std::string name_of(const ServerAddress& server, const std::vector<IpAddress>& addresses, const IpAddress& address) {
  return addresses.size() == 1 ? server.host : server.host + "@" + to_string(address);
}

/// A pool for each address, of which nothing is known but where it is: no other check finds anything to judge there.
Topology topology_of(const TlsTest& test, const ServerAddress& server, const std::vector<IpAddress>& addresses,
                     std::optional<TlsPolicy> policy) {
  VirtualServer virtual_server;
  virtual_server.name = std::to_string(server.port);
  virtual_server.port = server.port;
  virtual_server.expect.tls_policy = std::move(policy);
  virtual_server.expect.mutual_tls = test.mutual;
  Topology topology;
  topology.name = test.server;
  for (const auto& address : addresses) {
    auto& pool = topology.pools.emplace_back();
    pool.name = name_of(server, addresses, address);
    pool.vips = {address};
    pool.virtual_servers = {virtual_server};
  }
  return topology;
}

probe::Order order_of(const TlsTest& test, const ServerAddress& server, std::string name, const IpAddress& address,
                      const std::string& run) {
  probe::Order order;
  order.target = {std::move(name), std::to_string(server.port), "", Endpoint{address, server.port}};
  order.server_name = test.name.empty() && !parse_address(server.host) ? without_final_dot(server.host) : test.name;
  order.method = "GET";
  order.path = test.path;
  order.limit = test.limit;
  order.patience = test.patience;
  order.run = run;
  return order;
}

Result<std::vector<ProbeObservation>> ask_everywhere(const TlsTest& test, const ServerAddress& server,
                                                     const std::vector<IpAddress>& addresses, const std::string& run,
                                                     bool is_quiet) {
  auto questioner = questioner_of(test, server);
  if (!questioner) return questioner.error();
  Progress progress(is_quiet);
  std::vector<ProbeObservation> answers;
  for (const auto& address : addresses) {
    boost::asio::io_context loop(1);
    TlsQuestions questions(*questioner, order_of(test, server, name_of(server, addresses, address), address, run), attempts_to_cover(test.members), kHere, progress);
    net::spawn(loop.get_executor(), questions.ask_all());
    loop.run();
    if (questions.failure()) return *questions.failure();
    answers.insert(answers.end(), questions.answers().begin(), questions.answers().end());
  }
  progress.clear();
  return answers;
}

}  // namespace

Result<ServerAddress> parse_server(const std::string& text) {
  const auto colon = text.rfind(':');
  const std::string mend = "write HOST:PORT, ADDRESS:PORT or [ADDRESS]:PORT";
  if (colon == std::string::npos || colon == 0) return refusal("find a port in \"" + printable(text) + "\"", mend);
  ServerAddress server;
  server.host = text.substr(0, colon);
  const bool is_bracketed = server.host.front() == '[' && server.host.back() == ']';
  if (is_bracketed) server.host = server.host.substr(1, server.host.size() - 2);
  if (server.host.find(':') != std::string::npos && !is_bracketed)
    return refusal("tell address and port of \"" + printable(text) + "\" apart", mend);
  if (is_bracketed && !parse_address(server.host)) return refusal("read the address in \"" + printable(text) + "\"", mend);
  const char* const begin = text.data() + colon + 1;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(begin, end, server.port);
  if (error != std::errc() || stop != end || server.port == 0 || server.host.empty())
    return refusal("read the port of \"" + printable(text) + "\"", mend);
  return server;
}

Result<> check_path(const std::string& path) {
  const bool is_fit = path.starts_with('/') && std::all_of(path.begin(), path.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
  if (is_fit) return {};
  return refusal("ask for --path \"" + printable(path) + "\"", "begin it with /, and write blanks and what is not ASCII as %20 and the like");
}

int test_tls(const TlsTest& wanted, const RunOptions& options) {
  const auto test = without_final_dot(wanted);
  const auto server = parse_server(test.server);
  if (!server) return refused(server.error());
  if (const auto path = check_path(test.path); !path) return refused(path.error());
  auto policy = policy_of(test.policy);
  if (!policy) return refused(policy.error());
  const auto addresses = addresses_of(server->host, options.only_family);
  if (!addresses) return refused(addresses.error());
  const auto topology = topology_of(test, *server, *addresses, std::move(*policy));
  const auto began = std::chrono::steady_clock::now();
  RunFacts facts{new_run_id(), system_clock().wall(), 0, kVersion, options.only_family};
  auto answers = ask_everywhere(test, *server, *addresses, facts.id, options.is_quiet);
  if (!answers) return refused(answers.error());
  Observations observations;
  observations.probes = std::move(*answers);
  facts.duration_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  auto run = checks::judge(topology, Plan(), observations);
  run.run = facts;
  for (auto& diagnosis : run.diagnoses)
    if (diagnosis.remedy.verify.starts_with("hairpin tls ")) diagnosis.remedy.verify = command_of(wanted);
  fmt::print("{}", shown(run, {options.format, options.is_quiet, options.is_verbose}));
  if (options.format == "nagios") return reports::nagios_status(run);
  return number(exit_status(run, observations, options.is_strict));
}

}  // namespace hairpin

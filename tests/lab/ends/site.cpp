// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/ends/site.hpp"

#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "net/pki.hpp"

namespace hairpin::ends {
namespace {

bool has_own_network = false;

/// A new namespace has a loopback interface that is down.
bool enter_own_network() {
  if (::unshare(CLONE_NEWNET) < 0) return false;
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::snprintf(request.ifr_name, sizeof request.ifr_name, "lo");
  if (::ioctl(socket.get(), SIOCGIFFLAGS, &request) < 0) return false;
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  return ::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0;
}

net::Identity issue(const net::Identity& authority, const std::string& name) {
  net::CertificateRequest request;
  request.common_name = name;
  request.dns_names = {name};
  request.addresses = {*parse_address("127.0.0.1"), *parse_address("::1")};
  return net::issue(authority, request).value();
}

Pki make_pki() {
  const auto authority = net::make_authority("hairpin test", std::chrono::hours(1)).value();
  return {authority.certificate_pem, issue(authority, "pool01.example.com"),
          issue(authority, "oc01.example.com")};
}

Task<> accept_all(std::shared_ptr<net::Acceptor> acceptor, net::Executor executor,
                  Task<> (*serve)(net::StreamPtr)) {
  while (true) {
    auto stream = co_await acceptor->accept();
    if (!stream) co_return;
    net::spawn(executor, serve(std::move(*stream)));
  }
}

}  // namespace

const Pki& pki() {
  static const Pki made = make_pki();
  return made;
}

net::TlsContext server_tls(net::ClientCertificates client_certificates) {
  net::TlsServerSettings settings;
  settings.identity = pki().server;
  settings.client_certificates = client_certificates;
  if (client_certificates != net::ClientCertificates::none) settings.trusted_pem = pki().authority_pem;
  return net::TlsContext::server(settings).value();
}

net::TlsContext client_tls(bool with_certificate) {
  net::TlsClientSettings settings;
  if (with_certificate) settings.identity = pki().client;
  settings.trusted_pem = pki().authority_pem;
  settings.server_name = "pool01.example.com";
  return net::TlsContext::client(settings).value();
}

net::TlsContext client_tls_for(const std::string& server_name) {
  net::TlsClientSettings settings;
  settings.trusted_pem = pki().authority_pem;
  settings.server_name = server_name;
  return net::TlsContext::client(settings).value();
}

Site::~Site() {
  responder.reset();
  for (const auto& acceptor : acceptors_) acceptor->cancel();
  run_for(milliseconds(50));
}

void Site::run_for(milliseconds time) {
  loop_.restart();
  loop_.run_for(time);
}

void Site::wait_for_observations(std::size_t count) {
  const auto deadline = system_clock().steady() + milliseconds(2000);
  loop_.restart();
  while (observations.size() < count && system_clock().steady() < deadline) loop_.run_one_until(deadline);
}

Endpoint Site::serve(Task<> (*one)(net::StreamPtr)) {
  const Endpoint anywhere{*parse_address("127.0.0.1"), 0};
  const std::shared_ptr<net::Acceptor> acceptor = net::listen_tcp(executor(), anywhere).value();
  acceptors_.push_back(acceptor);
  net::spawn(executor(), accept_all(acceptor, executor(), one));
  return acceptor->local();
}

Endpoint Site::respond(net::TlsContext tls, responder::Settings settings, Family family) {
  auto started = responder::Responder::start(
      executor(), std::move(settings), std::move(tls),
      [this](ResponderObservation seen) { observations.push_back(std::move(seen)); });
  responder = std::move(started).value();
  const auto* const address = family == Family::ipv4 ? "127.0.0.1" : "::1";
  return {*parse_address(address), responder->port()};
}

Endpoint Site::listen_deaf() {
  Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ::listen(listener.get(), 0);
  const auto endpoint = net::local_endpoint(listener.get()).value();
  const Endpoint here{*parse_address("127.0.0.1"), endpoint.port};
  for (int i = 0; i < 4; ++i)
    sockets_.push_back(std::move(net::begin_connect(net::Dial(here)).value().socket));
  sockets_.push_back(std::move(listener));
  run_for(milliseconds(20));
  return here;
}

ProbeObservation Site::probe(const probe::Order& order, const net::TlsContext& tls) {
  probe::Interruption interruption;
  const auto on_dialled = [this](const Tuple& tuple) { dialled.push_back(tuple); };
  return run(probe::run(order, tls, "oc01", interruption, on_dialled));
}

Task<net::StreamPtr> dial(Endpoint to) {
  const net::Dial target(to);
  auto begun = net::begin_connect(target);
  auto stream = co_await net::finish_connect(std::move(*begun));
  co_return std::move(*stream);
}

probe::Order order_to(const Endpoint& endpoint, Depth depth) {
  probe::Order order;
  order.trip = TripId::random();
  order.target.pool = "pool01";
  order.target.endpoint = endpoint;
  order.depth = depth;
  order.server_name = "pool01.example.com";
  order.limit = milliseconds(1000);
  return order;
}

std::vector<Phase> phases_of(const ProbeObservation& observation) {
  std::vector<Phase> result;
  for (const auto& phase : observation.phases) result.push_back(phase.phase);
  return result;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

std::optional<std::uint64_t> resets_sent() {
  if (!has_own_network) return {};
  std::ifstream file("/proc/thread-self/net/snmp");
  std::string names, values;
  while (std::getline(file, names) && std::getline(file, values)) {
    if (!names.starts_with("Tcp:")) continue;
    std::istringstream name(names), value(values);
    for (std::string key, number; name >> key && value >> number;)
      if (key == "OutRsts") return std::stoull(number);
  }
  return {};
}

}  // namespace hairpin::ends

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  hairpin::ends::has_own_network = hairpin::ends::enter_own_network();
  return RUN_ALL_TESTS();
}

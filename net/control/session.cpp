// SPDX-License-Identifier: Apache-2.0
#include "net/control/session.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <list>
#include <map>

namespace hairpin::control {

namespace {

constexpr const char* kUnixPeer = "unix";

/// A peer that has not yet proved who it is.
struct Handshake {
  IpAddress from;  ///< of IPv6 the /64: one host may have all of it
  std::shared_ptr<net::Cancellation> cancellation;
};

/// What the loop that accepts, the handshakes that it started and the owner share.
struct Service {
  std::unique_ptr<net::Acceptor> acceptor;
  net::TlsContext tls;
  OnStream on_stream;
  ServeLimits limits;
  bool is_stopped = false;
  std::list<Handshake> handshakes;  ///< oldest first
};
using ServicePtr = std::shared_ptr<Service>;

net::Task<> authenticate(ServicePtr service, net::StreamPtr stream) {
  auto handshake = net::handshake_as_server(std::move(stream), service->tls);
  auto done = co_await net::handshake_within(service->limits.handshake, std::move(handshake));
  if (!done.stream || service->is_stopped) co_return;
  // OpenSSL verified the chain. That there is a certificate at all is asked again: it is the only lock of
  // this door.
  if (done.session.facts.peer_certificate_sha256.empty()) co_return;
  service->on_stream(std::move(done.stream), done.session.peer_subject);
}

/// Forgets a handshake when its coroutine ends, however it ends.
class Entry {
 public:
  Entry(ServicePtr service, std::shared_ptr<net::Cancellation> cancellation)
      : service_(std::move(service)), cancellation_(std::move(cancellation)) {}
  Entry(Entry&&) = default;
  Entry& operator=(Entry&&) = delete;
  ~Entry() {
    if (service_)
      std::erase_if(service_->handshakes,
                    [this](const auto& each) { return each.cancellation == cancellation_; });
  }

 private:
  ServicePtr service_;
  std::shared_ptr<net::Cancellation> cancellation_;
};

net::Task<> authenticate_and_forget(ServicePtr service, net::StreamPtr stream, Entry entry) {
  const Entry here = std::move(entry);
  auto work = authenticate(std::move(service), std::move(stream));
  co_await std::move(work);
}

IpAddress origin_of(const net::Stream& stream) {
  auto peer = net::peer_endpoint(stream.descriptor());
  if (!peer) return {};  // it has gone already
  auto& address = peer->address;
  if (address.family == Family::ipv6)
    std::fill(address.bytes.begin() + 8, address.bytes.end(), std::uint8_t{0});
  return address;
}

/// Ends the oldest handshake of the origin that has the most: whoever floods the agent drives out himself.
void make_room(std::list<Handshake>& handshakes) {
  std::map<IpAddress, std::size_t> count;
  for (const auto& each : handshakes) ++count[each.from];
  const auto has_less = [&count](const auto& left, const auto& right) {
    return count[left.from] < count[right.from];
  };
  const auto oldest = std::max_element(handshakes.begin(), handshakes.end(), has_less);
  if (oldest == handshakes.end()) return;
  const auto cancellation = oldest->cancellation;
  handshakes.erase(oldest);
  cancellation->cancel();
}

void start_handshake(const net::Executor& executor, const ServicePtr& service, net::StreamPtr stream) {
  auto& handshakes = service->handshakes;
  if (handshakes.size() >= service->limits.most_handshakes) make_room(handshakes);
  auto cancellation = std::make_shared<net::Cancellation>();
  handshakes.push_back({origin_of(*stream), cancellation});
  Entry entry(service, cancellation);
  net::spawn(executor, authenticate_and_forget(service, std::move(stream), std::move(entry)),
             std::move(cancellation));
}

net::Task<> accept_unix(ServicePtr service) {
  while (!service->is_stopped) {
    auto stream = co_await service->acceptor->accept();
    if (!stream || service->is_stopped) co_return;
    service->on_stream(std::move(*stream), kUnixPeer);
  }
}

net::Task<> accept_tcp(net::Executor executor, ServicePtr service) {
  while (!service->is_stopped) {
    auto stream = co_await service->acceptor->accept();
    if (!stream || service->is_stopped) co_return;
    start_handshake(executor, service, std::move(*stream));
  }
}

class LoopServer : public Server {
 public:
  explicit LoopServer(ServicePtr service) : service_(std::move(service)) {}
  ~LoopServer() override {
    service_->is_stopped = true;
    const auto handshakes = std::exchange(service_->handshakes, {});
    for (const auto& handshake : handshakes) handshake.cancellation->cancel();
    // The coroutine in `accept` shares the socket, not the acceptor: closing it is how it learns.
    service_->acceptor.reset();
  }
  Endpoint local() const override { return service_->acceptor->local(); }

 private:
  ServicePtr service_;
};

}  // namespace

Result<net::TlsContext> agent_tls(const net::PkiFiles& files) {
  net::TlsServerSettings settings;
  settings.identity = files.identity;
  settings.client_certificates = net::ClientCertificates::required;
  settings.trusted_pem = files.authority_pem;
  settings.only_tls13 = true;
  return net::TlsContext::server(settings);
}

Result<net::TlsContext> coordinator_tls(const net::PkiFiles& files, const std::string& agent_name) {
  net::TlsClientSettings settings;
  settings.identity = files.identity;
  settings.trusted_pem = files.authority_pem;
  settings.server_name = agent_name;
  settings.only_tls13 = true;
  if (settings.trusted_pem.empty())
    return refusal("set up TLS for agents: there is no authority to verify them with");
  return net::TlsContext::client(settings);
}

net::Task<Result<net::StreamPtr>> dial_unix(std::string path) {
  auto stream = co_await net::connect_unix(std::move(path));
  co_return stream;
}

net::Task<Result<net::StreamPtr>> dial_tcp(Endpoint to, net::TlsContext tls) {
  const net::Dial dial(to);
  auto connecting = net::begin_connect(dial);
  if (!connecting) co_return connecting.error();
  auto stream = co_await net::finish_connect(std::move(*connecting));
  if (!stream) co_return stream.error();
  auto handshake = co_await net::handshake_as_client(std::move(*stream), std::move(tls));
  if (handshake.stream) co_return net::StreamPtr(std::move(handshake.stream));
  co_return Error{handshake.code,
                  "agree on TLS with the agent at " + to_string(to) + " (" + handshake.session.error + ")",
                  "both ends need certificates of the same authority: hairpin pki"};
}

Result<ServerPtr> serve_tcp(const net::Executor& executor, const Endpoint& at, net::TlsContext tls,
                            OnStream on_stream, ServeLimits limits) {
  if (!tls.verifies_peer()) return refusal("serve agents over TCP without verifying who connects");
  auto acceptor = net::listen_tcp(executor, at);
  if (!acceptor) return acceptor.error();
  auto service = std::make_shared<Service>();
  service->acceptor = std::move(*acceptor);
  service->tls = std::move(tls);
  service->on_stream = std::move(on_stream);
  service->limits = limits;
  net::spawn(executor, accept_tcp(executor, service));
  return ServerPtr(std::make_unique<LoopServer>(std::move(service)));
}

Result<ServerPtr> serve_unix(const net::Executor& executor, const std::string& path, OnStream on_stream) {
  auto acceptor = net::listen_unix(executor, path);
  if (!acceptor) return acceptor.error();
  auto service = std::make_shared<Service>();
  service->acceptor = std::move(*acceptor);
  service->on_stream = std::move(on_stream);
  net::spawn(executor, accept_unix(service));
  return ServerPtr(std::make_unique<LoopServer>(std::move(service)));
}

}  // namespace hairpin::control

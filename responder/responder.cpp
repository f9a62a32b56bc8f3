// SPDX-License-Identifier: Apache-2.0
#include "responder/responder.hpp"

#include <fmt/format.h>

#include <boost/asio/error.hpp>
#include <set>
#include <utility>
#include <vector>

#include "responder/connection.hpp"

namespace hairpin::responder {
namespace {

using net::Task;

/// What the responder and its coroutines share: a coroutine may outlive the responder by a turn of the loop.
struct Service {
  Settings settings;
  net::TlsContext tls;
  Responder::OnObservation on_observation;  ///< empty once the responder is gone
  std::set<std::shared_ptr<Connection>> open;
  std::set<std::shared_ptr<Connection>> reported;  ///< of the open ones: by flush

  bool is_over() const { return !on_observation; }

  void report(const std::shared_ptr<Connection>& connection) {
    if (is_over() || !reported.insert(connection).second) return;
    const auto tell = on_observation;  // who is told may destroy the responder, and with it the function
    tell(connection->observation());
  }
  void forget(const std::shared_ptr<Connection>& connection) {
    open.erase(connection);
    reported.erase(connection);
  }
};

Task<> serve(std::shared_ptr<Service> service, std::shared_ptr<Connection> connection) {
  co_await connection->serve();
  service->report(connection);
  service->forget(connection);
}

void take(const net::Executor& executor, const std::shared_ptr<Service>& service, net::StreamPtr stream) {
  const auto& settings = service->settings;
  const auto connection =
      std::make_shared<Connection>(settings.name, settings.header_limit, service->tls, std::move(stream));
  if (service->open.size() < settings.most_connections) {
    service->open.insert(connection);
    net::spawn(executor, serve(service, connection));
    return;
  }
  connection->refuse(fmt::format("{} connections are open, more are not allowed", settings.most_connections));
  service->report(connection);
  service->forget(connection);
}

Task<> accept_all(net::Executor executor, std::shared_ptr<Service> service,
                  std::shared_ptr<net::Acceptor> acceptor) {
  while (!service->is_over()) {
    auto stream = co_await acceptor->accept();
    if (service->is_over()) break;
    if (stream)
      take(executor, service, std::move(*stream));
    else if (stream.error().code == boost::asio::error::operation_aborted)
      break;
    else
      co_await net::sleep_for(milliseconds(50));  // whatever it is, it must not become a busy loop
  }
}

class Listening final : public Responder {
 public:
  Listening(const net::Executor& executor, std::shared_ptr<Service> service,
            std::vector<std::shared_ptr<net::Acceptor>> acceptors)
      : service_(std::move(service)), acceptors_(std::move(acceptors)) {
    for (const auto& acceptor : acceptors_) net::spawn(executor, accept_all(executor, service_, acceptor));
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  ~Listening() override {
    service_->on_observation = nullptr;
    for (const auto& acceptor : acceptors_) acceptor->cancel();
    for (const auto& connection : service_->open) connection->stop();
  }

  void flush() override {
    const auto open = service_->open;  // who is told may do anything
    for (const auto& connection : open) service_->report(connection);
  }
  std::uint16_t port() const override { return acceptors_.front()->local().port; }

 private:
  std::shared_ptr<Service> service_;
  std::vector<std::shared_ptr<net::Acceptor>> acceptors_;
};

bool is_without_ipv6(const Error& error) {
  return error.code == boost::system::errc::address_family_not_supported ||
         error.code == boost::system::errc::address_not_available;
}

}  // namespace

Result<std::unique_ptr<Responder>> Responder::start(const net::Executor& executor, Settings settings,
                                                    net::TlsContext tls, OnObservation on_observation) {
  const Endpoint anywhere4{IpAddress{Family::ipv4, {}}, settings.port};
  auto ipv4 = net::listen_tcp(executor, anywhere4);
  if (!ipv4) return ipv4.error();
  std::vector<std::shared_ptr<net::Acceptor>> acceptors;
  acceptors.push_back(std::move(*ipv4));

  const Endpoint anywhere6{IpAddress{Family::ipv6, {}}, acceptors.front()->local().port};
  auto ipv6 = net::listen_tcp(executor, anywhere6);
  if (!ipv6 && !is_without_ipv6(ipv6.error())) return ipv6.error();
  if (ipv6) acceptors.push_back(std::move(*ipv6));

  auto service = std::make_shared<Service>();
  service->settings = std::move(settings);
  service->tls = std::move(tls);
  service->on_observation = std::move(on_observation);
  return std::unique_ptr<Responder>(
      std::make_unique<Listening>(executor, std::move(service), std::move(acceptors)));
}

}  // namespace hairpin::responder

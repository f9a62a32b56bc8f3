// SPDX-License-Identifier: Apache-2.0
#include "responder/responder.hpp"

#include <fmt/format.h>

#include <boost/asio/error.hpp>
#include <set>
#include <utility>
#include <vector>

#include "responder/connection.hpp"
#include "responder/load/service.hpp"

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
    if (is_over() || connection->is_resting() || !reported.insert(connection).second) return;
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
  while (connection->goes_on()) {
    service->report(connection);
    service->reported.erase(connection);
    co_await connection->serve();
  }
  service->report(connection);
  service->forget(connection);
}

void take(const net::Executor& executor, const std::shared_ptr<Service>& service,
          const std::shared_ptr<Connection>& connection) {
  const auto& settings = service->settings;
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
      take(executor, service, std::make_shared<Connection>(service->settings, service->tls, std::move(*stream)));
    else if (stream.error().code == boost::asio::error::operation_aborted)
      break;
    else
      co_await net::sleep_for(milliseconds(50));  // whatever it is, it must not become a busy loop
  }
}

class Listening final : public Responder {
 public:
  Listening(std::shared_ptr<Service> service, std::uint16_t port) : service_(std::move(service)), port_(port) {}
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  Result<> accept_with_coroutines(const net::Executor& executor, std::vector<Descriptor> listeners) {
    for (auto& listener : listeners) {
      auto acceptor = net::accept_on(executor, std::move(listener));
      if (!acceptor) return acceptor.error();
      acceptors_.push_back(std::move(*acceptor));
    }
    for (const auto& acceptor : acceptors_) net::spawn(executor, accept_all(executor, service_, acceptor));
    return {};
  }
  Result<> accept_for_load(const net::Executor& executor, std::vector<Descriptor> listeners) {
    const auto& settings = service_->settings;
    LoadService::Wanted wanted{settings.name, port_, service_->tls, settings.header_limit, *settings.load, {}, {}};
    wanted.on_heard = [executor, weak = std::weak_ptr(service_)](Heard heard) {
      const auto service = weak.lock();
      if (!service || service->is_over()) return;
      take(executor, service, std::make_shared<Connection>(service->settings, std::move(heard)));
    };
    wanted.on_observation = service_->on_observation;
    auto started = LoadService::start(executor, std::move(listeners), std::move(wanted));
    if (!started) return started.error();
    load_ = std::move(*started);
    return {};
  }
  ~Listening() override {
    load_.reset();
    service_->on_observation = nullptr;
    for (const auto& acceptor : acceptors_) acceptor->cancel();
    for (const auto& connection : service_->open) connection->stop();
  }

  void flush() override {
    const auto service = service_;  // who is told may do anything
    const auto open = service->open;
    if (load_) load_->flush();
    for (const auto& connection : open) service->report(connection);
  }
  std::uint16_t port() const override { return port_; }
  std::optional<LoadCounts> load() const override {
    if (!load_) return {};
    return load_->counts();
  }
  void use(net::TlsContext tls) override { service_->tls = std::move(tls); }
  void keep_connections(bool keeps) override {
    service_->settings.keeps_connections = keeps;
    if (keeps) return;
    const auto open = service_->open;
    for (const auto& connection : open)
      if (connection->is_resting()) connection->stop();
  }

 private:
  std::shared_ptr<Service> service_;
  std::uint16_t port_;
  std::vector<std::shared_ptr<net::Acceptor>> acceptors_;
  std::unique_ptr<LoadService> load_;
};

bool is_without_ipv6(const Error& error) {
  return error.code == boost::system::errc::address_family_not_supported ||
         error.code == boost::system::errc::address_not_available;
}

/// On both wildcard addresses; on IPv4 alone where there is no IPv6.
Result<std::vector<Descriptor>> open_listeners(std::uint16_t port) {
  std::vector<Descriptor> listeners;
  auto ipv4 = net::open_listener(Endpoint{IpAddress{Family::ipv4, {}}, port});
  if (!ipv4) return ipv4.error();
  const auto local = net::local_endpoint(ipv4->get());
  if (!local) return local.error();
  listeners.push_back(std::move(*ipv4));
  auto ipv6 = net::open_listener(Endpoint{IpAddress{Family::ipv6, {}}, local->port});
  if (!ipv6 && !is_without_ipv6(ipv6.error())) return ipv6.error();
  if (ipv6) listeners.push_back(std::move(*ipv6));
  return listeners;
}

}  // namespace

Result<std::unique_ptr<Responder>> Responder::start(const net::Executor& executor, Settings settings,
                                                    net::TlsContext tls, OnObservation on_observation) {
  auto listeners = open_listeners(settings.port);
  if (!listeners) return listeners.error();
  const auto local = net::local_endpoint(listeners->front().get());
  if (!local) return local.error();
  const bool serves_load = settings.load.has_value();
  auto service = std::make_shared<Service>();
  service->settings = std::move(settings);
  service->tls = std::move(tls);
  service->on_observation = std::move(on_observation);
  auto listening = std::make_unique<Listening>(std::move(service), local->port);
  const auto accepting = serves_load ? listening->accept_for_load(executor, std::move(*listeners))
                                     : listening->accept_with_coroutines(executor, std::move(*listeners));
  if (!accepting) return accepting.error();
  return std::unique_ptr<Responder>(std::move(listening));
}

}  // namespace hairpin::responder

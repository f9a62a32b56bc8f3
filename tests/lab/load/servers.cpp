// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/load/servers.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstring>
#include <tuple>
#include <vector>

#include "net/sockaddr.hpp"
#include "net/tls/context.hpp"
#include "responder/responder.hpp"

namespace hairpin::load_lab {

std::pair<Descriptor, Endpoint> listen_on(const IpAddress& its_address) {
  Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  std::memcpy(&address.sin_addr, its_address.bytes.data(), sizeof address.sin_addr);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  EXPECT_EQ(::listen(listener.get(), 1024), 0);
  EXPECT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  return {std::move(listener), Endpoint{its_address, ntohs(address.sin_port)}};
}

std::string ok(const std::string& body, const std::string& fields) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body;
}

PlainServer::PlainServer(Answer answer, const IpAddress& its_address, std::string late)
    : answer_(std::move(answer)), late_(std::move(late)) {
  std::tie(listener_, endpoint_) = listen_on(its_address);
  thread_ = std::thread([this] { serve(); });
}

PlainServer::~PlainServer() {
  is_over_ = true;
  thread_.join();
}

void PlainServer::serve() {
  std::vector<pollfd> open{{listener_.get(), POLLIN, 0}};
  while (!is_over_) {
    if (::poll(open.data(), open.size(), 20) <= 0) continue;
    if ((open.front().revents & POLLIN) != 0) open.push_back({::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC), 0, 0});
    for (std::size_t i = 1; i < open.size(); ++i)
      if (open[i].revents != 0 && !answer(open[i].fd)) {
        ::close(open[i].fd);
        open[i].fd = -1;
      }
    std::erase_if(open, [](const pollfd& each) { return each.fd < 0; });
    for (auto& each : open) each.events = POLLIN;
  }
  for (std::size_t i = 1; i < open.size(); ++i) ::close(open[i].fd);
}

/// False when the connection is over. Requests of a load come whole.
bool PlainServer::answer(int connection) {
  std::array<char, 4096> bytes{};
  const auto count = ::recv(connection, bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  const std::string_view request(bytes.data(), static_cast<std::size_t>(count));
  const auto text = answer_(++requests_);
  if (text == "-") return true;
  if (text.empty()) return false;
  const bool ends_later = text.front() == '~';
  const auto answer = std::string_view(text).substr(ends_later ? 1 : 0);
  ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
  if (ends_later) std::this_thread::sleep_for(milliseconds(20));
  if (ends_later) ::send(connection, late_.data(), late_.size(), MSG_NOSIGNAL);
  return !ends_later && request.find("Connection: close") == std::string_view::npos;
}

Dribble::Dribble(const Endpoint& to) : to_(to) {
  std::tie(listener_, endpoint_) = listen_on(kLoopback);
  thread_ = std::jthread([this](const std::stop_token& over) {
    while (!over.stop_requested()) {
      pollfd waiting{listener_.get(), POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      if (const Descriptor from(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)); from) carry(over, from.get());
    }
  });
}

Dribble::~Dribble() = default;  // the thread first

void Dribble::carry(const std::stop_token& over, int from) {
  constexpr std::size_t kPieceBytes = 4'099;
  const Descriptor there(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = net::to_socket_address(to_);
  if (::connect(there.get(), address.get(), address.length) < 0) return;
  const int no_delay = 1;
  ::setsockopt(from, IPPROTO_TCP, TCP_NODELAY, &no_delay, sizeof no_delay);
  std::array<pollfd, 2> ends{{{from, POLLIN, 0}, {there.get(), POLLIN, 0}}};
  std::array<char, kPieceBytes> piece{};
  while (!over.stop_requested()) {
    if (::poll(ends.data(), ends.size(), 20) <= 0) continue;
    for (const std::size_t i : {0U, 1U}) {
      if (ends.at(i).revents == 0) continue;
      const auto count = ::recv(ends.at(i).fd, piece.data(), piece.size(), 0);
      if (count <= 0 || ::send(ends.at(1 - i).fd, piece.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL) != count) return;
      if (i == 1) std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  }
}

RecordServer::RecordServer(Answer answer) : answer_(std::move(answer)), context_(SSL_CTX_new(TLS_server_method())) {
  const auto authority = net::make_authority("load lab", std::chrono::hours(1)).value();
  const auto identity = net::issue(authority, {"load.example", {"load.example"}, {}, std::chrono::hours(1), true, false}).value();
  EXPECT_TRUE(net::use_identity(context_.get(), identity));
  std::tie(listener_, endpoint_) = listen_on(kLoopback);
  thread_ = std::jthread([this](const std::stop_token& over) { serve(over); });
}

RecordServer::~RecordServer() = default;  // the thread first

void RecordServer::serve(const std::stop_token& over) {
  while (!over.stop_requested()) {
    pollfd waiting{listener_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, 20) <= 0) continue;
    if (const Descriptor from(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)); from) serve(from.get());
  }
}

void RecordServer::serve(int connection) {
  const int no_delay = 1;  // else what is not corked waits for what acknowledges the tickets
  ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &no_delay, sizeof no_delay);
  const Handle<SSL, SSL_free> tls(SSL_new(context_.get()));
  SSL_set_fd(tls.get(), connection);
  if (SSL_accept(tls.get()) != 1) return;
  std::array<char, 4096> request{};
  while (SSL_read(tls.get(), request.data(), static_cast<int>(request.size())) > 0) answer(tls.get(), connection);
}

void RecordServer::answer(SSL* tls, int connection) {
  const auto cork = [connection](int is_on) { ::setsockopt(connection, IPPROTO_TCP, TCP_CORK, &is_on, sizeof is_on); };
  cork(1);
  for (const auto& record : answer_.records) SSL_write(tls, record.data(), static_cast<int>(record.size()));
  if (answer_.is_late) {
    cork(0);
    std::this_thread::sleep_for(milliseconds(20));
  }
  ::send(connection, answer_.behind.data(), answer_.behind.size(), MSG_NOSIGNAL);
  cork(0);
}

struct TlsServer::Loop {
  boost::asio::io_context context{1};
  std::unique_ptr<responder::Responder> responder;
};

TlsServer::TlsServer(net::ClientCertificates client_certificates) : loop_(std::make_unique<Loop>()) {
  authority_ = net::make_authority("load lab", std::chrono::hours(1)).value();
  net::TlsServerSettings settings;
  settings.identity = net::issue(authority_, {"load.example", {"load.example"}, {}, std::chrono::hours(1), true, false}).value();
  settings.client_certificates = client_certificates;
  settings.trusted_pem = authority_.certificate_pem;
  responder::Settings serving;
  serving.name = "oc01";
  serving.port = 0;
  serving.load.emplace();
  settings.serves_load = true;
  auto started = responder::Responder::start(loop_->context.get_executor(), serving, net::TlsContext::server(settings).value(),
                                             [](const ResponderObservation&) {});
  loop_->responder = std::move(started.value());
  endpoint_ = {kLoopback, loop_->responder->port()};
  thread_ = std::thread([this] { loop_->context.run(); });
}

TlsServer::~TlsServer() {
  loop_->context.stop();
  thread_.join();
}

net::Identity TlsServer::client() const {
  return net::issue(authority_, {"client", {"client.example"}, {}, std::chrono::hours(1), false, true}).value();
}

probe::load::Order order_for(const Endpoint& to) {
  probe::load::Order order;
  order.target.endpoint = to;
  order.request.host = "load.example";
  order.shape.arrivals = Arrivals::closed;
  order.shape.connections = 4;
  order.shape.phases.sustain = milliseconds(500);
  order.shape.limit = milliseconds(5'000);
  return order;
}

LoadObservation run(probe::load::Order order) {
  auto engine = probe::load::Engine::prepare(std::move(order));
  EXPECT_TRUE(engine) << describe(engine.error());
  if (!engine) return {};
  (*engine)->start(system_clock().steady());
  return (*engine)->finish();
}

milliseconds percentile(const std::string& encoded, double percent) {
  const auto histogram = Histogram::decode(encoded);
  EXPECT_TRUE(histogram) << encoded;
  return histogram ? std::chrono::duration_cast<milliseconds>(histogram->percentile(percent)) : milliseconds(-1);
}

}  // namespace hairpin::load_lab

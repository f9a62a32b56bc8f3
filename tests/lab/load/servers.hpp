// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/handle.hpp"
#include "base/histogram.hpp"
#include "net/pki.hpp"
#include "net/tls.hpp"
#include "probe/load/engine.hpp"

/// Servers on loopback, each on a thread of its own, and loads against them.
namespace hairpin::load_lab {

const inline IpAddress kLoopback = *parse_address("127.0.0.1");

/// Plain HTTP/1.1, one thread for all connections, so that whatever keeps it busy keeps everybody waiting.
class PlainServer {
 public:
  /// Makes the answer to the n-th request, from 1; may sleep. Empty: the connection is ended without one; "-": never
  /// answered; with "~" before it the connection is ended a while after it.
  using Answer = std::function<std::string(std::uint64_t count)>;
  /// `late`: said a while after an answer with "~", before the connection is ended.
  explicit PlainServer(Answer answer, const IpAddress& address = kLoopback, std::string late = {});
  ~PlainServer();
  PlainServer(const PlainServer&) = delete;
  PlainServer& operator=(const PlainServer&) = delete;
  Endpoint endpoint() const { return endpoint_; }
  std::uint64_t requests() const { return requests_; }

 private:
  void serve();
  bool answer(int connection);

  Answer answer_;
  std::string late_;
  Descriptor listener_;
  Endpoint endpoint_;
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

/// A listener on a free port of that address, and which it is.
std::pair<Descriptor, Endpoint> listen_on(const IpAddress& address);

std::string ok(const std::string& body, const std::string& fields = {});

/// Carries one connection at a time to a server, and what comes back in small pieces that end nowhere in particular, each of
/// which is seen by itself.
class Dribble {
 public:
  explicit Dribble(const Endpoint& to);
  ~Dribble();
  Dribble(const Dribble&) = delete;
  Dribble& operator=(const Dribble&) = delete;
  Endpoint endpoint() const { return endpoint_; }

 private:
  void carry(const std::stop_token& over, int from);

  Endpoint to_, endpoint_;
  Descriptor listener_;
  std::jthread thread_;
};

/// HTTP over TLS, one connection after the other: every request is answered with these records in one segment, and with what is no
/// record behind them, at once or a while later.
class RecordServer {
 public:
  struct Answer {
    std::vector<std::string> records;
    std::string behind;
    bool is_late = false;
  };
  explicit RecordServer(Answer answer);
  ~RecordServer();
  RecordServer(const RecordServer&) = delete;
  RecordServer& operator=(const RecordServer&) = delete;
  Endpoint endpoint() const { return endpoint_; }

 private:
  void serve(const std::stop_token& over);
  void serve(int connection);
  void answer(ssl_st* tls, int connection);

  Answer answer_;
  Descriptor listener_;
  Endpoint endpoint_;
  Handle<SSL_CTX, SSL_CTX_free> context_;
  std::jthread thread_;
};

/// hairpin's own responder with TLS, for load as well.
class TlsServer {
 public:
  explicit TlsServer(net::ClientCertificates client_certificates = net::ClientCertificates::none);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  Endpoint endpoint() const { return endpoint_; }
  const std::string& authority_pem() const { return authority_.certificate_pem; }
  net::Identity client() const;

 private:
  struct Loop;
  net::Identity authority_;
  std::unique_ptr<Loop> loop_;
  Endpoint endpoint_;
  std::thread thread_;
};

/// A load of a second or less against it: one request a connection, in a closed loop of four.
probe::load::Order order_for(const Endpoint& to);
LoadObservation run(probe::load::Order order);
milliseconds percentile(const std::string& encoded, double percent);

}  // namespace hairpin::load_lab

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>
#include <vector>

#include "net/tls.hpp"
#include "probe/probe.hpp"
#include "responder/responder.hpp"

/// Both ends on the loopback interface of a network namespace of their own.
namespace hairpin::ends {

using net::Task;

/// Certificates of one authority, made once.
struct Pki {
  std::string authority_pem;
  net::Identity server;  ///< pool01.example.com, 127.0.0.1, ::1
  net::Identity client;
};
const Pki& pki();
net::TlsContext server_tls(net::ClientCertificates client_certificates = net::ClientCertificates::none);
net::TlsContext client_tls(bool with_certificate = true);
/// Without a certificate; asks for this name and wants one that is for it.
net::TlsContext client_tls_for(const std::string& server_name);

/// One loop, and everything that runs on it.
class Site {
 public:
  Site() = default;
  ~Site();
  net::Executor executor() { return loop_.get_executor(); }

  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    net::spawn(executor(), keep(std::move(task), result));
    loop_.restart();  // it stops whenever it has nothing left to do
    while (!result && loop_.run_one() > 0) continue;
    return std::move(result).value();
  }
  void run_for(milliseconds time);
  /// Runs until `observations` has that many, at most two seconds.
  void wait_for_observations(std::size_t count);

  /// A server that does the same with everybody; returns where it listens. `one` is a plain function: a
  /// closure would have to outlive its coroutine.
  Endpoint serve(Task<> (*one)(net::StreamPtr));
  /// Starts `responder`; its observations go to `observations`.
  Endpoint respond(net::TlsContext tls, responder::Settings settings = {.name = "oc02", .port = 0},
                   Family family = Family::ipv4);
  /// A listening socket whose queue is full: a SYN to it is not answered.
  Endpoint listen_deaf();

  ProbeObservation probe(const probe::Order& order, const net::TlsContext& tls);

  std::unique_ptr<responder::Responder> responder;
  std::vector<ResponderObservation> observations;
  std::vector<Tuple> dialled;

 private:
  template <class T>
  static Task<> keep(Task<T> task, std::optional<T>& result) {
    result = co_await std::move(task);
  }
  boost::asio::io_context loop_{1};
  std::vector<std::shared_ptr<net::Acceptor>> acceptors_;
  std::vector<Descriptor> sockets_;
};

/// A connection to somebody who listens.
Task<net::StreamPtr> dial(Endpoint to);
/// An order for a new trip, with limits that suit loopback.
probe::Order order_to(const Endpoint& endpoint, Depth depth = Depth::http);
std::vector<Phase> phases_of(const ProbeObservation& observation);
std::size_t open_descriptors();
/// RST that this network namespace sent; absent when it is shared with others (no privilege for one of our
/// own).
std::optional<std::uint64_t> resets_sent();

}  // namespace hairpin::ends

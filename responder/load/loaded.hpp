// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "evidence/observation.hpp"
#include "net/stream.hpp"
#include "net/tls/engine.hpp"
#include "responder/heard.hpp"
#include "responder/load/ledger.hpp"
#include "responder/load/objects.hpp"

namespace hairpin::responder {

/// What all connections of a listener share while one of them is served.
struct Desk {
  Desk(std::string host, std::uint16_t port, net::TlsContext its_tls, std::optional<net::LoadKey> key)
      : tls(std::move(its_tls)), objects(host, key), ledger(std::move(host), port) {}
  net::TlsContext tls;
  Objects objects;
  Ledger ledger;
  std::array<char, 2 * net::kMostLoadHeadBytes> bytes{};  ///< just read
};

/// One connection of a listener that serves load: a state machine that is driven by readiness. It waits in no coroutine
/// and holds no buffer between two requests, so tens of thousands may rest.
class Loaded {
 public:
  enum class Next { wait_to_read, wait_to_write, hand_over, over };

  Loaded(net::Accepted accepted, WallTime when);
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;

  /// Does what can be done now. After `over` it is counted and only to be destroyed; after `hand_over`: `hand_over`.
  Next go_on(Desk& desk);
  /// Its time is over, or it has to end: counts it as `over` does.
  void give_up(Desk& desk, boost::system::error_code why);
  /// What was read, with its stream: it asks for something else than load.
  Result<Heard> hand_over(const net::Executor& executor, Desk& desk);
  /// The account of a connection that asked for nothing yet; absent when it was load, or told before.
  std::optional<ResponderObservation> account(const std::string& host);

  int descriptor() const { return socket_.get(); }
  Phase phase() const { return phase_; }
  /// Served, or on the way to be: it may rest between requests. Otherwise it has to hurry.
  bool is_load() const { return has_asked_; }

  std::list<Loaded>::iterator place;  ///< in the list that holds it
  SteadyTime since{};                 ///< that it was last moved on, for its limit
  bool is_waiting_to_write = false;

 private:
  Next greet(Desk& desk);
  Next shake_hands(Desk& desk);
  Next hear(Desk& desk);
  Next answer(Desk& desk);
  Next part(Desk& desk);
  std::optional<Next> take_requests(Desk& desk, std::string_view bytes);
  std::string take_unread();
  std::optional<Next> take_bytes(Desk& desk, std::size_t& count);
  std::optional<Next> send_some(Desk& desk);
  std::optional<Next> send_part(Desk& desk, std::size_t& count);
  Next wait_for(net::TlsStep step);
  Next end(Desk& desk, boost::system::error_code why);
  void begin_load(Desk& desk);
  void end_load();

  Descriptor socket_;
  Endpoint peer_;
  WallTime accepted_;
  Phase phase_ = Phase::connect;
  bool has_asked_ = false;
  bool is_plaintext_ = false;
  bool is_told_ = false;
  std::unique_ptr<net::TlsEngine> tls_;
  ServedClient* client_ = nullptr;
  PortsUsed* ports_ = nullptr;  ///< from its first request until its end
  std::string unread_;  ///< the beginning of a request, or requests that came before the last one was answered
  Objects::Answer answer_;
  boost::system::error_code failure_;
};

}  // namespace hairpin::responder

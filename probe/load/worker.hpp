// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <span>
#include <string>
#include <vector>

#include "base/handle.hpp"
#include "net/load/tls.hpp"
#include "net/load/wire.hpp"
#include "probe/load/account.hpp"
#include "probe/load/connection.hpp"
#include "probe/load/gate.hpp"
#include "probe/load/order.hpp"
#include "probe/load/pacer.hpp"
#include "probe/load/places.hpp"

namespace hairpin::probe::load {

/// One thread of a load: its connections, its loop, its counters.
class Worker {
 public:
  Worker(const Order& order, Pacer::Part part);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  Result<> set_up();

  void run(SteadyTime start);  ///< returns when the load is over
  void stop() { is_stopped_.store(true, std::memory_order_relaxed); }
  /// It stops by itself then, whoever hangs; from any thread.
  void allow_until(SteadyTime time) { allowed_until_.store(time.time_since_epoch().count(), std::memory_order_relaxed); }
  bool has_ended() const { return has_ended_.load(std::memory_order_acquire); }
  bool was_forgotten() const { return was_forgotten_; }  ///< stopped because nobody allowed it to go on
  std::uint64_t held_back() const { return held_back_; }

  const Account& account() const { return account_; }
  nanoseconds cpu() const { return cpu_ended_ - cpu_began_; }  ///< in the sustain phase
  nanoseconds sustained() const { return sustained_; }
  const std::optional<TlsFacts>& facts() const { return facts_; }
  const std::string& error() const { return error_; }

 private:
  using State = Connection::State;

  // worker.cpp: the loop
  void turn(SteadyTime now);
  void cross_phases(SteadyTime now);
  void dispatch(SteadyTime now);
  void drive_closed_loop(SteadyTime now);
  bool is_gate_open(SteadyTime now, bool is_new_connection);
  void give(SteadyTime due, SteadyTime now);
  void give_queued(SteadyTime now);
  void expire(SteadyTime now);
  void begin_sustain(SteadyTime now);
  void end_sustain(SteadyTime now);
  void measure_sustain(SteadyTime now);
  bool is_forgotten(SteadyTime now) const { return now.time_since_epoch().count() >= allowed_until_.load(std::memory_order_relaxed); }
  void give_up();
  bool is_over(SteadyTime now) const;
  nanoseconds until_next(SteadyTime now) const;
  void wait(nanoseconds limit);
  std::span<epoll_event> batch();
  void learn_cost(nanoseconds spent, int events);

  // connections.cpp
  void open(SteadyTime due, SteadyTime now);
  void ready(Connection& connection, std::uint32_t events);
  void serve(Connection& connection, std::uint32_t events, bool ends);
  void tell_again(Connection& connection);
  void connected(Connection& connection, std::uint32_t events, bool ends);
  void count_repeated_syns(const Connection& connection, SteadyTime now);
  void shake_hands(Connection& connection, bool ends);
  void set_ready(Connection& connection);
  net::LoadStep read(Connection& connection, std::string_view& text);
  bool flush(Connection& connection);
  void end_in_order(Connection& connection, bool peer_has_ended, SteadyTime now);
  void drain(Connection& connection);
  void fail(Connection& connection, Account::Failure failure, std::string_view words);
  void fail_by_system(Connection& connection, int error);
  void fail_step(Connection& connection, net::LoadStep step);
  void release(Connection& connection);
  void leave_list(Connection& connection);

  // transactions.cpp
  void ask(Connection& connection, SteadyTime now);
  void begin(Connection& connection, SteadyTime due, SteadyTime now);
  void hear(Connection& connection, bool ends);
  void wait_for_more(Connection& connection);
  net::LoadStep look_behind(Connection& connection);
  void answered(Connection& connection, bool has_ended, bool has_more, SteadyTime now);
  bool is_right(const Connection& connection) const;
  bool is_ours(const Connection& connection) const;
  void rest(Connection& connection, SteadyTime now);
  void listen_idle(Connection& connection);

  bool is_measured(SteadyTime due) const;
  bool is_closed_loop() const { return order_.shape.arrivals == Arrivals::closed; }
  bool may_begin(SteadyTime now) const { return now < ends_ && !is_stopped_.load(std::memory_order_relaxed); }
  /// What was due in the sustain phase and waits is still made, over the connections that there are.
  bool is_needed(SteadyTime now) const { return may_begin(now) || !queue_.is_empty(); }
  bool can_open(SteadyTime now) { return !free_.empty() && (is_closed_loop() || is_gate_open(now, true)); }

  const Order& order_;
  const Pacer::Part part_;
  const std::uint32_t most_connections_;
  Pacer pacer_;
  Account account_;
  Request request_;
  net::Wire wire_;
  std::unique_ptr<net::LoadTls> tls_;
  Places places_;
  Descriptor epoll_;
  std::vector<Connection> connections_;
  std::vector<Connection*> free_, idle_;
  Waiting asking_, thinking_, ending_;
  DueQueue queue_;
  std::vector<char> text_;
  std::array<epoll_event, 256> events_{};
  nanoseconds event_cost_ = milliseconds(1);  ///< what serving a connection that is ready takes, of late
  std::uint32_t open_ = 0;   ///< places in use, from the SYN on
  std::uint32_t ready_ = 0;  ///< … whose handshakes are over
  SteadyTime start_{}, begins_{}, ends_{}, last_end_{}, paused_until_{};
  LoadPhase phase_ = LoadPhase::over;
  nanoseconds cpu_began_{}, cpu_ended_{}, sustained_{};
  SteadyTime sustain_began_{};
  std::optional<TlsFacts> facts_;
  std::string error_;
  Gate gate_;
  std::uint64_t held_back_ = 0;
  bool was_forgotten_ = false;
  std::atomic<bool> is_stopped_{false}, has_ended_{false};
  std::atomic<SteadyTime::rep> allowed_until_{SteadyTime::max().time_since_epoch().count()};
};

}  // namespace hairpin::probe::load

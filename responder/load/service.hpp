// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "net/poller.hpp"
#include "responder/load/loaded.hpp"
#include "responder/responder.hpp"

namespace hairpin::responder {

/// A listener that serves load: requests of net/load_request.hpp, over connections that stay open. Memory is bounded by
/// the number of connections: one that rests costs what its TLS session costs (docs/bench.md), and none holds a buffer.
///
/// What asks for something else than load is handed over with what was read of it, and what ends before it asked for
/// anything is told as an observation (at most kMostTold of them): conformance goes on beside the load.
class LoadService {
 public:
  static constexpr std::uint64_t kMostTold = 1000;

  struct Wanted {
    std::string host;
    std::uint16_t port = 0;
    net::TlsContext tls;
    milliseconds request_limit{};  ///< for the handshake and the first request together
    LoadSettings settings;
    std::function<void(Heard)> on_heard;
    std::function<void(ResponderObservation)> on_observation;
  };
  static Result<std::unique_ptr<LoadService>> start(const net::Executor& executor, std::vector<Descriptor> listeners,
                                                    Wanted wanted);
  ~LoadService();
  LoadService(const LoadService&) = delete;
  LoadService& operator=(const LoadService&) = delete;

  LoadCounts counts() const { return state_->desk.ledger.snapshot(); }
  void flush();  ///< tells what is still on its way to a first request

 private:
  using Connections = std::list<Loaded>;

  /// Shared with the coroutines, which may outlive the service by a turn of the loop.
  struct State {
    State(const net::Executor& its_executor, std::unique_ptr<net::Poller> its_poller, Wanted its_wanted);
    void work();
    void take_all(int listener);
    void take(net::Accepted accepted);
    void drive(Loaded& connection);
    void move_on(Loaded& connection, Loaded::Next next);
    void forget(Loaded& connection);
    void hand_over(Loaded& connection);
    void tell(Loaded& connection);
    void end_late_ones(Connections& connections, milliseconds limit);
    void tick();
    Connections& list_of(const Loaded& connection);
    void put_back(Loaded& connection, Connections& from);

    net::Executor executor;
    std::unique_ptr<net::Poller> poller;
    Wanted wanted;
    Desk desk;
    std::vector<Descriptor> listeners;
    bool is_short = false;      ///< of descriptors: accepts again at the next tick
    bool is_over = false;
    std::uint64_t told = 0;
    SteadyTime now{};
    Connections hurrying;       ///< to their first request; the oldest first
    Connections resting;        ///< that serve load; the longest untouched first
    Connections parting;        ///< that wait for the peer's end after ours
  };
  static net::Task<> run(std::shared_ptr<State> state);
  static net::Task<> watch_limits(std::shared_ptr<State> state);

  explicit LoadService(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace hairpin::responder

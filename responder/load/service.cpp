// SPDX-License-Identifier: Apache-2.0
#include "responder/load/service.hpp"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/error.hpp>

namespace hairpin::responder {
namespace {

namespace error = boost::asio::error;

constexpr milliseconds kTick{100};
/// The rest of the loop (the agent's control channel, its captures) waits for so long at most, and one handshake.
constexpr milliseconds kTurn{5};
constexpr int kMostAcceptedAtOnce = 64;
constexpr rlim_t kOtherDescriptors = 256;

/// The soft limit is 1024 on most systems, and a process may raise it as far as the hard one.
void allow_descriptors(std::size_t connections) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  const auto wanted = std::min<rlim_t>(limit.rlim_max, connections + kOtherDescriptors);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

LoadService::State::State(const net::Executor& its_executor, std::unique_ptr<net::Poller> its_poller, Wanted its_wanted)
    : executor(its_executor),
      poller(std::move(its_poller)),
      wanted(std::move(its_wanted)),
      desk(wanted.host, wanted.port, wanted.tls, wanted.settings.key) {}

Result<std::unique_ptr<LoadService>> LoadService::start(const net::Executor& executor,
                                                        std::vector<Descriptor> listeners, Wanted wanted) {
  auto poller = net::Poller::make(executor);
  if (!poller) return poller.error();
  allow_descriptors(wanted.settings.most_connections);
  ::signal(SIGPIPE, SIG_IGN);  // sendfile(2) has no MSG_NOSIGNAL
  const auto state = std::make_shared<State>(executor, std::move(*poller), std::move(wanted));
  state->listeners = std::move(listeners);
  for (auto& listener : state->listeners)
    if (const auto added = state->poller->add(listener.get(), EPOLLIN, &listener); !added) return added.error();
  net::spawn(executor, run(state));
  net::spawn(executor, watch_limits(state));
  return std::unique_ptr<LoadService>(new LoadService(state));
}

LoadService::~LoadService() {
  state_->is_over = true;
  state_->listeners.clear();
  state_->hurrying.clear();
  state_->resting.clear();
  state_->parting.clear();
  state_->poller->socket()->close();
}

net::Task<> LoadService::run(std::shared_ptr<State> state) {
  const auto set = state->poller->socket();
  while (!state->is_over) {
    const auto failure = co_await net::Poller::until_ready(set);
    if (failure || state->is_over) break;
    state->work();
  }
}

net::Task<> LoadService::watch_limits(std::shared_ptr<State> state) {
  while (!state->is_over) {
    co_await net::sleep_for(kTick);
    if (!state->is_over) state->tick();
  }
}

void LoadService::flush() {
  const auto state = state_;  // who is told may destroy the service
  for (auto one = state->hurrying.begin(); !state->is_over && one != state->hurrying.end(); ++one) state->tell(*one);
}

void LoadService::State::work() {
  now = system_clock().steady();
  const auto until = now + kTurn;
  while (now < until) {
    const auto ready = poller->ready_now();
    if (ready.empty()) return;
    for (const auto& event : ready) {
      const auto is_it = [&event](const Descriptor& listener) { return &listener == event.data.ptr; };
      const auto listener = std::ranges::find_if(listeners, is_it);
      if (listener != listeners.end())
        take_all(listener->get());
      else
        drive(*static_cast<Loaded*>(event.data.ptr));
      if (is_over) return;  // who was told destroyed the service
    }
    now = system_clock().steady();
  }
}

void LoadService::State::take_all(int listener) {
  for (int taken = 0; taken < kMostAcceptedAtOnce; ++taken) {
    auto accepted = net::accept_now(listener);
    if (!accepted) {  // level-triggered: it would be ready all the time
      is_short = true;
      ++desk.ledger.sums.no_descriptor;
      for (const auto& one : listeners) poller->remove(one.get());
      return;
    }
    if (!*accepted) return;
    take(std::move(**accepted));
  }
}

void LoadService::State::take(net::Accepted accepted) {
  auto& sums = desk.ledger.sums;
  if (sums.open >= wanted.settings.most_connections) {
    ++sums.refused;
    return;
  }
  auto& connection = hurrying.emplace_back(std::move(accepted), system_clock().wall());
  connection.place = std::prev(hurrying.end());
  connection.since = now;
  if (!poller->add(connection.descriptor(), EPOLLIN, &connection)) {
    ++sums.refused;
    hurrying.erase(connection.place);
    return;
  }
  ++sums.accepted;
  sums.most_open = std::max(sums.most_open, ++sums.open);
}

LoadService::Connections& LoadService::State::list_of(const Loaded& connection) {
  if (connection.phase() == Phase::close) return parting;
  return connection.is_load() ? resting : hurrying;
}

/// Lists are in the order of time, so that only their beginnings have to be looked at. Until its first request a
/// connection's time is that of its arrival, and after our end that of our end: a peer that goes on sending parts nevertheless.
void LoadService::State::put_back(Loaded& connection, Connections& from) {
  if (!connection.is_load()) return;
  auto& to = list_of(connection);
  if (&to == &parting && &from == &parting) return;
  to.splice(to.end(), from, connection.place);
  connection.since = now;
}

void LoadService::State::drive(Loaded& connection) {
  auto& from = list_of(connection);
  const auto next = connection.go_on(desk);
  put_back(connection, from);
  move_on(connection, next);
}

void LoadService::State::move_on(Loaded& connection, Loaded::Next next) {
  if (next == Loaded::Next::hand_over) return hand_over(connection);
  if (next == Loaded::Next::over) {
    tell(connection);
    return forget(connection);
  }
  const bool is_to_write = next == Loaded::Next::wait_to_write;
  if (is_to_write == connection.is_waiting_to_write) return;
  connection.is_waiting_to_write = is_to_write;
  poller->change(connection.descriptor(), is_to_write ? EPOLLOUT : EPOLLIN, &connection);
}

void LoadService::State::forget(Loaded& connection) {
  if (is_over) return;  // and gone
  --desk.ledger.sums.open;
  list_of(connection).erase(connection.place);
}

void LoadService::State::hand_over(Loaded& connection) {
  poller->remove(connection.descriptor());
  auto heard = connection.hand_over(executor, desk);
  forget(connection);
  if (heard && wanted.on_heard) wanted.on_heard(std::move(*heard));
}

void LoadService::State::tell(Loaded& connection) {
  if (told >= kMostTold || !wanted.on_observation) return;
  auto account = connection.account(wanted.host);
  if (!account) return;
  ++told;
  const auto on_observation = wanted.on_observation;  // who is told may destroy the service
  on_observation(std::move(*account));
}

void LoadService::State::end_late_ones(Connections& connections, milliseconds limit) {
  while (!is_over && !connections.empty() && now - connections.front().since >= limit) {
    auto& connection = connections.front();
    connection.give_up(desk, error::timed_out);
    tell(connection);
    forget(connection);
  }
}

void LoadService::State::tick() {
  now = system_clock().steady();
  if (is_short) {
    is_short = false;
    for (auto& listener : listeners) static_cast<void>(poller->add(listener.get(), EPOLLIN, &listener));
  }
  end_late_ones(hurrying, wanted.request_limit);
  end_late_ones(resting, wanted.settings.rest_limit);
  end_late_ones(parting, wanted.settings.part_limit);
}

}  // namespace hairpin::responder

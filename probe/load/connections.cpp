// SPDX-License-Identifier: Apache-2.0
// One connection of a load from its SYN to its end. What is asked over it is in transactions.cpp.
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "probe/load/worker.hpp"

namespace hairpin::probe::load {
namespace {

using Clock = std::chrono::steady_clock;
using net::LoadStep;
using net::Wire;

/// How long the peer's end is waited for.
constexpr milliseconds kEndLimit{2'000};
constexpr milliseconds kLeastRepetition{200};
/// A closed loop that cannot open a connection tries again after that, not at once for ever.
constexpr milliseconds kPause{5};
constexpr std::uint32_t kWatched = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

int error_of(int descriptor) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

void Worker::open(SteadyTime due, SteadyTime now) {
  gate_.took_connection();
  const auto opened = places_.open();
  if (opened.error != 0) {
    const auto kind = Account::kind_of(opened.error);
    if (kind == &LoadFailures::refused) account_.sent_syn(is_measured(due));  // on one host the RST comes within connect(2)
    account_.failed(is_measured(due), kind, std::strerror(opened.error));
    paused_until_ = now + kPause;
    return;
  }
  auto& connection = *free_.back();
  free_.pop_back();
  ++open_;
  connection.descriptor = opened.descriptor;
  connection.place = opened.place;
  connection.state = State::connecting;
  connection.is_measured = is_measured(due);
  connection.is_first = true;
  connection.is_alive_measured = connection.is_ready = false;
  connection.served = 0;
  connection.low_water = 1;
  connection.due = due;
  connection.begun = connection.opened = now;
  connection.waiting.clear();
  asking_.push(connection, due + order_.shape.limit);
  account_.begun(connection);
  epoll_event event{kWatched, {.ptr = &connection}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, opened.descriptor, &event) < 0) fail_by_system(connection, errno);
}

void Worker::ready(Connection& connection, std::uint32_t events) {
  const bool ends = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  wire_.attach(connection.descriptor, ends);
  if (!connection.waiting.empty() && (events & EPOLLOUT) != 0 && !flush(connection)) return;
  serve(connection, events, ends);
  if (wire_.was_cut() && connection.state != State::free) [[unlikely]] tell_again(connection);
}

/// What has come already is told once more, after what others have (EPOLLET; epoll_ctl(2), EPOLL_CTL_MOD).
void Worker::tell_again(Connection& connection) {
  epoll_event event{kWatched, {.ptr = &connection}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.descriptor, &event);
}

void Worker::serve(Connection& connection, std::uint32_t events, bool ends) {
  switch (connection.state) {
    case State::connecting:
      return connected(connection, events, ends);
    case State::shaking:
      return shake_hands(connection, ends);
    case State::asking:
      return hear(connection, ends);
    case State::idle:
    case State::thinking:
      return listen_idle(connection);
    case State::ending:
      return drain(connection);
    case State::free:
      return;
  }
}

void Worker::connected(Connection& connection, std::uint32_t events, bool ends) {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0)
    if (const int error = error_of(connection.descriptor); error != 0) return fail_by_system(connection, error);
  if ((events & EPOLLOUT) == 0) return;
  connection.connected = Clock::now();
  account_.connected(connection);
  if (is_measured(connection.connected)) account_.alive(connection);
  count_repeated_syns(connection, connection.connected);
  if (!connection.tls) {
    set_ready(connection);
    ask(connection, connection.connected);
    // What came with the SYN-ACK is not told again: the peer's end, or who speaks first.
    if (connection.state == State::asking && (ends || (events & EPOLLIN) != 0)) hear(connection, ends);
    return;
  }
  if (!connection.tls->begin()) return fail(connection, &LoadFailures::no_memory, "OpenSSL has no memory for a connection");
  connection.state = State::shaking;
  shake_hands(connection, ends);
}

void Worker::set_ready(Connection& connection) {
  connection.is_ready = true;
  ++ready_;
}

void Worker::count_repeated_syns(const Connection& connection, SteadyTime now) {
  if (now - connection.opened < kLeastRepetition) return;
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(connection.descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) < 0) return;
  account_.tally(connection).repeated_syns += info.tcpi_total_retrans;
}

void Worker::shake_hands(Connection& connection, bool ends) {
  const auto step = connection.tls->shake_hands();
  if (step == LoadStep::wants_read) {
    flush(connection);
    return;
  }
  if (step != LoadStep::done) {
    wire_.flush(connection.waiting);  // our alert, as far as it goes
    return fail_step(connection, step);
  }
  const auto now = Clock::now();
  account_.shaken(connection, connection.tls->is_resumed(), now);
  set_ready(connection);
  if (!facts_) facts_ = connection.tls->facts();
  ask(connection, now);
  // The server may have said something already, tickets for instance; its end is not told again.
  if (connection.state == State::asking && (ends || wire_.has_untaken())) hear(connection, ends);
}

LoadStep Worker::read(Connection& connection, std::string_view& text) {
  if (connection.tls) {
    std::size_t count = 0;
    const auto step = connection.tls->read(text_, count);
    text = {text_.data(), count};
    return step;
  }
  const auto outcome = wire_.look(text);
  if (outcome == Wire::Outcome::some) return LoadStep::done;
  if (outcome == Wire::Outcome::none_yet) return LoadStep::wants_read;
  return outcome == Wire::Outcome::ended ? LoadStep::ended : LoadStep::broken;
}

void Worker::end_in_order(Connection& connection, bool peer_has_ended, SteadyTime now) {
  connection.state = State::ending;
  ending_.push(connection, now + kEndLimit);
  if (peer_has_ended) return release(connection);  // whatever we said now would be answered with a RST
  if (connection.tls) {
    wire_.attach(connection.descriptor, false);
    connection.tls->say_end();
    if (!flush(connection)) return;
  }
  ::shutdown(connection.descriptor, SHUT_WR);
}

void Worker::drain(Connection& connection) {
  std::string_view text;
  for (;;) {
    const auto outcome = wire_.look(text);
    if (outcome == Wire::Outcome::none_yet) return;
    if (outcome == Wire::Outcome::failed) account_.was_reset(connection);
    if (outcome != Wire::Outcome::some) return release(connection);
    wire_.take(text.size());
  }
}

bool Worker::flush(Connection& connection) {
  if (wire_.flush(connection.waiting) != Wire::Outcome::failed) return true;
  if (connection.state == State::ending)
    release(connection);
  else
    fail_by_system(connection, errno);
  return false;
}

void Worker::fail_step(Connection& connection, LoadStep step) {
  if (step == LoadStep::broken) return fail_by_system(connection, errno);
  if (step == LoadStep::ended) return fail(connection, &LoadFailures::closed, "the connection ended in the TLS handshake");
  const auto words = connection.tls ? connection.tls->take_error() : std::string();
  fail(connection, &LoadFailures::tls, words);
}

void Worker::fail_by_system(Connection& connection, int error) {
  const auto kind = Account::kind_of(error);
  const bool was_open = connection.state != State::connecting;
  if (was_open && kind == &LoadFailures::reset) account_.was_reset(connection);
  if (kind == &LoadFailures::timed_out) {
    account_.timed_out(connection.is_measured, order_.shape.limit);
    return release(connection);
  }
  fail(connection, kind, std::strerror(error));
}

void Worker::fail(Connection& connection, Account::Failure failure, std::string_view words) {
  account_.failed(connection.is_measured, failure, words);
  paused_until_ = Clock::now() + kPause;
  release(connection);
}

void Worker::leave_list(Connection& connection) {
  switch (connection.state) {
    case State::connecting:
    case State::shaking:
    case State::asking:
      return asking_.remove(connection);
    case State::thinking:
      return thinking_.remove(connection);
    case State::ending:
      return ending_.remove(connection);
    case State::idle:
    case State::free:
      return;
  }
}

void Worker::release(Connection& connection) {
  if (connection.state == State::connecting) count_repeated_syns(connection, Clock::now());
  leave_list(connection);
  ::close(connection.descriptor);  // out of the epoll set as well
  connection.descriptor = -1;
  places_.leave(connection.place);
  connection.state = State::free;
  --open_;
  if (connection.is_ready) --ready_;
  free_.push_back(&connection);
}

}  // namespace hairpin::probe::load

// SPDX-License-Identifier: Apache-2.0
// What happens to one connection of a load, from its SYN to its end.
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
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
constexpr std::uint32_t kBalancersOwn = 500;

Account::Failure kind_of(int error) {
  switch (error) {
    case ECONNREFUSED:
      return &LoadFailures::refused;
    case ECONNRESET:
    case EPIPE:
      return &LoadFailures::reset;
    case ETIMEDOUT:
      return &LoadFailures::timed_out;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EACCES:
    case EPERM:
      return &LoadFailures::unreachable;
    case EADDRNOTAVAIL:
      return &LoadFailures::no_port;
    case EMFILE:
    case ENFILE:
      return &LoadFailures::no_descriptor;
    default:
      return &LoadFailures::other;
  }
}

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
    ++account_.tally(is_measured(due)).connections;
    account_.failed(is_measured(due), kind_of(opened.error), std::strerror(opened.error));
    paused_until_ = now + kPause;
    return;
  }
  auto& connection = *free_.back();
  free_.pop_back();
  ++open_;
  connection.descriptor = opened.descriptor;
  connection.state = State::connecting;
  connection.is_measured = is_measured(due);
  connection.is_first = true;
  connection.is_alive_measured = connection.is_ready = false;
  connection.served = 0;
  connection.due = due;
  connection.begun = connection.opened = now;
  connection.waiting.clear();
  asking_.push(connection, due + order_.shape.limit);
  account_.begun(connection);
  epoll_event event{EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, {.ptr = &connection}};
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, opened.descriptor, &event) < 0) fail_by_system(connection, errno);
}

void Worker::ready(Connection& connection, std::uint32_t events) {
  const bool ends = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  wire_.attach(connection.descriptor, ends);
  if (!connection.waiting.empty() && (events & EPOLLOUT) != 0 && !flush(connection)) return;
  switch (connection.state) {
    case State::connecting:
      return connected(connection, events);
    case State::shaking:
      return shake_hands(connection);
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

void Worker::connected(Connection& connection, std::uint32_t events) {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0)
    if (const int error = error_of(connection.descriptor); error != 0) return fail_by_system(connection, error);
  if ((events & EPOLLOUT) == 0) return;
  connection.connected = Clock::now();
  account_.connected(connection);
  if (is_measured(connection.connected)) account_.alive(connection);
  count_repeated_syns(connection, connection.connected);
  if (!connection.tls) {
    set_ready(connection);
    return ask(connection, connection.connected);
  }
  if (!connection.tls->begin()) return fail(connection, &LoadFailures::other, "OpenSSL has no memory for a connection");
  connection.state = State::shaking;
  shake_hands(connection);
}

void Worker::set_ready(Connection& connection) {
  connection.is_ready = true;
  ++ready_;
}

/// The kernel knows how often it sent the SYN; it is asked only where there was time for a second one (RFC 6298: after a second).
void Worker::count_repeated_syns(const Connection& connection, SteadyTime now) {
  if (now - connection.opened < kLeastRepetition) return;
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(connection.descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) < 0) return;
  account_.tally(connection).repeated_syns += info.tcpi_total_retrans;
}

void Worker::shake_hands(Connection& connection) {
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
  // The server may have said something already, tickets for instance.
  if (connection.state == State::asking && wire_.has_untaken()) hear(connection, false);
}

/// The next transaction of an open connection.
void Worker::begin(Connection& connection, SteadyTime due, SteadyTime now) {
  connection.is_measured = is_measured(due);
  connection.is_first = false;
  connection.due = due;
  connection.begun = now;
  asking_.push(connection, due + order_.shape.limit);
  account_.begun(connection);
  wire_.attach(connection.descriptor, false);
  ask(connection, now);
}

void Worker::ask(Connection& connection, SteadyTime now) {
  const auto most = order_.shape.transactions;
  connection.says_last = (most > 0 && connection.served + 1 >= most) || !is_needed(now);
  const auto bytes = request_.next(connection.says_last);
  const auto nonce = request_.nonce();
  connection.asked_bytes = request_.object_bytes();
  gate_.took(connection.asked_bytes);
  std::copy_n(nonce.begin(), std::min(nonce.size(), connection.nonce.size()), connection.nonce.begin());
  connection.state = State::asking;
  connection.has_first_byte = false;
  connection.response.begin();
  account_.tally(connection).request_bytes += bytes.size();
  if (!connection.tls)
    wire_.write(bytes);
  else if (!connection.tls->write(bytes))
    return fail_step(connection, LoadStep::refused);
  flush(connection);
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

void Worker::hear(Connection& connection, bool ends) {
  for (;;) {
    std::string_view text;
    const auto step = read(connection, text);
    if (step == LoadStep::wants_read) return;
    auto state = Response::State::needs_more;
    if (step == LoadStep::ended)
      state = connection.response.end();
    else if (step != LoadStep::done)
      return fail_step(connection, step);
    const auto now = Clock::now();
    if (step == LoadStep::done) {
      if (!connection.has_first_byte) account_.first_byte(connection, now);
      connection.has_first_byte = true;
      const auto before = text.size();
      const auto body_before = connection.response.body_bytes();
      state = connection.response.put(text);
      account_.heard(connection.response.body_bytes() - body_before);
      if (!connection.tls) wire_.take(before - text.size());
    }
    if (state == Response::State::whole) return answered(connection, ends || step == LoadStep::ended || !text.empty(), now);
    if (step == LoadStep::ended) return fail(connection, &LoadFailures::closed, "the connection ended before the answer was whole");
    if (state == Response::State::garbled)
      return fail(connection, order_.key ? &LoadFailures::foreign : &LoadFailures::garbled, "the answer is no HTTP/1.1");
  }
}

/// As long as was asked for, and the answer to this very request, which a signature says as well.
bool Worker::is_right(const Connection& connection) const {
  if (!order_.request.asks_responder) return true;
  const auto& response = connection.response;
  if (response.body_bytes() != connection.asked_bytes) return false;
  return order_.key || response.nonce() == std::string_view(connection.nonce.data(), connection.nonce.size());
}

/// Signed by a responder that has the run's key.
bool Worker::is_ours(const Connection& connection) const {
  if (!order_.key || !order_.request.asks_responder) return true;
  const auto proof = net::load_proof(*order_.key, connection.nonce);
  return connection.response.nonce() == std::string_view(proof.data(), proof.size());
}

void Worker::answered(Connection& connection, bool has_ended, SteadyTime now) {
  const auto& response = connection.response;
  // First whose answer it is: a stranger says 404, or sends a page of its own. A balancer that has no member says 5xx itself.
  if (response.status() < kBalancersOwn && !is_ours(connection))
    return fail(connection, &LoadFailures::foreign, "an answer of status " + std::to_string(response.status()) + " is not signed with the key of this run");
  if (response.status() != 200)
    return fail(connection, &LoadFailures::status, "status " + std::to_string(response.status()));
  if (!is_right(connection)) return fail(connection, &LoadFailures::garbled, "the answer is not the one to the request");
  account_.completed(connection, now);
  leave_list(connection);
  ++connection.served;
  // What else came with the answer: tickets, the peer's end.
  while (!has_ended && connection.tls && wire_.has_untaken()) {
    std::string_view more;
    const auto step = read(connection, more);
    if (step == LoadStep::wants_read) break;
    has_ended = true;
  }
  if (has_ended || connection.says_last || response.is_last() || !is_needed(now))
    return end_in_order(connection, has_ended, now);
  if (order_.shape.think > milliseconds(0)) {
    connection.state = State::thinking;
    return thinking_.push(connection, now + order_.shape.think);
  }
  rest(connection, now);
}

/// An open connection without a transaction gets the next one, or waits for it.
void Worker::rest(Connection& connection, SteadyTime now) {
  connection.state = State::idle;
  if (is_closed_loop() && may_begin(now)) {
    if (!is_gate_open(now, false)) return idle_.push_back(&connection);
    account_.attempted(is_measured(now), {});
    return begin(connection, now, now);
  }
  if (!queue_.is_empty()) {
    const auto due = queue_.front();
    queue_.pop();
    return begin(connection, due, now);
  }
  if (!may_begin(now)) return end_in_order(connection, false, now);
  idle_.push_back(&connection);
}

/// Nothing was asked: tickets, or the end.
void Worker::listen_idle(Connection& connection) {
  std::string_view text;
  const auto step = read(connection, text);
  if (step == LoadStep::wants_read) return;
  if (step == LoadStep::broken) account_.was_reset(connection);
  if (step == LoadStep::ended) account_.ended_idle(connection);
  if (connection.state == State::idle)
    idle_.erase(std::find(idle_.begin(), idle_.end(), &connection));
  else
    leave_list(connection);
  if (step == LoadStep::ended) return end_in_order(connection, true, Clock::now());
  connection.state = State::idle;
  release(connection);
}

/// RFC 9411 §6.3: by FIN, never by RST. Who closes with something unread sends a RST.
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
  const auto kind = kind_of(error);
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

/// Out of the list that its state keeps it in.
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
  connection.state = State::free;
  --open_;
  if (connection.is_ready) --ready_;
  free_.push_back(&connection);
}

}  // namespace hairpin::probe::load

// SPDX-License-Identifier: Apache-2.0
// What is asked over a connection of a load, and what is answered.
#include <sys/socket.h>

#include <algorithm>

#include "probe/load/worker.hpp"

namespace hairpin::probe::load {
namespace {

using Clock = std::chrono::steady_clock;
using net::LoadStep;

/// Half of what is read at once, so that the peer can go on sending.
constexpr std::uint64_t kPortionBytes = 128 * 1024, kLeastPortionBytes = 32 * 1024;
/// A part of a record of TLS (RFC 8446 §5.2) may have been read already and will not come again.
constexpr std::uint64_t kMostRecordBytes = 16 * 1024 + 512;

/// What a balancer says itself, whoever its members are: that it has none (5xx), or that it waited for a request long enough
/// (RFC 9110 §15.5.9), which the request crossed.
bool is_balancers_own(std::uint32_t status) { return status >= 500 || status == 408; }

/// RFC 9110 §15.5.9: who ends an idle connection may say so before, as Apache and HAProxy do.
bool is_farewell(std::string_view text) {
  return text.size() >= 12 && text.starts_with("HTTP/1.") && text.substr(8, 4) == " 408";
}

/// SO_RCVLOWAT (socket(7)). A peer's end and errors are told whatever has come.
void set_low_water(Connection& connection, std::uint64_t bytes) {
  if (connection.low_water == bytes) return;
  connection.low_water = bytes;
  const int value = static_cast<int>(bytes);
  ::setsockopt(connection.descriptor, SOL_SOCKET, SO_RCVLOWAT, &value, sizeof value);
}

}  // namespace

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

void Worker::wait_for_more(Connection& connection) {
  const auto lacks = connection.response.lacks();
  const auto sure = lacks > kMostRecordBytes ? std::min(lacks - kMostRecordBytes, kPortionBytes) : 0;
  set_low_water(connection, sure >= kLeastPortionBytes ? sure : 1);
}

void Worker::hear(Connection& connection, bool ends) {
  for (;;) {
    std::string_view text;
    const auto step = read(connection, text);
    if (step == LoadStep::wants_read) return wait_for_more(connection);
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
    if (state == Response::State::whole) return answered(connection, ends || step == LoadStep::ended, !text.empty(), now);
    if (step == LoadStep::ended) return fail(connection, &LoadFailures::closed, "the connection ended before the answer was whole");
    if (state == Response::State::garbled)
      return fail(connection, order_.key ? &LoadFailures::foreign : &LoadFailures::garbled, "the answer is no HTTP/1.1");
  }
}

bool Worker::is_right(const Connection& connection) const {
  if (!order_.request.asks_responder) return true;
  const auto& response = connection.response;
  if (response.body_bytes() != connection.asked_bytes) return false;
  return order_.key || response.nonce() == std::string_view(connection.nonce.data(), connection.nonce.size());
}

bool Worker::is_ours(const Connection& connection) const {
  if (!order_.key || !order_.request.asks_responder) return true;
  const auto proof = net::load_proof(*order_.key, connection.nonce);
  return connection.response.nonce() == std::string_view(proof.data(), proof.size());
}

/// What came behind a whole answer and was received with it: `done` for bytes that nobody asked for. Tickets are nobody's concern.
LoadStep Worker::look_behind(Connection& connection) {
  if (!connection.tls || !wire_.has_untaken()) return LoadStep::wants_read;
  std::string_view more;
  return read(connection, more);
}

void Worker::answered(Connection& connection, bool has_ended, bool has_more, SteadyTime now) {
  const auto& response = connection.response;
  // First whose answer it is: a stranger says 404, or sends a page of its own.
  if (!is_balancers_own(response.status()) && !is_ours(connection))
    return fail(connection, &LoadFailures::foreign, "an answer of status " + std::to_string(response.status()) + " is not signed with the key of this run");
  if (response.status() != 200)
    return fail(connection, &LoadFailures::status, "status " + std::to_string(response.status()));
  if (!is_right(connection)) return fail(connection, &LoadFailures::garbled, "the answer is not the one to the request");
  const auto behind = has_more ? LoadStep::done : look_behind(connection);
  if (behind == LoadStep::done) return fail(connection, &LoadFailures::garbled, "more came than the answer has");
  account_.completed(connection, now);
  if (behind == LoadStep::refused) account_.unasked(connection, connection.tls->take_error());
  if (behind == LoadStep::broken) account_.was_reset(connection);
  has_ended = has_ended || behind != LoadStep::wants_read;
  set_low_water(connection, 1);
  leave_list(connection);
  ++connection.served;
  if (has_ended || connection.says_last || response.is_last() || !is_needed(now))
    return end_in_order(connection, has_ended, now);
  if (order_.shape.think > milliseconds(0)) {
    connection.state = State::thinking;
    return thinking_.push(connection, now + order_.shape.think);
  }
  rest(connection, now);
}

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

void Worker::listen_idle(Connection& connection) {
  std::string_view text;
  const auto step = read(connection, text);
  if (step == LoadStep::wants_read) return;
  const bool is_end = step == LoadStep::ended || (step == LoadStep::done && is_farewell(text));
  if (step == LoadStep::broken)
    account_.was_reset(connection);
  else if (is_end)
    account_.ended_idle(connection);
  else
    account_.unasked(connection, step == LoadStep::refused ? connection.tls->take_error() : "something came that nobody had asked for");
  if (connection.state == State::idle)
    idle_.erase(std::find(idle_.begin(), idle_.end(), &connection));
  else
    leave_list(connection);
  if (is_end) return end_in_order(connection, true, Clock::now());
  connection.state = State::idle;
  release(connection);
}

}  // namespace hairpin::probe::load

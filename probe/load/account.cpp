// SPDX-License-Identifier: Apache-2.0
#include "probe/load/account.hpp"

#include <cerrno>

#include "base/text.hpp"
#include "probe/load/pacer.hpp"

namespace hairpin::probe::load {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::seconds;

/// Every second that a load can have, its drain included.
std::size_t most_seconds(const LoadShape& shape) {
  const auto all = sustain_ends(shape.phases) + std::max(shape.phases.ramp_down, shape.limit);
  return static_cast<std::size_t>(duration_cast<seconds>(all).count()) + 4;
}

std::int64_t us(nanoseconds time) { return duration_cast<microseconds>(time).count(); }

}  // namespace

Account::Account(const LoadShape& shape) : phases_(shape.phases), seconds_(most_seconds(shape)) {
  members.reserve(kMostMembers + 1);
  first_failure.reserve(256);
  current_.phase = phase_at(phases_, {});
}

Account::Failure Account::kind_of(int error) {
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
    case ENOBUFS:
    case ENOMEM:
    case ENOSPC:  // as many descriptors are watched as one user may (epoll_ctl(2))
      return &LoadFailures::no_memory;
    default:
      return &LoadFailures::other;
  }
}

void Account::attempted(bool is_measured, std::optional<nanoseconds> late) {
  ++tally(is_measured).attempted;
  ++current_.attempted;
  if (late) lateness.record(*late);  // of the ramp too: what is late there fails later
}

void Account::shed(bool is_measured) {
  ++tally(is_measured).shed;
  ++current_.shed;
}

void Account::begun(const Connection& connection) {
  if (connection.is_measured) lag.record(connection.begun - connection.due);
  if (connection.is_first) sent_syn(connection.is_measured);
}

void Account::sent_syn(bool is_measured) {
  ++tally(is_measured).connections;
  ++current_.connections;
}

void Account::connected(const Connection& connection) {
  ++tally(connection).established;
  ++current_.established;
  if (connection.is_measured) connect.record(connection.connected - connection.opened);
}

void Account::alive(Connection& connection) {
  if (connection.is_alive_measured) return;
  connection.is_alive_measured = true;
  ++sustained.alive;
}

void Account::shaken(const Connection& connection, bool is_resumed, SteadyTime now) {
  ++(is_resumed ? tally(connection).resumed : tally(connection).handshakes);
  ++current_.handshakes;
  if (connection.is_measured) handshake.record(now - connection.connected);
}

void Account::first_byte(const Connection& connection, SteadyTime now) {
  if (connection.is_measured && connection.is_first) ttfb.record(now - connection.opened);
}

void Account::completed(const Connection& connection, SteadyTime now) {
  auto& counts = tally(connection);
  ++counts.completed;
  counts.answer_bytes += connection.response.bytes();
  counts.body_bytes += connection.response.body_bytes();
  ++current_.completed;
  const auto took = now - connection.due;
  current_response_.record(took);
  if (!connection.is_measured) return;
  response.record(took);
  service.record(now - connection.begun);
  if (connection.is_first) ttlb.record(now - connection.opened);
  share(connection.response.member());
}

void Account::failed(bool is_measured, Failure failure, std::string_view words) {
  ++(tally(is_measured).failed.*failure);
  ++current_.failed;
  if (failure == &LoadFailures::foreign) ++current_.foreign;
  if (first_failure.empty()) first_failure = printable(words);
}

void Account::timed_out(bool is_measured, nanoseconds limit) {
  failed(is_measured, &LoadFailures::timed_out, "the limit of the transaction passed");
  current_response_.record(limit);
  if (!is_measured) return;
  response.record(limit);
  service.record(limit);
}

void Account::unasked(const Connection& connection, std::string_view words) {
  ++tally(connection.is_alive_measured).unasked;
  if (first_failure.empty()) first_failure = printable(words);
}

void Account::share(std::string_view member) {
  if (last_member_ < members.size() && members[last_member_].member == member) {
    ++members[last_member_].completed;
    return;
  }
  for (last_member_ = 0; last_member_ < members.size(); ++last_member_)
    if (members[last_member_].member == member) break;
  if (last_member_ == members.size()) {
    if (members.size() >= kMostMembers && !member.empty()) return share({});
    members.push_back({printable(member), 0});
  }
  ++members[last_member_].completed;
}

void Account::roll(nanoseconds since_start, std::uint64_t open) {
  while (since_start >= seconds(current_.second + 1)) close_second(open);
}

void Account::close_second(std::uint64_t open) {
  current_.open = open;
  current_.half_us = us(current_response_.percentile(50));
  current_.p99_us = us(current_response_.percentile(99));
  current_.most_us = us(current_response_.most());
  const auto index = current_.second;
  if (index < seconds_.size()) {
    seconds_[index] = current_;
    published_.store(index + 1, std::memory_order_release);
  }
  current_ = {};
  current_.second = index + 1;
  current_.phase = phase_at(phases_, seconds(index + 1));
  if (!current_response_.is_empty()) current_response_.clear();
}

void Account::add_to(LoadObservation& observation) const {
  observation.counts.add(outside);
  observation.counts.add(sustained);
  observation.sustained.add(sustained);
  if (observation.first_failure.empty()) observation.first_failure = first_failure;
  for (const auto& share : members) {
    auto place = observation.members.begin();
    while (place != observation.members.end() && place->member != share.member) ++place;
    if (place == observation.members.end())
      observation.members.push_back(share);
    else
      place->completed += share.completed;
  }
}

}  // namespace hairpin::probe::load

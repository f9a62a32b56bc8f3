// SPDX-License-Identifier: Apache-2.0
#include "responder/load/loaded.hpp"

#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <cerrno>
#include <utility>

#include "evidence/ending.hpp"
#include "responder/exchange.hpp"

namespace hairpin::responder {
namespace {

using boost::system::error_code;
using net::TlsStep;
namespace error = boost::asio::error;

/// Of one answer in one turn: then others have theirs.
constexpr std::uint64_t kMostBytesAtOnce = 1 << 20;

error_code last_error() { return {errno, boost::system::system_category()}; }
error_code garbled() { return make_error_code(boost::system::errc::protocol_error); }

}  // namespace

Loaded::Loaded(net::Accepted accepted, WallTime when)
    : socket_(std::move(accepted.socket)), peer_(accepted.peer), accepted_(when) {}

Loaded::Next Loaded::go_on(Desk& desk) {
  switch (phase_) {
    case Phase::connect:
      return greet(desk);
    case Phase::tls:
      return shake_hands(desk);
    case Phase::request:
      return hear(desk);
    case Phase::response:
      return answer(desk);
    default:
      return part(desk);
  }
}

Loaded::Next Loaded::greet(Desk& desk) {
  std::uint8_t byte = 0;
  const auto count = ::recv(socket_.get(), &byte, 1, MSG_PEEK);
  if (count < 0 && errno == EAGAIN) return Next::wait_to_read;
  if (count < 0) return end(desk, last_error());
  if (count == 0) return end(desk, error::eof);
  const auto speaks = spoken(byte);
  if (speaks == Speaks::neither) return end(desk, garbled());
  is_plaintext_ = speaks == Speaks::plaintext;
  if (is_plaintext_) {
    ++desk.ledger.sums.plaintext;
    client_ = &desk.ledger.client(peer_.address, {});
    ++client_->connections;
    phase_ = Phase::request;
    return hear(desk);
  }
  phase_ = Phase::tls;
  if (!desk.tls.native()) return end(desk, make_error_code(boost::system::errc::invalid_argument));
  tls_ = std::make_unique<net::TlsEngine>();
  if (!tls_->set_up(socket_.get(), desk.tls)) return end(desk, error::no_memory);
  tls_->be_server();
  return shake_hands(desk);
}

Loaded::Next Loaded::wait_for(TlsStep step) {
  return step == TlsStep::wants_write ? Next::wait_to_write : Next::wait_to_read;
}

Loaded::Next Loaded::shake_hands(Desk& desk) {
  const auto step = tls_->shake_hands();
  if (step == TlsStep::wants_read || step == TlsStep::wants_write) return wait_for(step);
  if (step != TlsStep::done) return end(desk, tls_->failure);
  client_ = &desk.ledger.client(peer_.address, tls_->peer_name());
  ++client_->connections;
  const bool is_resumed = tls_->is_resumed();
  ++(is_resumed ? desk.ledger.sums.handshakes_resumed : desk.ledger.sums.handshakes_full);
  ++(is_resumed ? client_->handshakes_resumed : client_->handshakes_full);
  phase_ = Phase::request;
  return hear(desk);
}

/// `count` bytes in the desk's buffer; or what to do when there are none.
std::optional<Loaded::Next> Loaded::take_bytes(Desk& desk, std::size_t& count) {
  if (tls_) {
    const auto step = tls_->read(desk.bytes, count);
    if (step == TlsStep::done) return {};
    if (step == TlsStep::wants_read || step == TlsStep::wants_write) return wait_for(step);
    if (!tls_->failure) return end(desk, error::eof);
    return end(desk, tls_->failure);
  }
  const auto received = ::recv(socket_.get(), desk.bytes.data(), desk.bytes.size(), 0);
  if (received < 0 && errno == EAGAIN) return Next::wait_to_read;
  if (received < 0) return end(desk, last_error());
  if (received == 0) return end(desk, error::eof);
  count = static_cast<std::size_t>(received);
  return {};
}

Loaded::Next Loaded::hear(Desk& desk) {
  for (;;) {
    std::size_t count = 0;
    if (const auto next = take_bytes(desk, count)) return *next;
    const std::string_view bytes(desk.bytes.data(), count);
    const auto next = unread_.empty() ? take_requests(desk, bytes) : take_requests(desk, take_unread().append(bytes));
    if (next) return *next;
    if (!tls_ || !tls_->has_more()) return Next::wait_to_read;
  }
}

std::string Loaded::take_unread() { return std::exchange(unread_, {}); }

/// Answers every request that is there, and keeps the rest; absent: more bytes are needed.
std::optional<Loaded::Next> Loaded::take_requests(Desk& desk, std::string_view bytes) {
  while (const auto size = net::head_size(bytes)) {
    const auto request = net::read_load_request(bytes.substr(0, size));
    if (!request) {
      unread_ = bytes;
      return Next::hand_over;
    }
    bytes.remove_prefix(size);
    if (!has_asked_) begin_load(desk);
    ++desk.ledger.sums.requests;
    ++client_->requests;
    answer_ = desk.objects.answer_to(*request);
    phase_ = Phase::response;
    if (const auto next = send_some(desk)) {
      unread_ = bytes;
      return next;
    }
  }
  unread_ = bytes;
  if (unread_.size() > net::kMostLoadHeadBytes) return Next::hand_over;  // which knows how to refuse it
  return {};
}

void Loaded::begin_load(Desk& desk) {
  has_asked_ = true;
  auto& sums = desk.ledger.sums;
  ++sums.asked;
  ++client_->asked;
  if (tls_) ++(tls_->is_resumed() ? sums.asked_resumed : sums.asked_full);
  ports_ = desk.ledger.ports(peer_.address);
  if (ports_) ports_->begin(peer_.port);
}

void Loaded::end_load() {
  if (ports_) std::exchange(ports_, nullptr)->end();
}

Loaded::Next Loaded::answer(Desk& desk) {
  if (const auto next = send_some(desk)) return *next;
  const auto rest = take_unread();
  if (const auto next = take_requests(desk, rest)) return *next;
  return hear(desk);
}

/// A part of the answer: `count` bytes of it; or what to do when none could be sent.
std::optional<Loaded::Next> Loaded::send_part(Desk& desk, std::size_t& count) {
  if (tls_) {
    const auto record = desk.objects.next_record(answer_);
    tls_->expect_more(record.size() < answer_.left());
    const auto step = tls_->write(record, count);
    if (step == TlsStep::wants_read || step == TlsStep::wants_write) return wait_for(step);
    if (step != TlsStep::done) return end(desk, tls_->failure);
    return {};
  }
  const auto sent = desk.objects.send(answer_, socket_.get());
  if (sent < 0 && errno == EAGAIN) return Next::wait_to_write;
  if (sent < 0) return end(desk, last_error());
  count = static_cast<std::size_t>(sent);
  return {};
}

/// Absent: the answer went out whole, and the connection goes on.
std::optional<Loaded::Next> Loaded::send_some(Desk& desk) {
  const auto until = answer_.sent + kMostBytesAtOnce;
  while (answer_.left() > 0) {
    if (answer_.sent >= until) return Next::wait_to_write;
    std::size_t count = 0;
    if (const auto next = send_part(desk, count)) return next;
    const auto before = answer_.body_sent();
    answer_.sent += count;
    desk.ledger.sums.body_bytes += answer_.body_sent() - before;
    client_->body_bytes += answer_.body_sent() - before;
  }
  ++desk.ledger.sums.answered;
  ++client_->answered;
  phase_ = answer_.request.is_last ? Phase::close : Phase::request;
  if (!answer_.request.is_last) return {};
  if (tls_) tls_->say_end();
  ::shutdown(socket_.get(), SHUT_WR);
  return Next::wait_to_read;
}

/// What comes after our end is not read as requests any more; the peer's end is waited for.
Loaded::Next Loaded::part(Desk& desk) {
  const auto count = ::recv(socket_.get(), desk.bytes.data(), desk.bytes.size(), 0);
  if (count > 0 || (count < 0 && errno == EAGAIN)) return Next::wait_to_read;
  return end(desk, error::eof);
}

void Loaded::give_up(Desk& desk, error_code why) { end(desk, why); }

Loaded::Next Loaded::end(Desk& desk, error_code why) {
  failure_ = why;
  end_load();
  auto& sums = desk.ledger.sums;
  const bool is_between_requests = phase_ == Phase::request && unread_.empty();
  if (phase_ == Phase::close) {
    ++sums.closed;  // it was answered, however it ended then
  } else if (!has_asked_) {
    ++sums.failed;
    if (phase_ == Phase::connect && (why == error::eof || why == error::connection_reset)) ++sums.unheard;
    ++(client_ ? *client_ : desk.ledger.client(peer_.address, {})).failed;
  } else if (why == error::eof && is_between_requests) {
    ++sums.closed;
  } else {
    ++sums.aborted;
    ++client_->aborted;
  }
  return Next::over;
}

Result<Heard> Loaded::hand_over(const net::Executor& executor, Desk& desk) {
  ++desk.ledger.sums.handed_over;
  end_load();
  Heard heard;
  heard.accepted = accepted_;
  heard.bytes = std::move(unread_);
  if (tls_) {
    auto stream = net::adopt_tls(executor, std::move(socket_), std::move(*tls_));
    if (!stream) return stream.error();
    heard.tls = stream->get();
    heard.stream = std::move(*stream);
    return heard;
  }
  auto stream = net::adopt_socket(executor, std::move(socket_));
  if (!stream) return stream.error();
  heard.stream = std::move(*stream);
  return heard;
}

std::optional<ResponderObservation> Loaded::account(const std::string& host) {
  if (has_asked_ || std::exchange(is_told_, true)) return {};
  ResponderObservation seen;
  seen.host = host;
  seen.accepted = accepted_;
  seen.peer = peer_;
  if (const auto local = net::local_endpoint(socket_.get())) seen.local = *local;
  seen.is_plaintext = is_plaintext_;
  seen.ended_in = phase_;
  seen.end = End::decided;
  if (tls_) {
    tls_->record();
    if (tls_->session.facts.client_random) seen.tls = tls_->session.facts;
    seen.alert = tls_->session.alert;
    seen.error = tls_->session.error;
  }
  if (failure_) {
    seen.end = classify(phase_, {failure_, failure_ == error::eof, seen.alert.has_value()});
    if (seen.error.empty()) seen.error = failure_.message();
  }
  return seen;
}

}  // namespace hairpin::responder

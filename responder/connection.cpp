// SPDX-License-Identifier: Apache-2.0
#include "responder/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>

#include "evidence/ending.hpp"
#include "net/closing.hpp"
#include "responder/exchange.hpp"

namespace hairpin::responder {
namespace {

using net::Task;
namespace error = boost::asio::error;

/// How long the peer's end is waited for after the answer.
constexpr milliseconds kCloseLimit{2'000};

/// Nothing can be told from it: the peer speaks neither TLS nor HTTP.
const boost::system::error_code kGarbled = make_error_code(boost::system::errc::protocol_error);

// Each of these keeps its outcome in a reference, so that a limit or a stop loses nothing of it.

Task<Result<>> peek(net::Stream& stream, std::optional<std::uint8_t>& into) {
  const auto byte = co_await net::peek_first_byte(stream);
  if (!byte) co_return byte.error();
  into = *byte;
  if (into) co_return Result<>();
  co_return Error{error::eof, "see a first byte: the peer ended", {}};
}

Task<Result<>> handshake(net::StreamPtr stream, net::TlsContext context, net::Handshake& into) {
  into = co_await net::handshake_as_server(std::move(stream), std::move(context));
  if (into.stream) co_return Result<>();
  co_return Error{into.code, "complete the TLS handshake", {}};
}

Task<Result<>> read_request(net::Stream& stream, std::string heard, std::optional<net::http1::Request>& into) {
  net::http1::RequestReader reader;
  std::array<char, 4096> bytes{};
  if (!heard.empty()) {
    auto read = reader.put(heard);
    if (!read) co_return read.error();
    into = std::move(*read);
  }
  while (!into) {
    const auto count = co_await stream.read_some(bytes);
    if (!count) co_return count.error();
    if (*count == 0) co_return Error{error::eof, "read the whole request: the peer ended", {}};
    auto read = reader.put(std::span(bytes.data(), *count));
    if (!read) co_return read.error();
    into = std::move(*read);
  }
  co_return Result<>();
}

}  // namespace

Connection::Connection(const Settings& settings, net::StreamPtr stream)
    : identity_header_(settings.identity_header),
      keeps_(settings.keeps_connections),
      header_limit_(settings.header_limit),
      deadline_(system_clock().steady() + settings.header_limit),
      stream_(std::move(stream)) {
  seen_.host = settings.name;
  seen_.accepted = system_clock().wall();
  // A connection that was reset before it was accepted has no peer any more: it stays 0.0.0.0:0.
  if (const auto local = net::local_endpoint(stream_->descriptor())) seen_.local = *local;
  if (const auto peer = net::peer_endpoint(stream_->descriptor())) seen_.peer = *peer;
  seen_.end = End::decided;
  seen_.ended_in = Phase::connect;
}

Connection::Connection(const Settings& settings, net::TlsContext tls, net::StreamPtr stream)
    : Connection(settings, std::move(stream)) {
  tls_ = std::move(tls);
}

Connection::Connection(const Settings& settings, Heard heard)
    : Connection(settings, std::move(heard.stream)) {
  is_heard_ = true;
  bytes_ = std::move(heard.bytes);
  tls_stream_ = heard.tls;
  seen_.accepted = heard.accepted;
  seen_.is_plaintext = !tls_stream_;
  seen_.ended_in = Phase::request;
  if (tls_stream_) learn(tls_stream_->session());
}

void Connection::refuse(const std::string& reason) {
  seen_.end = End::local;
  seen_.error = reason;
  stream_.reset();
}

void Connection::begin_next() {
  goes_on_ = false;
  is_resting_ = true;
  is_heard_ = true;
  request_.reset();
  seen_.trip.reset();
  seen_.end = End::decided;
  deadline_ = system_clock().steady() + header_limit_;
}

Task<> Connection::serve() {
  if (goes_on_) begin_next();
  bool is_well = is_heard_;
  if (!is_heard_) is_well = co_await hear_first_byte();
  if (is_well && !is_heard_ && !seen_.is_plaintext) is_well = co_await shake_hands();
  if (is_well) is_well = co_await hear_request();
  if (is_well) {
    auto response = answer_to(*request_, seen_);
    response.keeps_open = keeps_ && seen_.trip && !says_close(*request_);
    const bool keeps_open = response.keeps_open;
    is_well = co_await answer(std::move(response));
    if (is_well) seen_.end = End::answered;
    goes_on_ = is_well && keeps_open;
    if (goes_on_) co_return;
  } else if (stream_ && seen_.end == End::garbled && seen_.ended_in == Phase::request) {
    co_await refuse_request();
  }
  if (seen_.end == End::answered) co_await close();
  stream_.reset();
}

Task<bool> Connection::hear_first_byte() {
  std::optional<std::uint8_t> byte;
  auto work = peek(*stream_, byte);
  const auto done = co_await limited(Phase::connect, "see a first byte", std::move(work));
  if (!done) co_return fail(done.error());
  const auto speaks = spoken(*byte);
  if (speaks == Speaks::neither)
    co_return fail(Error{kGarbled, "tell TLS or HTTP from the byte " + hex(&*byte, 1), {}});
  seen_.is_plaintext = speaks == Speaks::plaintext;
  co_return true;
}

Task<bool> Connection::shake_hands() {
  net::Handshake shaken;
  auto work = handshake(std::move(stream_), tls_, shaken);
  const auto done = co_await limited(Phase::tls, "complete the TLS handshake", std::move(work));
  learn(shaken.stream ? shaken.stream->session() : shaken.session);
  tls_stream_ = shaken.stream.get();
  stream_ = std::move(shaken.stream);
  if (done) co_return true;
  co_return fail(done.error());
}

Task<bool> Connection::hear_request() {
  auto work = read_request(*stream_, std::move(bytes_), request_);
  const auto done = co_await limited(Phase::request, "read the request", std::move(work));
  if (tls_stream_) learn(tls_stream_->session());
  if (request_) {
    is_resting_ = false;
    seen_.trip = trip_of(*request_);
    if (!identity_header_.empty()) seen_.identities = values_of(*request_, identity_header_);
    co_return true;
  }
  co_return fail(done.error());
}

Task<bool> Connection::answer(net::http1::Response response) {
  const auto bytes = net::http1::write(response);
  if (!bytes) co_return fail(bytes.error());
  auto work = stream_->write_all(*bytes);
  const auto done = co_await limited(Phase::response, "send the answer", std::move(work));
  if (tls_stream_) learn(tls_stream_->session());
  if (done) co_return true;
  co_return fail(done.error());
}

Task<> Connection::refuse_request() {
  const auto bytes = net::http1::write(refusal_of_request());
  auto work = stream_->write_all(*bytes);
  const auto said = co_await stop_.heed(kCloseLimit, "refuse the request", std::move(work));
  if (!said) co_return;
  auto parting = net::close_in_order(*stream_);
  const auto parted = co_await stop_.heed(kCloseLimit, "close in order", std::move(parting));
}

Task<> Connection::close() {
  seen_.ended_in = Phase::close;
  auto work = net::close_in_order(*stream_);
  const auto done = co_await stop_.heed(kCloseLimit, "close in order", std::move(work));
  if (!done && seen_.error.empty()) seen_.error = describe(done.error());
}

Task<Result<>> Connection::limited(Phase phase, std::string doing, Task<Result<>> work) {
  seen_.ended_in = phase;
  const auto left = std::max(deadline_ - system_clock().steady(), SteadyTime::duration::zero());
  co_return co_await stop_.heed(left, std::move(doing), std::move(work));
}

bool Connection::fail(const Error& why) {
  seen_.end = classify(seen_.ended_in, {why.code, why.code == error::eof, seen_.alert.has_value()});
  if (seen_.error.empty()) seen_.error = describe(why);
  return false;
}

void Connection::learn(const net::TlsSession& session) {
  if (session.facts.client_random) seen_.tls = session.facts;
  seen_.alert = session.alert;
  seen_.error = session.error;
}

}  // namespace hairpin::responder

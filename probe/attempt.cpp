// SPDX-License-Identifier: Apache-2.0
#include "probe/attempt.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>

#include "net/closing.hpp"
#include "net/tls/alerts.hpp"
#include "net/tls/hello.hpp"
#include "probe/exchange.hpp"

namespace hairpin::probe {
namespace {

using net::Task;
namespace error = boost::asio::error;

/// How long the peer's end is waited for: longer than a round trip round the world, shorter than a bored
/// user.
constexpr milliseconds kCloseLimit{500};

// Each of these keeps its outcome in a reference, so that a limit or an interruption loses nothing of it.

Task<Result<>> finish_connecting(net::Connecting connecting, net::StreamPtr& into) {
  auto connected = co_await net::finish_connect(std::move(connecting));
  if (!connected) co_return connected.error();
  into = std::move(*connected);
  co_return Result<>();
}

Task<Result<>> handshake(net::StreamPtr stream, net::TlsContext context, net::Handshake& into) {
  into = co_await net::handshake_as_client(std::move(stream), std::move(context));
  if (into.stream) co_return Result<>();
  co_return Error{into.code, "complete the TLS handshake", {}};
}

Task<Result<>> rested(milliseconds time) {
  co_await net::sleep_for(time);
  co_return Result<>();
}

/// A connection that only has to be there for a while: what it counts for is the balancer's business.
Task<> close_later(net::StreamPtr stream, milliseconds hold) {
  co_await net::sleep_for(hold);
  auto work = net::close_in_order(*stream);
  auto limited = net::within(kCloseLimit, "close in order", std::move(work));
  static_cast<void>(co_await std::move(limited));
}

/// `first` gets the beginning of what came, whatever it is.
Task<Result<>> read_response(net::Stream& stream, std::optional<net::http1::Response>& into, std::string& first) {
  net::http1::ResponseReader reader;
  std::array<char, 4096> bytes{};
  while (!into) {
    const auto count = co_await stream.read_some(bytes);
    if (!count) co_return count.error();
    if (first.size() < net::kAlertBytes) first.append(bytes.data(), std::min(*count, net::kAlertBytes - first.size()));
    auto read = *count > 0 ? reader.put(std::span(bytes.data(), *count)) : reader.finish();
    if (!read) co_return read.error();
    into = std::move(*read);
    if (!into && *count == 0) co_return Error{error::eof, "read the whole answer", {}};
  }
  co_return Result<>();
}

}  // namespace

Attempt::Attempt(Order order, net::TlsContext tls, std::string host, net::Stop stop)
    : order_(std::move(order)),
      tls_(std::move(tls)),
      stop_(std::move(stop)),
      began_(system_clock().steady()) {
  seen_.host = std::move(host);
  seen_.trip = order_.trip;
  seen_.target = order_.target;
  seen_.depth = order_.depth;
  seen_.attempt = order_.attempt;
  seen_.question = order_.question;
  if (order_.idle > milliseconds(0)) seen_.idled = order_.idle;
  seen_.started = system_clock().wall();
}

Task<> Attempt::run(const std::function<void(const Tuple&)>& on_dialled) {
  const bool speaks_tls = tls_.native() != nullptr && order_.depth >= Depth::hello;
  bool is_well = co_await connect(on_dialled);
  if (is_well && speaks_tls && order_.depth == Depth::hello) is_well = co_await greet();
  if (is_well && speaks_tls && order_.depth >= Depth::tls) is_well = co_await shake_hands();
  if (is_well && order_.idle > milliseconds(0)) is_well = co_await rest();
  if (is_well && order_.patience) is_well = co_await stall();
  if (is_well && order_.depth == Depth::http) is_well = co_await ask();
  if (is_well && order_.question == TlsQuestion::half_close) is_well = co_await end_ours();
  if (is_well && order_.depth == Depth::http) is_well = co_await hear_answer();
  if (is_well) co_await close();
  stream_.reset();
  seen_.ended = system_clock().wall();
}

Task<bool> Attempt::connect(const std::function<void(const Tuple&)>& on_dialled) {
  begin(Phase::connect);
  if (stop_.is_signalled()) co_return fail(Phase::connect, Error{error::operation_aborted, "connect", {}});
  const net::Dial dial(order_.target.endpoint, order_.from);
  auto begun = net::begin_connect(dial);
  if (!begun) co_return fail(Phase::connect, begun.error(), true);
  seen_.local = begun->local;
  const Tuple tuple{begun->local, order_.target.endpoint};
  if (on_dialled) on_dialled(tuple);
  auto work = finish_connecting(std::move(*begun), stream_);
  const auto done = co_await finish("connect to " + to_string(order_.target.endpoint), std::move(work));
  if (done) co_return true;
  co_return fail(Phase::connect, done.error());
}

Task<bool> Attempt::greet() {
  net::TlsSession learnt;
  begin(Phase::tls);
  auto work = net::say_hello(*stream_, tls_, learnt);
  const auto done = co_await finish("get an answer to the ClientHello", std::move(work));
  learn(learnt);
  if (done) co_return true;
  co_return fail(Phase::tls, done.error());
}

Task<bool> Attempt::shake_hands() {
  net::Handshake shaken;
  begin(Phase::tls);
  auto work = handshake(std::move(stream_), tls_, shaken);
  const auto done = co_await finish("complete the TLS handshake", std::move(work));
  learn(shaken.stream ? shaken.stream->session() : shaken.session);
  tls_stream_ = shaken.stream.get();
  stream_ = std::move(shaken.stream);
  if (done) co_return true;
  co_return fail(Phase::tls, done.error());
}

Task<bool> Attempt::rest() {
  auto work = rested(order_.idle);
  const auto done = co_await stop_.heed(order_.idle + order_.limit, "rest before the request", std::move(work));
  if (done) co_return true;
  co_return fail(Phase::request, done.error());
}

Task<bool> Attempt::stall() {
  const auto since = system_clock().steady();
  auto work = net::read_to_the_end(*stream_);
  const auto done = co_await stop_.heed(*order_.patience, "see how long the server waits", std::move(work));
  if (tls_stream_) learn(tls_stream_->session());
  const bool is_ours = !done && (done.error().code == error::timed_out || done.error().code == error::operation_aborted);
  if (!seen_.details) seen_.details.emplace();
  if (!is_ours) seen_.details->patience = std::chrono::duration_cast<milliseconds>(system_clock().steady() - since);
  seen_.end = End::answered;
  seen_.ended_in = Phase::close;
  co_return false;  // there is nothing more to say
}

Task<bool> Attempt::end_ours() {
  auto work = stream_->shut_down();
  const auto done = co_await finish("say close_notify", std::move(work));
  if (done) co_return true;
  co_return fail(Phase::request, done.error());
}

Task<bool> Attempt::ask() {
  begin(Phase::request);
  const auto* const details = tls_stream_ && tls_stream_->session().details ? &*tls_stream_->session().details : nullptr;
  if (details && details->early_data == EarlyData::accepted) co_return true;  // it went along with the ClientHello
  auto request = net::http1::write(request_of(order_));
  if (!request) co_return fail(Phase::request, request.error(), true);
  request_ = std::move(*request);
  auto work = stream_->write_all(request_);
  const auto done = co_await finish("send the request", std::move(work));
  if (done) co_return true;
  if (tls_stream_) learn(tls_stream_->session());
  co_return fail(Phase::request, done.error());
}

Task<bool> Attempt::hear_answer() {
  begin(Phase::response);
  std::string first;
  auto work = read_response(*stream_, response_, first);
  const auto done = co_await finish("read the answer", std::move(work));
  if (tls_stream_) learn(tls_stream_->session());
  if (!tls_stream_ && order_.question) seen_.alert = net::alert_in(first);
  if (response_) {
    seen_.http_status = response_->status;
    seen_.answer = read_answer(response_->body, order_.trip);
    if (order_.question) seen_.http_title = title_of(response_->body);
    co_return true;
  }
  co_return fail(Phase::response, done.error());
}

Task<> Attempt::close() {
  begin(Phase::close);
  if (order_.hold > milliseconds(0)) {
    const auto executor = co_await boost::asio::this_coro::executor;
    net::spawn(executor, close_later(std::move(stream_), order_.hold));
    seen_.end = End::answered;
    seen_.ended_in = Phase::close;
    co_return;
  }
  order_.limit = std::min(order_.limit, kCloseLimit);
  if (order_.question == TlsQuestion::usual && response_) co_await hear_end();
  auto work = net::close_in_order(*stream_);
  const auto done = co_await finish("close in order", std::move(work));
  if (tls_stream_) learn(tls_stream_->session());
  if (!done && order_.depth == Depth::tls && seen_.alert) {
    fail(Phase::close, done.error());
    co_return;
  }
  seen_.end = End::answered;
  seen_.ended_in = Phase::close;
  if (!done) seen_.error = describe(done.error());
}

Task<> Attempt::hear_end() {
  auto work = net::read_to_the_end(*stream_);
  static_cast<void>(co_await finish("see how the server ends", std::move(work)));
  if (tls_stream_) learn(tls_stream_->session());
}

Task<Result<>> Attempt::finish(std::string doing, Task<Result<>> work) {
  auto done = co_await stop_.heed(order_.limit, std::move(doing), std::move(work));
  auto& phase = seen_.phases.back();
  phase.took = system_clock().steady() - began_ - phase.began;
  co_return done;
}

void Attempt::begin(Phase phase) { seen_.phases.push_back({phase, system_clock().steady() - began_, {}}); }

bool Attempt::fail(Phase phase, const Error& why, bool is_before_first_packet) {
  const auto& code = why.code;
  const bool is_end = code == error::eof;
  seen_.end = classify(phase, {code, is_end, seen_.alert.has_value(), is_before_first_packet});
  seen_.ended_in = phase;
  if (seen_.error.empty()) seen_.error = describe(why);
  const bool is_ours = code == error::timed_out || code == error::operation_aborted;
  if (code.category() == boost::system::system_category() && !is_ours) seen_.errno_value = code.value();
  return false;
}

void Attempt::learn(const net::TlsSession& session) {
  if (session.facts.client_random) seen_.tls = session.facts;
  seen_.alert = session.alert;
  seen_.error = session.error;
  seen_.details = session.details;
}

}  // namespace hairpin::probe

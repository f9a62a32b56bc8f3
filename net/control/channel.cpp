// SPDX-License-Identifier: Apache-2.0
#include "net/control/channel.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <vector>

#include "base/json.hpp"
#include "net/control/connection.hpp"

namespace hairpin::control {

namespace asio = boost::asio;

struct Channel::State : Connection {
  using Connection::Connection;
};

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kChunkBytes = 32 * 1024;

/// The peer's requests in work. Shared with each of them, so that the handlers, and what their lambdas
/// captured, live until the last one ends.
struct Requests {
  explicit Requests(const net::Executor& executor) : all_ended(executor, SteadyTime::max()) {}
  Channel::OnRequest on_request;
  Channel::OnNotice on_notice;
  std::uint64_t last_id = 0;
  std::list<std::shared_ptr<net::Cancellation>> running;
  asio::steady_timer all_ended;  ///< cancelled when the last one ends
};
using ConnectionPtr = std::shared_ptr<Connection>;
using RequestsPtr = std::shared_ptr<Requests>;

/// Forgets a request when its coroutine ends, however it ends.
class Running {
 public:
  Running(RequestsPtr requests, std::shared_ptr<net::Cancellation> cancellation)
      : requests_(std::move(requests)), cancellation_(std::move(cancellation)) {
    requests_->running.push_back(cancellation_);
  }
  Running(Running&&) = default;
  Running& operator=(Running&&) = delete;
  ~Running() {
    if (!requests_) return;
    requests_->running.remove(cancellation_);
    if (requests_->running.empty()) requests_->all_ended.cancel();
  }
  Channel::OnRequest& handler() const { return requests_->on_request; }

 private:
  RequestsPtr requests_;
  std::shared_ptr<net::Cancellation> cancellation_;
};

net::Task<> answer(ConnectionPtr connection, Running running, Message request) {
  const Running here = std::move(running);
  auto work = here.handler()(*request.action, std::move(request.body));
  auto result = co_await std::move(work);
  Message reply;
  reply.answers = request.id;
  if (result)
    reply.body = std::move(*result);
  else
    reply.error = describe(result.error());
  const auto sent = connection->send(reply);
  if (sent) co_return;
  reply.body = nullptr;
  reply.error = describe(sent.error());
  connection->send(reply);
}

Result<> start_answering(const net::Executor& executor, const ConnectionPtr& connection,
                         const RequestsPtr& requests, Message request) {
  if (request.id <= requests->last_id)
    return refusal("read a control request: its id is not higher than the last");
  if (requests->running.size() >= kMaximumRequests)
    return refusal(fmt::format("take more than {} requests at a time", kMaximumRequests));
  requests->last_id = request.id;
  auto cancellation = std::make_shared<net::Cancellation>();
  Running running(requests, cancellation);
  net::spawn(executor, answer(connection, std::move(running), std::move(request)), std::move(cancellation));
  return {};
}

Result<> dispatch(const net::Executor& executor, const ConnectionPtr& connection, const RequestsPtr& requests,
                  Message message) {
  if (!connection->is_open()) return {};
  if (message.answers) return connection->take_answer(std::move(message));
  if (message.action) return start_answering(executor, connection, requests, std::move(message));
  requests->on_notice(std::move(*message.notice), std::move(message.body));
  return {};
}

net::Task<Result<boost::json::value>> refuse(Action, boost::json::value) {
  co_return refusal("take requests on this side of the control connection");
}

/// Until the connection ends: nothing wrong when that is between two frames.
net::Task<Result<>> read_messages(ConnectionPtr connection, RequestsPtr requests) {
  const auto executor = co_await asio::this_coro::executor;
  FrameReader reader;
  std::vector<char> chunk(kChunkBytes);
  while (!connection->has_ended()) {
    const auto count = co_await connection->stream().read_some(chunk);
    if (!count) co_return count.error();
    if (*count == 0 && !reader.is_inside_frame()) co_return Result<>{};
    if (*count == 0) co_return Error{asio::error::eof, "read the rest of a control message", {}};
    const std::span<const char> bytes(chunk.data(), *count);
    if (const auto put = reader.put(bytes); !put) co_return put.error();
    for (;;) {
      auto message = reader.next();
      if (!message) co_return message.error();
      if (!*message) break;
      const auto taken = dispatch(executor, connection, requests, std::move(**message));
      if (!taken) co_return taken.error();
    }
  }
  co_return Result<>{};
}

net::Task<Result<>> serve_until_end(ConnectionPtr connection, RequestsPtr requests) {
  auto reading = read_messages(connection, requests);
  const auto why = co_await std::move(reading);
  connection->end(why);
  // Whoever cancelled us wants an end as well; it is near, and the handlers' owner must not go before them.
  co_await asio::this_coro::reset_cancellation_state();
  const auto running = requests->running;
  for (const auto& request : running) request->cancel();
  while (!requests->running.empty()) co_await requests->all_ended.async_wait(kNoThrow);
  co_return connection->why_ended();
}

net::Task<Result<>> serve_connection(ConnectionPtr connection, Channel::OnRequest on_request,
                                     Channel::OnNotice on_notice) {
  const auto executor = co_await asio::this_coro::executor;
  auto requests = std::make_shared<Requests>(executor);
  requests->on_request = std::move(on_request);
  requests->on_notice = std::move(on_notice);
  if (!requests->on_request) requests->on_request = refuse;
  if (!requests->on_notice) requests->on_notice = [](const std::string&, const boost::json::value&) {};
  connection->run_on(executor);
  auto serving = serve_until_end(connection, std::move(requests));
  auto why = co_await std::move(serving);
  co_return why;
}

}  // namespace

Channel::Channel(net::StreamPtr stream) : state_(std::make_shared<State>(std::move(stream))) {}

Channel::~Channel() {
  state_->end(Error{asio::error::operation_aborted, "use a control connection that was closed", {}});
}

net::Task<Result<>> Channel::serve(OnRequest on_request, OnNotice on_notice) {
  return serve_connection(state_, std::move(on_request), std::move(on_notice));
}

net::Task<Result<boost::json::value>> Channel::request(Action action, boost::json::value body,
                                                       milliseconds limit) {
  return Connection::request(state_, action, std::move(body), limit);
}

void Channel::notify(std::string notice, boost::json::value body) {
  Message message;
  message.notice = std::move(notice);
  message.body = std::move(body);
  if (const auto sent = state_->send(message); !sent) state_->end(sent.error());
}

void Channel::close() { state_->close(); }
bool Channel::is_open() const { return state_->is_open(); }
std::size_t Channel::backlog_bytes() const { return state_->backlog_bytes(); }

}  // namespace hairpin::control

// SPDX-License-Identifier: Apache-2.0
#include "net/control/connection.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/json.hpp"
#include "base/text.hpp"

namespace hairpin::control {

namespace asio = boost::asio;

namespace {
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr milliseconds kLinger{1'000};

const char* name_of(Action action) { return boost::describe::enum_to_string(action, "?"); }
}  // namespace

struct Connection::Outstanding {
  Outstanding(const net::Executor& executor, milliseconds limit) : wake(executor, limit) {}
  void settle(Result<boost::json::value> result) {
    answer.emplace(std::move(result));
    wake.cancel();
  }
  asio::steady_timer wake;  ///< expires with the limit, is cancelled by the answer
  std::optional<Result<boost::json::value>> answer;
};

struct Connection::Linger {
  explicit Linger(const net::Executor& executor) : limit(executor, kLinger) {}
  asio::steady_timer limit;
};

Connection::Connection(net::StreamPtr stream) : stream_(std::move(stream)) {}
Connection::~Connection() = default;

void Connection::run_on(const net::Executor& executor) {
  if (executor_) return;
  executor_ = executor;
  if (is_closing_ && !end_) start_lingering();
  start_writing();
}

Error Connection::error_for_requests() const {
  if (end_ && end_->has_error()) return end_->error();
  if (is_closing_)
    return Error{asio::error::operation_aborted, "use a control connection that was closed", {}};
  return Error{asio::error::eof, "keep the control connection: the other end left", {}};
}

void Connection::fail_outstanding(const Error& error) {
  const auto outstanding = std::exchange(outstanding_, {});
  for (const auto& [id, request] : outstanding) request->settle(error);
}

void Connection::end(Result<> why) {
  if (end_) return;
  end_ = std::move(why);
  queue_.clear();
  fail_outstanding(error_for_requests());
  if (linger_) linger_->limit.cancel();
  stream_.reset();  // the peer is to see the end now; coroutines that wait on the stream are told
}

void Connection::close() {
  if (!is_open()) return;
  is_closing_ = true;
  fail_outstanding(error_for_requests());
  if (!executor_) return;  // what was queued is sent when the loop is known
  start_lingering();
  start_writing();
}

void Connection::start_lingering() {
  linger_ = std::make_unique<Linger>(*executor_);
  linger_->limit.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->end({});
  });
}

Result<> Connection::send(const Message& message) {
  const auto frame = encode(message);
  if (!frame) return frame.error();
  if (!is_open()) return {};
  queue_ += *frame;
  if (backlog_bytes() > kMaximumBacklogBytes)
    end(Error{asio::error::no_buffer_space,
              "send to the other end of the control connection: it does not read",
              {}});
  start_writing();
  return {};
}

void Connection::start_writing() {
  if (is_writing_ || end_ || !executor_ || (queue_.empty() && !is_closing_)) return;
  is_writing_ = true;
  net::spawn(*executor_, write_queue(shared_from_this()));
}

net::Task<> Connection::write_queue(std::shared_ptr<Connection> self) {
  while (!self->end_ && !self->queue_.empty()) {
    const std::string frames = std::exchange(self->queue_, {});
    self->writing_bytes_ = frames.size();
    const std::span<const char> bytes(frames);
    const auto written = co_await self->stream_->write_all(bytes);
    self->writing_bytes_ = 0;
    if (!written) self->end(written.error());
  }
  if (self->is_closing_ && !self->end_) {
    co_await self->stream_->shut_down();
    self->end({});
  }
  self->is_writing_ = false;
}

Result<> Connection::take_answer(Message message) {
  const auto id = *message.answers;
  if (id == 0 || id > last_id_) return refusal(fmt::format("read an answer: nobody asked question {}", id));
  const auto found = outstanding_.find(id);
  if (found == outstanding_.end()) return {};  // its limit has passed
  const auto request = found->second;
  outstanding_.erase(found);
  if (message.error) {
    std::string_view words = *message.error;
    constexpr std::string_view kBegin = "could not ";  // describe() begins so, and it will be described again
    if (words.starts_with(kBegin)) words.remove_prefix(kBegin.size());
    request->settle(refusal(printable(words)));
  } else {
    request->settle(std::move(message.body));
  }
  return {};
}

net::Task<Result<boost::json::value>> Connection::request(std::shared_ptr<Connection> self, Action action,
                                                          boost::json::value body, milliseconds limit) {
  if (!self->is_open()) co_return self->error_for_requests();
  const auto executor = co_await asio::this_coro::executor;
  const auto doing = fmt::format("get an answer to \"{}\" within {} ms", name_of(action), limit.count());
  Message message;
  message.id = self->last_id_ + 1;
  message.action = action;
  message.body = std::move(body);
  const auto mine = std::make_shared<Outstanding>(executor, limit);
  self->outstanding_.emplace(message.id, mine);
  self->run_on(executor);
  if (const auto sent = self->send(message); !sent) {
    self->outstanding_.erase(message.id);
    co_return sent.error();
  }
  self->last_id_ = message.id;
  boost::system::error_code ended;
  if (!mine->answer) {
    const auto [error] = co_await mine->wake.async_wait(kNoThrow);
    ended = error;
  }
  if (mine->answer) co_return std::move(*mine->answer);
  self->outstanding_.erase(message.id);
  if (!ended) ended = asio::error::timed_out;
  co_return Error{ended, doing, {}};
}

}  // namespace hairpin::control

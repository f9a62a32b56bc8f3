// SPDX-License-Identifier: Apache-2.0
#include "net/task.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace hairpin::net {

namespace asio = boost::asio;

namespace {
constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
}  // namespace

struct Cancellation::Signal {
  asio::cancellation_signal signal;
};

Cancellation::Cancellation() : signal_(std::make_unique<Signal>()) {}
Cancellation::~Cancellation() = default;
void Cancellation::cancel() { signal_->signal.emit(asio::cancellation_type::terminal); }

void spawn(const Executor& executor, Task<> task) {
  asio::co_spawn(executor, std::move(task), [](const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
}

void spawn(const Executor& executor, Task<> task, std::shared_ptr<Cancellation> cancellation) {
  const auto slot = cancellation->signal_->signal.slot();
  // The handler keeps the signal alive for as long as the task may look at its slot.
  auto on_end = [cancellation = std::move(cancellation)](const std::exception_ptr& thrown) {
    if (thrown && !task_detail::is_cancellation(thrown)) std::rethrow_exception(thrown);
  };
  asio::co_spawn(executor, std::move(task), asio::bind_cancellation_slot(slot, std::move(on_end)));
}

Task<> sleep_for(std::chrono::steady_clock::duration time) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, time);
  co_await timer.async_wait(kNoThrow);
}

namespace task_detail {

bool is_cancellation(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    return error.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

Task<bool> expires(std::chrono::steady_clock::duration limit, Task<> work) {
  using namespace asio::experimental::awaitable_operators;
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer deadline(executor, limit);
  // `work` never throws (store), so || neither hides an error nor waits for the timer because of one.
  const auto first = co_await (std::move(work) || deadline.async_wait(kNoThrow));
  if (first.index() == 0) co_return false;
  const auto& [error] = std::get<1>(first);
  co_return !error;
}

}  // namespace task_detail
}  // namespace hairpin::net

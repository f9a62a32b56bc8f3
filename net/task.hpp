// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/result.hpp"

/// Coroutines of one thread and one loop. House rule: a statement with co_await holds only named objects,
/// scalars and plain constructor calls (g++ 12 miscompiles the rest; docs/decisions).
namespace hairpin::net {

template <class T = void>
using Task = boost::asio::awaitable<T>;
using Executor = boost::asio::any_io_executor;

/// Starts a task of its own. An exception that escapes it comes out of io_context::run(): it is a bug.
void spawn(const Executor& executor, Task<> task);

/// Ends a task from outside: the wait that the task is in, or its next one, fails with operation_aborted.
class Cancellation {
 public:
  Cancellation();
  ~Cancellation();
  void cancel();

 private:
  friend void spawn(const Executor& executor, Task<> task, std::shared_ptr<Cancellation> cancellation);
  struct Signal;
  std::unique_ptr<Signal> signal_;
};
/// As above, for a task that its owner may cancel; operation_aborted then ends it and is no bug.
void spawn(const Executor& executor, Task<> task, std::shared_ptr<Cancellation> cancellation);

Task<> sleep_for(std::chrono::steady_clock::duration time);

namespace task_detail {

/// Runs `work` to its end; it is cancelled when `limit` passes first, and that is what `true` says.
Task<bool> expires(std::chrono::steady_clock::duration limit, Task<> work);
bool is_cancellation(const std::exception_ptr& thrown);

template <class T>
struct Outcome {
  std::optional<Result<T>> result;
  std::exception_ptr thrown;
};

template <class T>
Task<> store(Task<Result<T>> work, Outcome<T>& outcome) {
  try {
    outcome.result.emplace(co_await std::move(work));
  } catch (...) {
    outcome.thrown = std::current_exception();
  }
}

}  // namespace task_detail

/// The result of `work`, whatever it is; the error timed_out with `doing` when `limit` passed first and
/// `work` had nothing to say. An exception of `work` comes out here. When the caller itself is cancelled:
/// operation_aborted.
template <class T>
Task<Result<T>> within(std::chrono::steady_clock::duration limit, std::string doing, Task<Result<T>> work) {
  task_detail::Outcome<T> outcome;
  auto stored = task_detail::store(std::move(work), outcome);
  const bool has_expired = co_await task_detail::expires(limit, std::move(stored));
  if (outcome.thrown && !task_detail::is_cancellation(outcome.thrown)) std::rethrow_exception(outcome.thrown);
  const bool was_aborted =
      !outcome.result ||
      (outcome.result->has_error() && outcome.result->error().code == boost::asio::error::operation_aborted);
  if (!was_aborted) co_return std::move(*outcome.result);
  boost::system::error_code code = boost::asio::error::operation_aborted;
  if (has_expired) code = boost::asio::error::timed_out;
  co_return Error{code, std::move(doing), {}};
}

}  // namespace hairpin::net

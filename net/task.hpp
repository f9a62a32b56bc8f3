// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"

/// Coroutines of one thread and one loop. House rule: a statement with co_await holds only named objects, scalars and
/// plain constructor calls (g++ 12 miscompiles the rest; docs/decisions).
namespace hairpin::net {

template <class T = void>
using Task = boost::asio::awaitable<T>;
using Executor = boost::asio::any_io_executor;

/// Starts a task of its own. An exception that escapes it comes out of io_context::run(): it is a bug.
void spawn(const Executor& executor, Task<> task);

/// `work`, or the error timed_out with `doing` when `limit` passes first. `work` must not throw.
Task<Result<>> within(std::chrono::steady_clock::duration limit, std::string doing, Task<Result<>> work);
template <class T>
Task<Result<T>> within(std::chrono::steady_clock::duration limit, std::string doing, Task<Result<T>> work);

Task<> sleep_for(std::chrono::steady_clock::duration time);

}  // namespace hairpin::net

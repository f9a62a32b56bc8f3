// SPDX-License-Identifier: Apache-2.0
#include "net/stop.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <vector>

#include "base/clock.hpp"

namespace hairpin::net {

namespace asio = boost::asio;

struct Stop::State {
  bool is_signalled = false;
  std::vector<std::weak_ptr<asio::steady_timer>> waiting;  ///< gone when the coroutine is destroyed first

  /// Also returns when the work is done first: then the timer's wait is cancelled.
  Task<> until_signalled(std::shared_ptr<asio::steady_timer> timer) const {
    constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);
    if (!is_signalled) co_await timer->async_wait(no_throw);  // it may have been since the timer was made
  }
};

Stop::Stop() : state_(std::make_shared<State>()) {}

bool Stop::is_signalled() const { return state_->is_signalled; }

void Stop::signal() {
  state_->is_signalled = true;
  for (const auto& waiting : state_->waiting)
    if (const auto timer = waiting.lock()) timer->cancel();
}

Task<Result<>> Stop::heed(std::chrono::steady_clock::duration limit, std::string doing,
                          Task<Result<>> work) const {
  using namespace asio::experimental::awaitable_operators;
  const auto state = state_;
  if (state->is_signalled) co_return Error{asio::error::operation_aborted, std::move(doing), {}};
  const auto executor = co_await asio::this_coro::executor;
  const auto stopped = std::make_shared<asio::steady_timer>(executor, SteadyTime::max());
  state->waiting.push_back(stopped);
  auto limited = within(limit, doing, std::move(work));
  auto first = co_await (std::move(limited) || state->until_signalled(stopped));
  std::erase_if(state->waiting, [&](const auto& other) { return other.lock() == stopped; });
  if (first.index() == 0) co_return std::get<0>(std::move(first));
  co_return Error{asio::error::operation_aborted, std::move(doing), {}};
}

}  // namespace hairpin::net

// SPDX-License-Identifier: Apache-2.0
#include "net/together.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

namespace hairpin::net {
namespace asio = boost::asio;
namespace {

struct Waiting {
  Waiting(const Executor& executor, std::size_t count)
      : all_ended(executor, asio::steady_timer::time_point::max()), left(count) {}
  asio::steady_timer all_ended;
  std::size_t left;
};

Task<> counted(Task<> task, std::shared_ptr<Waiting> waiting) {
  co_await std::move(task);
  if (--waiting->left == 0) waiting->all_ended.cancel();
}

}  // namespace

Task<> together(std::vector<Task<>> tasks) {
  const auto executor = co_await asio::this_coro::executor;
  const auto waiting = std::make_shared<Waiting>(executor, tasks.size());
  for (auto& task : tasks) spawn(executor, counted(std::move(task), waiting));
  constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);
  while (waiting->left > 0) co_await waiting->all_ended.async_wait(no_throw);
}

}  // namespace hairpin::net

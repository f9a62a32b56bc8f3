// SPDX-License-Identifier: Apache-2.0
#include "net/task.hpp"

#include <gmock/gmock.h>

#include <boost/asio/error.hpp>
#include <stdexcept>

#include "tests/lab/net/loop.hpp"

namespace hairpin::net {
namespace {

using std::chrono::milliseconds;
namespace asio = boost::asio;

class Tasks : public Loop {};

Task<Result<int>> answer_after(milliseconds time, int answer) {
  co_await sleep_for(time);
  co_return answer;
}

Task<Result<int>> fail_after(milliseconds time) {
  co_await sleep_for(time);
  co_return refusal("do the work");
}

Task<Result<int>> throw_after(milliseconds time) {
  co_await sleep_for(time);
  throw std::logic_error("a bug");
}

/// Waits again and again, as long as it may.
Task<Result<int>> stuck() {
  for (;;) co_await sleep_for(milliseconds(60'000));
}

Task<> sleep_long(bool& has_ended, bool& has_finished) {
  struct Mark {
    bool& mark;
    explicit Mark(bool& told) : mark(told) {}
    ~Mark() { mark = true; }
  };
  const Mark at_end(has_ended);
  co_await sleep_for(milliseconds(60'000));
  co_await sleep_for(milliseconds(1));
  has_finished = true;
}

Task<Result<int>> answer_in_spite_of_the_end(milliseconds time, int answer) {
  co_await sleep_for(time);  // returns early when cancelled
  co_return answer;
}

TEST_F(Tasks, WithinGivesTheResultOfTheWork) {
  EXPECT_EQ(get(within(milliseconds(5000), "work", answer_after(milliseconds(1), 42))).value(), 42);
}

TEST_F(Tasks, WithinGivesTheErrorOfTheWork) {
  const auto result = get(within(milliseconds(5000), "work", fail_after(milliseconds(1))));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().doing, "do the work");
}

TEST_F(Tasks, WithinSaysWhatTookTooLong) {
  const auto result = get(within(milliseconds(5), "connect to the VIP", stuck()));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, asio::error::timed_out);
  EXPECT_EQ(result.error().doing, "connect to the VIP");
}

TEST_F(Tasks, WithinKeepsAResultThatComesWithTheEnd) {
  const auto result =
      get(within(milliseconds(5), "work", answer_in_spite_of_the_end(milliseconds(60'000), 42)));
  EXPECT_EQ(result.value(), 42);
}

TEST_F(Tasks, WithinLetsABugOutAtOnce) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THROW(get(within(milliseconds(5000), "work", throw_after(milliseconds(1)))), std::logic_error);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(4000));
}

TEST_F(Tasks, WithinTakesTasksWithoutValue) {
  const auto done = []() -> Task<Result<>> { co_return Result<>{}; };
  EXPECT_TRUE(get(within(milliseconds(1000), "work", done())));
}

TEST_F(Tasks, TheInnerLimitIsTold) {
  auto inner = within(milliseconds(5), "inner", stuck());
  const auto result = get(within(milliseconds(5000), "outer", std::move(inner)));
  EXPECT_EQ(result.error().doing, "inner");
  EXPECT_EQ(result.error().code, asio::error::timed_out);
}

TEST_F(Tasks, TheOuterLimitEndsTheInnerWork) {
  auto inner = within(milliseconds(60'000), "inner", stuck());
  const auto result = get(within(milliseconds(5), "outer", std::move(inner)));
  EXPECT_EQ(result.error().doing, "outer");
  EXPECT_EQ(result.error().code, asio::error::timed_out);
}

TEST_F(Tasks, AnEscapedExceptionComesOutOfTheLoop) {
  const auto work = []() -> Task<> {
    co_await sleep_for(milliseconds(1));
    throw std::logic_error("a bug");
  };
  spawn(executor(), work());
  EXPECT_THROW(run_for(milliseconds(1000)), std::logic_error);
}

TEST_F(Tasks, ACancelledTaskEndsQuietly) {
  bool has_ended = false;
  bool has_finished = false;
  auto cancellation = std::make_shared<Cancellation>();
  spawn(executor(), sleep_long(has_ended, has_finished), cancellation);
  run_for(milliseconds(5));
  EXPECT_FALSE(has_ended);
  cancellation->cancel();
  run_for(milliseconds(1000));
  EXPECT_TRUE(has_ended);
  EXPECT_FALSE(has_finished) << "the wait after the cancelled one must not be waited for";
}

}  // namespace
}  // namespace hairpin::net

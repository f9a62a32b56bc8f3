// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "net/stream.hpp"
#include "net/task.hpp"

namespace hairpin::net {

inline const Endpoint kLoopback{*parse_address("127.0.0.1"), 0};
inline const Endpoint kLoopback6{*parse_address("::1"), 0};

/// A loop for one test. What a test waits for has ten seconds.
class Loop : public testing::Test {
 protected:
  Executor executor() { return context.get_executor(); }

  /// Runs the loop until the task has its value.
  template <class T>
  T get(Task<T> task) {
    std::optional<T> value;
    spawn(executor(), keep(std::move(task), value));
    run_until([&] { return value.has_value(); });
    if (!value) throw std::runtime_error("the task did not end in time");
    return std::move(*value);
  }

  /// Runs the loop until the task ends.
  void finish(Task<> task) {
    bool is_done = false;
    spawn(executor(), mark(std::move(task), is_done));
    run_until([&] { return is_done; });
    ASSERT_TRUE(is_done) << "the task did not end in time";
  }

  /// Starts a task whose value is looked at later.
  template <class T>
  std::shared_ptr<std::optional<T>> start(Task<T> task) {
    auto value = std::make_shared<std::optional<T>>();
    spawn(executor(), keep_shared(std::move(task), value));
    return value;
  }

  template <class Condition>
  bool run_until(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    context.restart();
    while (!condition() && std::chrono::steady_clock::now() < end) {
      context.restart();
      context.run_one_for(std::chrono::milliseconds(100));
    }
    return condition();
  }

  void run_for(std::chrono::milliseconds time) {
    context.restart();
    context.run_for(time);
  }

  std::pair<StreamPtr, StreamPtr> stream_pair() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    auto one = adopt_socket(executor(), Descriptor(ends[0]));
    auto other = adopt_socket(executor(), Descriptor(ends[1]));
    return {std::move(one).value(), std::move(other).value()};
  }

  /// Both ends of a TCP connection over loopback: who dialled, who accepted.
  std::pair<StreamPtr, StreamPtr> tcp_pair() {
    const auto acceptor = listen_tcp(executor(), kLoopback).value();
    auto connecting = begin_connect(Dial(acceptor->local())).value();
    auto dialled = get(finish_connect(std::move(connecting)));
    auto accepted = get(acceptor->accept());
    return {std::move(dialled).value(), std::move(accepted).value()};
  }

  boost::asio::io_context context{1};

 private:
  template <class T>
  static Task<> keep(Task<T> task, std::optional<T>& value) {
    value.emplace(co_await std::move(task));
  }
  template <class T>
  static Task<> keep_shared(Task<T> task, std::shared_ptr<std::optional<T>> value) {
    value->emplace(co_await std::move(task));
  }
  static Task<> mark(Task<> task, bool& is_done) {
    co_await std::move(task);
    is_done = true;
  }
};

inline Task<Result<std::string>> read_text(Stream& stream) {
  std::string text(4096, '\0');
  const std::span<char> into(text);
  const auto count = co_await stream.read_some(into);
  if (!count) co_return count.error();
  text.resize(*count);
  co_return text;
}

inline Task<Result<>> read_to_the_end(Stream& stream) {
  for (;;) {
    const auto text = co_await read_text(stream);
    if (!text) co_return text.error();
    if (text->empty()) co_return Result<>{};
  }
}

/// A frame of the control channel: its length in four bytes, then JSON (docs/protocol.md).
inline std::string control_frame(const std::string& json) {
  std::string bytes(4, '\0');
  bytes[2] = static_cast<char>(json.size() >> 8);
  bytes[3] = static_cast<char>(json.size() & 0xff);
  return bytes + json;
}

inline Task<Result<>> write_text(Stream& stream, std::string text) {
  const std::span<const char> bytes(text);
  auto written = co_await stream.write_all(bytes);
  co_return written;
}

}  // namespace hairpin::net

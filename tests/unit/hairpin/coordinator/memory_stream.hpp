// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "net/stream.hpp"

namespace hairpin::test {

/// One direction of a connection that has no sockets.
struct Bytes {
  explicit Bytes(const net::Executor& executor) : changed(executor, SteadyTime::max()) {}
  std::string text;
  bool has_ended = false;
  boost::asio::steady_timer changed;  ///< cancelled when it did
};

/// An end of a connection in memory.
class MemoryStream : public net::Stream {
 public:
  /// Both ends.
  static std::pair<net::StreamPtr, net::StreamPtr> make_pair(const net::Executor& executor) {
    const auto there = std::make_shared<Bytes>(executor), back = std::make_shared<Bytes>(executor);
    return {std::make_unique<MemoryStream>(there, back), std::make_unique<MemoryStream>(back, there)};
  }
  MemoryStream(std::shared_ptr<Bytes> in, std::shared_ptr<Bytes> out)
      : in_(std::move(in)), out_(std::move(out)) {}
  ~MemoryStream() override {
    end(*in_);
    end(*out_);
  }
  net::Task<Result<std::size_t>> read_some(std::span<char> into) override { return read_from(in_, into); }
  net::Task<Result<>> write_all(std::span<const char> bytes) override { return write_to(out_, bytes); }
  net::Task<Result<>> shut_down() override {
    end(*out_);
    co_return Result<>();
  }
  void cancel() override { in_->changed.cancel(); }
  int descriptor() const override { return -1; }

 private:
  static void end(Bytes& bytes) {
    bytes.has_ended = true;
    bytes.changed.cancel();
  }
  static net::Task<Result<std::size_t>> read_from(std::shared_ptr<Bytes> in, std::span<char> into) {
    constexpr auto no_throw = boost::asio::as_tuple(boost::asio::use_awaitable);
    while (in->text.empty() && !in->has_ended) co_await in->changed.async_wait(no_throw);
    const auto count = std::min(into.size(), in->text.size());
    std::copy_n(in->text.begin(), count, into.begin());
    in->text.erase(0, count);
    co_return count;
  }
  static net::Task<Result<>> write_to(std::shared_ptr<Bytes> out, std::span<const char> bytes) {
    out->text.append(bytes.begin(), bytes.end());
    out->changed.cancel();
    co_return Result<>();
  }

  std::shared_ptr<Bytes> in_, out_;
};

}  // namespace hairpin::test

// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <cerrno>
#include <csignal>

#include "net/socket.hpp"
#include "net/stream.hpp"

namespace hairpin::net {

namespace asio = boost::asio;

namespace {

Task<Result<std::size_t>> read_from(std::shared_ptr<Socket> pipe, std::span<char> into) {
  const char* const doing = "read from standard input";
  const auto turn = co_await take_turn(pipe);
  if (turn) co_return Error{turn, doing, {}};
  while (pipe->descriptor() >= 0) {
    const auto count = ::read(pipe->descriptor(), into.data(), into.size());
    if (count >= 0) co_return static_cast<std::size_t>(count);
    if (errno == EINTR) continue;
    if (errno != EAGAIN) co_return last_system_error(doing);
    const auto error = co_await wait(pipe, Readiness::to_read);
    if (error) co_return Error{error, doing, {}};
  }
  co_return Error{asio::error::operation_aborted, doing, {}};
}

Task<Result<>> write_to(std::shared_ptr<Socket> pipe, std::span<const char> bytes) {
  const char* const doing = "write to standard output";
  while (!bytes.empty() && pipe->descriptor() >= 0) {
    const auto count = ::write(pipe->descriptor(), bytes.data(), bytes.size());
    if (count >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) co_return last_system_error(doing);
    const auto error = co_await wait(pipe, Readiness::to_write);
    if (error) co_return Error{error, doing, {}};
  }
  if (!bytes.empty()) co_return Error{asio::error::operation_aborted, doing, {}};
  co_return Result<>{};
}

class PipeStream : public Stream {
 public:
  PipeStream(std::shared_ptr<Socket> input, std::shared_ptr<Socket> output)
      : input_(std::move(input)), output_(std::move(output)) {}
  ~PipeStream() override {
    input_->close();
    output_->close();
  }
  Task<Result<std::size_t>> read_some(std::span<char> into) override { return read_from(input_, into); }
  Task<Result<>> write_all(std::span<const char> bytes) override { return write_to(output_, bytes); }
  Task<Result<>> shut_down() override {
    output_->close();
    co_return Result<>{};
  }
  void cancel() override {
    input_->cancel();
    output_->cancel();
  }
  int descriptor() const override { return input_->descriptor(); }

 private:
  std::shared_ptr<Socket> input_;
  std::shared_ptr<Socket> output_;
};

}  // namespace

Result<StreamPtr> adopt_pipes(const Executor& executor, Descriptor input, Descriptor output) {
  std::signal(SIGPIPE, SIG_IGN);
  auto reading = Socket::adopt(executor, std::move(input));
  if (!reading) return reading.error();
  auto writing = Socket::adopt(executor, std::move(output));
  if (!writing) return writing.error();
  return StreamPtr(std::make_unique<PipeStream>(std::move(*reading), std::move(*writing)));
}

}  // namespace hairpin::net

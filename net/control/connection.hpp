// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "net/control/channel.hpp"

namespace hairpin::control {

/// What the coroutines of one control connection share; Channel is its face. Nobody else includes this.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(net::StreamPtr stream);
  ~Connection();

  net::Stream& stream() { return *stream_; }  ///< until it has ended
  /// Coroutines tell which loop they run on; what was queued before is then sent.
  void run_on(const net::Executor& executor);

  bool is_open() const { return !end_ && !is_closing_; }
  /// Why it ended; only to be asked when it has.
  const Result<>& why_ended() const { return *end_; }
  bool has_ended() const { return end_.has_value(); }
  /// Ends it; the first reason stays.
  void end(Result<> why);
  /// Ends it when everything queued was sent, or after a second.
  void close();

  /// Queues; an error when the message is over the frame limit.
  Result<> send(const Message& message);
  std::size_t backlog_bytes() const { return queue_.size() + writing_bytes_; }

  /// Hands an answer to who asked; an error when nobody ever did.
  Result<> take_answer(Message message);
  static net::Task<Result<boost::json::value>> request(std::shared_ptr<Connection> self, Action action,
                                                       boost::json::value body, milliseconds limit);

 private:
  struct Outstanding;
  struct Linger;
  static net::Task<> write_queue(std::shared_ptr<Connection> self);
  void start_writing();
  void start_lingering();
  void fail_outstanding(const Error& error);
  Error error_for_requests() const;

  net::StreamPtr stream_;  ///< null when it has ended
  std::optional<net::Executor> executor_;
  std::string queue_;  ///< frames, one after the other: what waits is sent in one piece
  std::size_t writing_bytes_ = 0;
  bool is_writing_ = false;
  bool is_closing_ = false;
  std::optional<Result<>> end_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, std::shared_ptr<Outstanding>> outstanding_;
  std::unique_ptr<Linger> linger_;
};

}  // namespace hairpin::control

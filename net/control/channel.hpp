// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/json.hpp"
#include "net/control/messages.hpp"
#include "net/stream.hpp"

namespace hairpin::control {

/// Sans-I/O frame codec: four bytes of length (network order, of the JSON that follows), at most
/// kMaximumFrameBytes.
class FrameReader {
 public:
  /// Takes bytes as they came. The error is final: the peer is not one of ours.
  Result<> put(std::span<const char> bytes);
  /// The next whole message; nullopt when more bytes are needed. Refuses lengths over the limit before
  /// allocation, JSON that nests deeper than 32, and messages that are neither a request, an answer nor a
  /// notice.
  Result<std::optional<Message>> next();
  /// Whether part of a frame has arrived: the peer may not end here.
  bool is_inside_frame() const { return taken_ < buffer_.size(); }

 private:
  Result<std::optional<std::size_t>> frame_size() const;
  std::string buffer_;
  std::size_t taken_ = 0;
  std::optional<Error> broken_;
};
/// The frame; an error when it would be over the limit.
Result<std::string> encode(const Message& message);

/// What may wait to be sent; more means that the peer does not read, and ends the connection.
inline constexpr std::size_t kMaximumBacklogBytes = 16 << 20;
/// Requests of the peer that may be worked on at once.
inline constexpr std::size_t kMaximumRequests = 256;

/// One side of a control connection. Requests may be outstanding in any number; the peer's requests and
/// notices go to the handlers. When the connection ends every outstanding request answers with the error that
/// ended it.
class Channel {
 public:
  using OnRequest = std::function<net::Task<Result<boost::json::value>>(Action, boost::json::value)>;
  using OnNotice = std::function<void(std::string, boost::json::value)>;

  explicit Channel(net::StreamPtr stream);
  ~Channel();  ///< ends at once; coroutines that still use the channel are told so and touch nothing of it
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Reads until the connection ends; nothing wrong when the peer ends it between two frames or `close` was
  /// called, otherwise returns why. Requests run concurrently with it, each in its own task; when the
  /// connection ends those that still run are cancelled, and `serve` returns after the last of them. Without
  /// a handler requests are refused and notices ignored. To be called once.
  net::Task<Result<>> serve(OnRequest on_request, OnNotice on_notice);
  /// Needs `serve` to run. The peer's refusal is an error with the peer's words; an answer after `limit` is
  /// ignored.
  net::Task<Result<boost::json::value>> request(Action action, boost::json::value body,
                                                std::chrono::milliseconds limit);
  /// Queued in order with everything else that is sent; a body over the frame limit, which is an error of the
  /// caller, ends the connection with that error. Ignored when the connection has ended.
  void notify(std::string notice, boost::json::value body);
  /// Takes no more, sends what is queued for at most a second, and ends the connection. Outstanding requests
  /// fail now.
  void close();
  bool is_open() const;
  std::size_t backlog_bytes() const;  ///< queued and not yet handed to the kernel

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace hairpin::control

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "net/control/messages.hpp"
#include "net/stream.hpp"

namespace hairpin::control {

/// Sans-I/O frame codec: four bytes of length (network order, of the JSON that follows), at most kMaximumFrameBytes.
class FrameReader {
 public:
  /// Takes bytes as they came. The error is final: the peer is not one of ours.
  Result<> put(std::span<const char> bytes);
  /// The next whole message; nullopt when more bytes are needed. Refuses lengths over the limit before allocation.
  Result<std::optional<Message>> next();

 private:
  std::string buffer_;
  std::size_t taken_ = 0;
};
Result<std::string> encode(const Message& message);

/// One side of a control connection. Requests may be outstanding in any number; the peer's requests and notices go to
/// the handlers. When the connection ends every outstanding request answers with the error that ended it.
class Channel {
 public:
  using OnRequest = std::function<net::Task<Result<boost::json::value>>(Action, boost::json::value)>;
  using OnNotice = std::function<void(std::string, boost::json::value)>;

  explicit Channel(net::StreamPtr stream);
  ~Channel();

  /// Reads until the peer ends or breaks the protocol; returns why. Requests run concurrently with it.
  net::Task<Result<>> serve(OnRequest on_request, OnNotice on_notice);
  net::Task<Result<boost::json::value>> request(Action action, boost::json::value body, std::chrono::milliseconds limit);
  /// Queued in order with everything else that is sent; bodies over the frame limit are an error of the caller.
  void notify(std::string notice, boost::json::value body);
  void close();
  bool is_open() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace hairpin::control

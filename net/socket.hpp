// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/system/error_code.hpp>
#include <memory>

#include "base/handle.hpp"
#include "net/stream.hpp"

/// What streams and listeners of this folder stand on; nobody else includes it.
namespace hairpin::net {

enum class Readiness { to_read, to_write };

/// A non-blocking descriptor on a loop. Coroutines that wait on it share it, so that its owner may go while
/// they wait: they are told operation_aborted and touch nothing.
class Socket {
 public:
  /// Fails for what cannot be waited for, such as regular files.
  static Result<std::shared_ptr<Socket>> adopt(const Executor& executor, Descriptor descriptor);
  ~Socket();

  int descriptor() const;  ///< -1 after `close`
  void cancel();           ///< ends waits, also those that are over but were not told yet
  void close();

 private:
  friend Task<boost::system::error_code> wait(std::shared_ptr<Socket> socket, Readiness readiness);
  friend Task<boost::system::error_code> take_turn(std::shared_ptr<Socket> socket);
  Socket();
  struct Waiter;
  std::unique_ptr<Waiter> waiter_;
};

/// Until the descriptor is ready; an error means that the wait was ended.
Task<boost::system::error_code> wait(std::shared_ptr<Socket> socket, Readiness readiness);
/// To be called when something succeeded without a wait: lets the loop run others (and deadlines) now and
/// then, so that a peer which is faster than us cannot keep it.
Task<boost::system::error_code> take_turn(std::shared_ptr<Socket> socket);

/// A stream whose bytes go through one socket as they are: what TLS can be put on.
class SocketStream : public Stream {
 public:
  explicit SocketStream(std::shared_ptr<Socket> socket) : socket_(std::move(socket)) {}
  ~SocketStream() override { socket_->close(); }
  Task<Result<std::size_t>> read_some(std::span<char> into) override;
  Task<Result<>> write_all(std::span<const char> bytes) override;
  Task<Result<>> shut_down() override;
  void cancel() override { socket_->cancel(); }
  int descriptor() const override { return socket_->descriptor(); }
  const std::shared_ptr<Socket>& socket() const { return socket_; }

 private:
  std::shared_ptr<Socket> socket_;
};

/// A non-blocking, close-on-exec TCP socket of the address's family.
Result<Descriptor> open_tcp_socket(const IpAddress& address);

}  // namespace hairpin::net

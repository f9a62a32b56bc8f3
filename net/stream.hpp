// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/address.hpp"
#include "base/handle.hpp"
#include "net/task.hpp"

namespace hairpin::net {

/// A connected byte stream: TCP, TLS or Unix. One reader and one writer at a time, all on one loop. Closing
/// is destruction; pending reads and writes end with operation_aborted on `cancel` and on destruction, so a
/// stream may go while another coroutine waits on it (the buffers of that coroutine must stay until it was
/// told).
class Stream {
 public:
  virtual ~Stream() = default;
  /// At least one byte; 0 bytes means orderly end (FIN; for TLS also close_notify).
  virtual Task<Result<std::size_t>> read_some(std::span<char> into) = 0;
  virtual Task<Result<>> write_all(std::span<const char> bytes) = 0;
  /// Sends what says "no more" (close_notify, FIN) without waiting for the other side.
  virtual Task<Result<>> shut_down() = 0;
  virtual void cancel() = 0;
  virtual int descriptor() const = 0;
};

using StreamPtr = std::unique_ptr<Stream>;

/// How to open a TCP connection.
struct Dial {
  Dial(Endpoint to_, std::optional<Endpoint> from_ = {}) : to(to_), from(from_) {}
  Endpoint to;
  std::optional<Endpoint> from;  ///< source address; port 0: the kernel chooses
};

/// A TCP connection that was just asked for: `local` is known before it succeeds, so that a capture can be
/// asked for its packets. The error code tells refused, unreachable, timed out apart.
struct Connecting {
  Descriptor socket;
  Endpoint local;
  Endpoint to;
};
Result<Connecting> begin_connect(const Dial& dial);             ///< non-blocking connect(2), at once
Task<Result<StreamPtr>> finish_connect(Connecting connecting);  ///< waits until it is connected or failed
Task<Result<StreamPtr>> connect_unix(std::string path);

/// A stream on a connected stream socket that somebody else made (one end of a socketpair).
Result<StreamPtr> adopt_socket(const Executor& executor, Descriptor socket);
/// A stream on two pipes: standard input and output of an agent that ssh started. Ignores SIGPIPE in this
/// process from now on, because write(2) to a pipe has no MSG_NOSIGNAL.
Result<StreamPtr> adopt_pipes(const Executor& executor, Descriptor input, Descriptor output);

/// A listening socket.
class Acceptor {
 public:
  virtual ~Acceptor() = default;
  /// The next connection. Waits, rather than fails, while the process is out of descriptors.
  virtual Task<Result<StreamPtr>> accept() = 0;
  virtual Endpoint local() const = 0;  ///< unspecified for Unix sockets
  virtual void cancel() = 0;  ///< for good: this accept and every later one end with operation_aborted
};
/// A connection that was taken from a listening socket: non-blocking, without delay.
struct Accepted {
  Descriptor socket;
  Endpoint peer;
};
/// A listening, non-blocking TCP socket, for whoever accepts by itself; errors as those of listen_tcp.
Result<Descriptor> open_listener(const Endpoint& at);
/// The next connection; absent when none waits. An error means want of descriptors or memory.
Result<std::optional<Accepted>> accept_now(int listener);
Result<std::unique_ptr<Acceptor>> accept_on(const Executor& executor, Descriptor listener);
/// IPv6 sockets take IPv6 only. A port below 1024 without privilege: EACCES, with the mend.
Result<std::unique_ptr<Acceptor>> listen_tcp(const Executor& executor, const Endpoint& at);
/// Mode 0600; replaces a socket that nobody listens on, refuses any other file; removes it at the end.
Result<std::unique_ptr<Acceptor>> listen_unix(const Executor& executor, const std::string& path);

Result<Endpoint> local_endpoint(int descriptor);
Result<Endpoint> peer_endpoint(int descriptor);

}  // namespace hairpin::net

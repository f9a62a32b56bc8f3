// SPDX-License-Identifier: Apache-2.0
#include "net/stream.hpp"

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>

#include "net/sockaddr.hpp"
#include "net/socket.hpp"
#include "net/unix_path.hpp"

namespace hairpin::net {

namespace asio = boost::asio;

namespace {

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

Task<Result<std::size_t>> read_from(std::shared_ptr<Socket> socket, std::span<char> into) {
  const auto turn = co_await take_turn(socket);
  if (turn) co_return Error{turn, "read from the connection", {}};
  while (socket->descriptor() >= 0) {
    const auto count = ::recv(socket->descriptor(), into.data(), into.size(), 0);
    if (count >= 0) co_return static_cast<std::size_t>(count);
    if (errno == EINTR) continue;
    if (!would_block()) co_return last_system_error("read from the connection");
    const auto error = co_await wait(socket, Readiness::to_read);
    if (error) co_return Error{error, "read from the connection", {}};
  }
  co_return Error{asio::error::operation_aborted, "read from the connection", {}};
}

Task<Result<>> write_to(std::shared_ptr<Socket> socket, std::span<const char> bytes) {
  const auto turn = co_await take_turn(socket);
  if (turn) co_return Error{turn, "write to the connection", {}};
  while (!bytes.empty() && socket->descriptor() >= 0) {
    const auto count = ::send(socket->descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
      continue;
    }
    if (errno == EINTR) continue;
    if (!would_block()) co_return last_system_error("write to the connection");
    const auto error = co_await wait(socket, Readiness::to_write);
    if (error) co_return Error{error, "write to the connection", {}};
  }
  if (!bytes.empty()) co_return Error{asio::error::operation_aborted, "write to the connection", {}};
  co_return Result<>{};
}

Result<> bind_source(int socket, const Endpoint& from) {
  const int on = 1;
  if (from.port == 0) {
    // The kernel then chooses the port at connect, when it knows the destination: 28 000 ports for each of
    // them.
    ::setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  } else {
    // An explicit port may be in TIME_WAIT towards another destination.
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  }
  const auto address = to_socket_address(from);
  if (::bind(socket, address.get(), address.length) == 0) return {};
  const std::string mend = errno == EADDRNOTAVAIL ? "the source must be an address of this host" : "";
  return last_system_error("use the source " + to_string(from), mend);
}

Result<Endpoint> ask_endpoint(int descriptor, int (*ask)(int, sockaddr*, socklen_t*), const char* doing) {
  SocketAddress address;
  address.length = sizeof address.storage;
  if (ask(descriptor, address.get(), &address.length) < 0) return last_system_error(doing);
  return to_endpoint(address);
}

}  // namespace

Task<Result<std::size_t>> SocketStream::read_some(std::span<char> into) { return read_from(socket_, into); }
Task<Result<>> SocketStream::write_all(std::span<const char> bytes) { return write_to(socket_, bytes); }

Task<Result<>> SocketStream::shut_down() {
  if (::shutdown(descriptor(), SHUT_WR) < 0) co_return last_system_error("end the connection");
  co_return Result<>{};
}

Result<Endpoint> local_endpoint(int descriptor) {
  return ask_endpoint(descriptor, ::getsockname, "learn the local address of a connection");
}

Result<Endpoint> peer_endpoint(int descriptor) {
  return ask_endpoint(descriptor, ::getpeername, "learn the peer's address of a connection");
}

Result<Connecting> begin_connect(const Dial& dial) {
  if (dial.from && dial.from->address.family != dial.to.address.family)
    return refusal(fmt::format("connect from {} to {}: one is IPv4, the other IPv6",
                               to_string(dial.from->address), to_string(dial.to)));
  auto socket = open_tcp_socket(dial.to.address);
  if (!socket) return socket.error();
  const int on = 1;
  ::setsockopt(socket->get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (dial.from)
    if (const auto bound = bind_source(socket->get(), *dial.from); !bound) return bound.error();
  const auto address = to_socket_address(dial.to);
  if (::connect(socket->get(), address.get(), address.length) < 0 && errno != EINPROGRESS)
    return last_system_error("connect to " + to_string(dial.to));
  const auto local = local_endpoint(socket->get());
  if (!local) return local.error();
  return Connecting{std::move(*socket), *local, dial.to};
}

Task<Result<StreamPtr>> finish_connect(Connecting connecting) {
  const std::string doing = "connect to " + to_string(connecting.to);
  const auto executor = co_await asio::this_coro::executor;
  auto socket = Socket::adopt(executor, std::move(connecting.socket));
  if (!socket) co_return socket.error();
  const auto waited = co_await wait(*socket, Readiness::to_write);
  if (waited) co_return Error{waited, doing, {}};
  int failure = 0;
  socklen_t size = sizeof failure;
  if (::getsockopt((*socket)->descriptor(), SOL_SOCKET, SO_ERROR, &failure, &size) < 0)
    co_return last_system_error(doing);
  if (failure != 0) co_return Error{{failure, boost::system::system_category()}, doing, {}};
  co_return std::make_unique<SocketStream>(std::move(*socket));
}

Task<Result<StreamPtr>> connect_unix(std::string path) {
  const auto address = to_unix_address(path);
  if (!address) co_return address.error();
  const auto executor = co_await asio::this_coro::executor;
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) co_return last_system_error("open a Unix socket");
  const auto* generic = reinterpret_cast<const sockaddr*>(&*address);
  while (::connect(socket.get(), generic, sizeof *address) < 0) {
    if (!would_block()) co_return last_system_error("connect to unix:" + path, "is the agent running?");
    co_await sleep_for(milliseconds(10));  // its backlog is full, and no readiness tells when it is not
  }
  co_return adopt_socket(executor, std::move(socket));
}

Result<StreamPtr> adopt_socket(const Executor& executor, Descriptor socket) {
  auto adopted = Socket::adopt(executor, std::move(socket));
  if (!adopted) return adopted.error();
  return StreamPtr(std::make_unique<SocketStream>(std::move(*adopted)));
}

}  // namespace hairpin::net

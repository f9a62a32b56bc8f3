// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <cerrno>
#include <optional>

#include "net/sockaddr.hpp"
#include "net/socket.hpp"
#include "net/stream.hpp"
#include "net/unix_path.hpp"

namespace hairpin::net {

namespace asio = boost::asio;

namespace {

/// What accept(2) says when a connection went away before we took it, or the network had an error for it
/// (accept(2)).
bool is_about_one_connection(int error) {
  return error == ECONNABORTED || error == EINTR || error == EPROTO || error == EPERM || error == ENETDOWN ||
         error == EHOSTDOWN || error == EHOSTUNREACH || error == ENETUNREACH || error == ENOPROTOOPT ||
         error == EOPNOTSUPP;
}

bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/// The pause between tries while there is no descriptor left.
constexpr milliseconds kShortagePause{50};

/// `is_cancelled` also ends the pause, of which the socket knows nothing.
Task<Result<StreamPtr>> accept_from(std::shared_ptr<Socket> socket, Executor executor, std::shared_ptr<const bool> is_cancelled) {
  const char* const doing = "accept a connection";
  const auto turn = co_await take_turn(socket);
  if (turn) co_return Error{turn, doing, {}};
  while (socket->descriptor() >= 0 && !*is_cancelled) {
    Descriptor accepted(::accept4(socket->descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (accepted) {
      const int on = 1;  // fails for Unix sockets, which have no delay to switch off
      ::setsockopt(accepted.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      co_return adopt_socket(executor, std::move(accepted));
    }
    const int failure = errno;
    if (is_about_one_connection(failure)) continue;
    if (is_shortage(failure)) {
      co_await sleep_for(kShortagePause);
      continue;
    }
    if (failure != EAGAIN) co_return Error{{failure, boost::system::system_category()}, doing, {}};
    const auto error = co_await wait(socket, Readiness::to_read);
    if (error) co_return Error{error, doing, {}};
  }
  co_return Error{asio::error::operation_aborted, doing, {}};
}

/// A name in the file system that goes when its listener goes, unless somebody put another file there.
class OwnedPath {
 public:
  explicit OwnedPath(std::string path) : path_(std::move(path)) {
    if (::lstat(path_.c_str(), &made_) < 0) path_.clear();
  }
  OwnedPath(const OwnedPath&) = delete;
  OwnedPath& operator=(const OwnedPath&) = delete;
  ~OwnedPath() {
    struct stat found {};
    if (path_.empty() || ::lstat(path_.c_str(), &found) < 0) return;
    if (found.st_dev == made_.st_dev && found.st_ino == made_.st_ino) ::unlink(path_.c_str());
  }

 private:
  std::string path_;
  struct stat made_ {};
};

class SocketAcceptor : public Acceptor {
 public:
  SocketAcceptor(std::shared_ptr<Socket> socket, Executor executor, Endpoint local)
      : socket_(std::move(socket)), executor_(std::move(executor)), local_(local) {}
  ~SocketAcceptor() override { socket_->close(); }
  Task<Result<StreamPtr>> accept() override { return accept_from(socket_, executor_, is_cancelled_); }
  Endpoint local() const override { return local_; }
  void cancel() override {
    *is_cancelled_ = true;
    socket_->cancel();
  }
  void own(const std::string& path) { path_.emplace(path); }

 private:
  std::shared_ptr<Socket> socket_;
  Executor executor_;
  Endpoint local_;
  std::shared_ptr<bool> is_cancelled_ = std::make_shared<bool>(false);
  std::optional<OwnedPath> path_;
};

Error cannot_listen(const std::string& at) {
  std::string mend;
  if (errno == EACCES) mend = "ports below 1024 need root or CAP_NET_BIND_SERVICE";
  if (errno == EADDRINUSE) mend = "another process listens there; `ss -ltnp` names it";
  if (errno == EADDRNOTAVAIL) mend = "it must be an address of this host";
  return last_system_error("listen on " + at, mend);
}

Result<std::unique_ptr<SocketAcceptor>> make_acceptor(const Executor& executor, Descriptor socket,
                                                      const Endpoint& local) {
  auto adopted = Socket::adopt(executor, std::move(socket));
  if (!adopted) return adopted.error();
  return std::make_unique<SocketAcceptor>(std::move(*adopted), executor, local);
}

/// Removes a socket that nobody listens on. Whatever else has the name is in the way and stays.
Result<> clear_dead_socket(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) < 0) return {};
  const std::string doing = "listen on unix:" + path;
  if (!S_ISSOCK(found.st_mode)) return refusal(doing + ": a file of that name exists", "choose another path");
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!probe) return last_system_error(doing);
  const bool is_dead =
      ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 &&
      errno == ECONNREFUSED;
  if (!is_dead)
    return Error{asio::error::address_in_use, doing,
                 "another agent listens there; end it or choose another path"};
  if (::unlink(path.c_str()) < 0) return last_system_error("remove the dead socket " + path);
  return {};
}

}  // namespace

Result<Descriptor> open_listener(const Endpoint& at) {
  auto socket = open_tcp_socket(at.address);
  if (!socket) return socket.error();
  const int on = 1;
  ::setsockopt(socket->get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(socket->get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // what is accepted inherits it
  if (at.address.family == Family::ipv6)
    if (::setsockopt(socket->get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
      return cannot_listen(to_string(at));
  const auto address = to_socket_address(at);
  if (::bind(socket->get(), address.get(), address.length) < 0) return cannot_listen(to_string(at));
  if (::listen(socket->get(), SOMAXCONN) < 0) return cannot_listen(to_string(at));
  return socket;
}

Result<std::optional<Accepted>> accept_now(int listener) {
  while (true) {
    SocketAddress peer;
    peer.length = sizeof peer.storage;
    Descriptor accepted(::accept4(listener, peer.get(), &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (accepted) return std::optional(Accepted{std::move(accepted), to_endpoint(peer)});
    if (errno == EAGAIN) return std::optional<Accepted>();
    if (!is_about_one_connection(errno)) return last_system_error("accept a connection");
  }
}

Result<std::unique_ptr<Acceptor>> accept_on(const Executor& executor, Descriptor listener) {
  const auto local = local_endpoint(listener.get());
  if (!local) return local.error();
  auto acceptor = make_acceptor(executor, std::move(listener), *local);
  if (!acceptor) return acceptor.error();
  return std::unique_ptr<Acceptor>(std::move(*acceptor));
}

Result<std::unique_ptr<Acceptor>> listen_tcp(const Executor& executor, const Endpoint& at) {
  auto listener = open_listener(at);
  if (!listener) return listener.error();
  return accept_on(executor, std::move(*listener));
}

Result<std::unique_ptr<Acceptor>> listen_unix(const Executor& executor, const std::string& path) {
  const auto address = to_unix_address(path);
  if (!address) return address.error();
  if (const auto cleared = clear_dead_socket(path, *address); !cleared) return cleared.error();
  const std::string doing = "listen on unix:" + path;
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return last_system_error(doing);
  // Before bind: the file is made with the socket's own mode, so there is no moment when others may connect.
  if (::fchmod(socket.get(), S_IRUSR | S_IWUSR) < 0) return last_system_error(doing);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) < 0)
    return last_system_error(doing);
  const int listener = socket.get();
  auto acceptor = make_acceptor(executor, std::move(socket), Endpoint{});
  if (!acceptor) return acceptor.error();
  (*acceptor)->own(path);
  if (::listen(listener, SOMAXCONN) < 0) return last_system_error(doing);
  return std::unique_ptr<Acceptor>(std::move(*acceptor));
}

}  // namespace hairpin::net

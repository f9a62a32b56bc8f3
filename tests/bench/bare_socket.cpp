// SPDX-License-Identifier: Apache-2.0
// What receiving costs by itself: connections without TLS, one object after the other on each, nothing looked at. The measure for
// bulk throughput in scripts/bench. bench_bare PORT PATH SECONDS CONNECTIONS: prints bytes received for each second of CPU.
#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/handle.hpp"

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kBufferBytes = 256 * 1024;  // as the load generator's

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) { return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec); };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

hairpin::Descriptor connect_to(std::uint16_t port) {
  hairpin::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) return {};
  return socket;
}

/// One connection, one object after the other.
struct Connection {
  hairpin::Descriptor socket;
  std::size_t left = 0;  ///< of the answer under way
};

bool ask(Connection& connection, const std::string& request) {
  return ::send(connection.socket.get(), request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size());
}

/// How many bytes an answer has that starts so: its head, and what Content-Length says. 0: nobody can tell.
std::size_t size_of_answer(std::string_view start) {
  const auto head = start.find("\r\n\r\n"), length = start.find("Content-Length: ");
  if (head == std::string_view::npos || length == std::string_view::npos) return 0;
  return head + 4 + std::strtoull(start.data() + length + 16, nullptr, 10);
}

/// Takes what has come, and asks again where an answer is whole. The bytes; absent: the connection is no use any more.
std::optional<std::size_t> receive(Connection& connection, const std::string& request) {
  static std::array<char, kBufferBytes> buffer;
  std::size_t received = 0;
  for (;;) {
    const auto count = ::recv(connection.socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return received;
    if (count <= 0) return std::nullopt;
    const auto got = static_cast<std::size_t>(count);
    if (connection.left == 0) connection.left = size_of_answer({buffer.data(), got});
    if (connection.left < got) return std::nullopt;
    received += got;
    connection.left -= got;
    if (connection.left == 0 && !ask(connection, request)) return std::nullopt;
    if (got < buffer.size()) return received;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return std::fprintf(stderr, "usage: bench_bare PORT PATH SECONDS CONNECTIONS\n"), 2;
  const auto request = std::string("GET ") + argv[2] + " HTTP/1.1\r\nHost: bench\r\n\r\n";
  const hairpin::Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  std::vector<Connection> connections(std::strtoul(argv[4], nullptr, 10));
  for (auto& connection : connections) {
    connection.socket = connect_to(static_cast<std::uint16_t>(std::atoi(argv[1])));
    epoll_event event{EPOLLIN, {.ptr = &connection}};
    if (!connection.socket || ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, connection.socket.get(), &event) < 0 || !ask(connection, request))
      return std::perror("bench_bare: connect"), 1;
  }
  const auto until = Clock::now() + std::chrono::duration<double>(std::atof(argv[3]));
  double bytes = 0;
  const double before = cpu_seconds();
  std::array<epoll_event, 64> events;
  while (Clock::now() < until) {
    const int count = ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), 1000);
    for (int i = 0; i < count; ++i) {
      const auto received = receive(*static_cast<Connection*>(events.at(static_cast<std::size_t>(i)).data.ptr), request);
      if (!received) return std::fprintf(stderr, "bench_bare: no whole answer\n"), 1;
      bytes += static_cast<double>(*received);
    }
  }
  std::printf("%.0f\n", bytes / (cpu_seconds() - before));
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// What receiving costs by itself: one connection without TLS, one object after the other, nothing looked at. The measure for bulk
// throughput in scripts/bench. bench_bare PORT PATH SECONDS: prints bytes received for each second of CPU.
#include <arpa/inet.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/handle.hpp"

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kBufferBytes = 64 * 1024;  // as the load generator's

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

/// The bytes of one answer: its head, and what Content-Length says. 0: the connection is no use any more.
std::size_t receive_one(int socket, std::array<char, kBufferBytes>& buffer) {
  const auto count = ::recv(socket, buffer.data(), buffer.size(), 0);
  if (count <= 0) return 0;
  const std::string_view start(buffer.data(), static_cast<std::size_t>(count));
  const auto head = start.find("\r\n\r\n"), length = start.find("Content-Length: ");
  if (head == std::string_view::npos || length == std::string_view::npos) return 0;
  const auto whole = head + 4 + std::strtoull(start.data() + length + 16, nullptr, 10);
  for (auto got = start.size(); got < whole;) {
    const auto more = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (more <= 0) return 0;
    got += static_cast<std::size_t>(more);
  }
  return whole;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::fprintf(stderr, "usage: bench_bare PORT PATH SECONDS\n"), 2;
  static std::array<char, kBufferBytes> buffer;
  const auto socket = connect_to(static_cast<std::uint16_t>(std::atoi(argv[1])));
  if (!socket) return std::perror("bench_bare: connect"), 1;
  const auto request = std::string("GET ") + argv[2] + " HTTP/1.1\r\nHost: bench\r\n\r\n";
  const auto until = Clock::now() + std::chrono::duration<double>(std::atof(argv[3]));
  double bytes = 0;
  const double before = cpu_seconds();
  while (Clock::now() < until) {
    if (::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return std::perror("bench_bare: send"), 1;
    const auto received = receive_one(socket.get(), buffer);
    if (received == 0) return std::fprintf(stderr, "bench_bare: no whole answer\n"), 1;
    bytes += static_cast<double>(received);
  }
  std::printf("%.0f\n", bytes / (cpu_seconds() - before));
  return 0;
}

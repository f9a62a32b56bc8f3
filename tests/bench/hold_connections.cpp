// SPDX-License-Identifier: Apache-2.0
// Opens COUNT connections to a server on this machine, asks each for one small object, and then holds them: what does a
// server need for one that rests? bench_hold PORT COUNT PATH [--plain]; prints "held N" once, after it why there are
// not more; ends on SIGTERM.
#include <sys/resource.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "net/tls.hpp"

namespace hairpin {
namespace {

using net::Task;

struct Holding {
  Endpoint to;
  std::string request;
  net::TlsContext tls;
  bool is_plain = false;
  std::vector<net::StreamPtr> streams;
};

/// Why it was not opened; empty: it was.
Task<std::string> open_one(Holding& holding) {
  const net::Dial dial(holding.to);
  auto begun = net::begin_connect(dial);
  if (!begun) co_return describe(begun.error());
  auto stream = co_await net::finish_connect(std::move(*begun));
  if (!stream) co_return describe(stream.error());
  net::StreamPtr connected = std::move(*stream);
  if (!holding.is_plain) {
    auto shaken = co_await net::handshake_as_client(std::move(connected), holding.tls);
    if (!shaken.stream) co_return "TLS: " + shaken.session.error;
    connected = std::move(shaken.stream);
  }
  const auto sent = co_await connected->write_all(holding.request);
  if (!sent) co_return describe(sent.error());
  std::array<char, 4096> bytes{};
  const auto count = co_await connected->read_some(bytes);
  if (!count) co_return describe(count.error());
  if (*count == 0) co_return "answer: none";
  holding.streams.push_back(std::move(connected));
  co_return std::string();
}

Task<> open_all(Holding& holding, std::size_t wanted) {
  std::string failure;
  for (std::size_t i = 0; i < wanted && failure.empty(); ++i) {
    auto opening = open_one(holding);
    failure = co_await std::move(opening);
  }
  std::cout << "held " << holding.streams.size() << ' ' << failure << std::endl;
}

int hold(const std::vector<std::string>& arguments) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  Holding holding;
  holding.to = {*parse_address("127.0.0.1"), static_cast<std::uint16_t>(std::stoul(arguments[0]))};
  holding.request = "GET " + arguments[2] + " HTTP/1.1\r\nHost: bench\r\n\r\n";
  holding.is_plain = arguments.size() > 3;
  holding.tls = net::TlsContext::client({}).value();
  boost::asio::io_context loop(1);
  boost::asio::signal_set signals(loop, SIGTERM, SIGINT);
  signals.async_wait([&loop](const boost::system::error_code&, int) { loop.stop(); });
  net::spawn(loop.get_executor(), open_all(holding, std::stoul(arguments[1])));
  loop.run();
  return 0;
}

}  // namespace
}  // namespace hairpin

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 3) return std::cerr << "bench_hold PORT COUNT PATH [--plain]\n", 2;
  return hairpin::hold(arguments);
}
